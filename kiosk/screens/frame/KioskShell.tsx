import { Fragment, useCallback, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { I18nProvider } from 'react-aria-components';
import { I18nextProvider } from 'react-i18next';
import type { i18n as I18n } from 'i18next';
import { ShellLink } from '../shell/ShellLink.tsx';
import { shellOf } from '../shell/shell-bridge.ts';
import { applyVisitorSettings, FRESH_VISITOR, VisitorContext } from './visitor-settings.ts';
import type { VisitorSettings } from './visitor-settings.ts';

export interface KioskShellProps {
  i18n: I18n;
  /** Settings a visit starts with. */
  fresh?: VisitorSettings;
  /** Told before the pages are mounted anew. */
  onWipe?: () => void;
  children?: ReactNode;
}

/**
 * Holds one visit: language, text size, reach. Ending the visit mounts everything below anew,
 * so that no component keeps anything of the last person.
 */
export function KioskShell({ i18n, fresh = FRESH_VISITOR, onWipe, children }: KioskShellProps): ReactNode {
  const [settings, setSettings] = useState(fresh);
  const [visit, setVisit] = useState(0);
  const [shell] = useState(() => shellOf(window));
  const change = useCallback((part: Partial<VisitorSettings>) => {
    setSettings((before) => ({ ...before, ...part }));
  }, []);
  const wipe = useCallback(() => {
    onWipe?.();
    setSettings(fresh);
    setVisit((before) => before + 1);
    // In the shell a visit also ends with a fresh page: nothing of it is left in memory or on disk [KS9].
    shell?.endVisit();
  }, [fresh, onWipe, shell]);
  useEffect(() => {
    applyVisitorSettings(document.documentElement, settings);
  }, [settings]);
  useEffect(() => {
    if (i18n.language !== settings.language) void i18n.changeLanguage(settings.language);
  }, [i18n, settings.language]);
  const visitor = useMemo(() => ({ settings, change, wipe }), [settings, change, wipe]);
  return (
    <I18nextProvider i18n={i18n}>
      <I18nProvider locale={settings.language}>
        <VisitorContext value={visitor}>
          <Fragment key={visit}>{children}</Fragment>
          {shell === undefined ? null : <ShellLink shell={shell} />}
        </VisitorContext>
      </I18nProvider>
    </I18nextProvider>
  );
}
