import { useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { QueryClient, QueryClientProvider, useQueryClient } from '@tanstack/react-query';
import type { i18n as I18n } from 'i18next';
import { I18nProvider } from 'react-aria-components';
import { I18nextProvider } from 'react-i18next';
import { HashRouter, Route, Routes } from 'react-router';
import { ErrorState, LoadingState } from '../ui/components/Waiting.tsx';
import type { Language } from '../ui/clock.ts';
import { CasesPage } from './cases/CasesPage.tsx';
import { CommissioningPage } from './commissioning/CommissioningPage.tsx';
import { DeskApiProvider, useDeskApi } from './board/desk-api.ts';
import type { DeskApi } from './board/desk-api.ts';
import { DeskProvider } from './board/desk-context.tsx';
import { DESK_KEY, useDeskQuery } from './board/use-desk.ts';
import { useWords } from './board/words.ts';
import { DevicesPage } from './devices/DevicesPage.tsx';
import { DeskFrame } from './frame/DeskFrame.tsx';
import { ShortcutProvider } from './frame/shortcuts.tsx';
import { FootProvider } from './frame/undo.tsx';
import { LedgerPage } from './ledger/LedgerPage.tsx';
import { NowPage } from './now/NowPage.tsx';
import { PlacesPage } from './places/PlacesPage.tsx';
import { RightsPage } from './rights/RightsPage.tsx';
import { SensorsPage } from './sensors/SensorsPage.tsx';
import { SignIn } from './session/SignIn.tsx';

const LANGUAGE = 'desk.language';

/** The language this computer's desk was left in. */
export function rememberedLanguage(): Language {
  return localStorage.getItem(LANGUAGE) === 'en' ? 'en' : 'zh-CN';
}

/** The staff desk: sign-in, then the pages over one live board. */
export function ConsoleApp({ i18n, api }: { i18n: I18n; api: DeskApi }): ReactNode {
  const client = useMemo(() => new QueryClient(), []);
  const [language, setLanguage] = useState<Language>(rememberedLanguage);
  useEffect(() => {
    localStorage.setItem(LANGUAGE, language);
    if (i18n.language !== language) void i18n.changeLanguage(language);
  }, [i18n, language]);
  return (
    <I18nextProvider i18n={i18n}>
      <I18nProvider locale={language}>
        <QueryClientProvider client={client}>
          <DeskApiProvider value={api}>
            <Gate
              onLanguage={() => {
                setLanguage((before) => (before === 'en' ? 'zh-CN' : 'en'));
              }}
            />
          </DeskApiProvider>
        </QueryClientProvider>
      </I18nProvider>
    </I18nextProvider>
  );
}

/** Nothing of the hall is shown without a session [CN1]. */
function Gate({ onLanguage }: { onLanguage: () => void }): ReactNode {
  const { t } = useWords();
  const api = useDeskApi();
  const client = useQueryClient();
  const state = useDeskQuery();
  const [wasIn, setWasIn] = useState(false);
  useEffect(() => {
    if (state.kind === 'shown') setWasIn(true);
  }, [state.kind]);
  switch (state.kind) {
    case 'loading':
      return <LoadingState title={t('loading')} />;
    case 'failed':
      return (
        <ErrorState title={t('offline.firstTitle')} detail={t('offline.firstDetail')} onRetry={state.retry} />
      );
    case 'signed-out':
      return (
        <SignIn
          ended={wasIn}
          onLanguage={onLanguage}
          onSignedIn={() => void client.resetQueries({ queryKey: DESK_KEY })}
        />
      );
    case 'shown':
      return (
        <DeskProvider value={state}>
          <HashRouter>
            <ShortcutProvider>
              <FootProvider>
                <DeskFrame
                  onLanguage={onLanguage}
                  onSignOut={() => {
                    setWasIn(false);
                    void api.call('signOut', {}).then(() => client.resetQueries({ queryKey: DESK_KEY }));
                  }}
                >
                  <Routes>
                    <Route path="/" element={<NowPage />} />
                    <Route path="/cases" element={<CasesPage />} />
                    <Route path="/places" element={<PlacesPage />} />
                    <Route path="/devices" element={<DevicesPage />} />
                    <Route path="/commissioning" element={<CommissioningPage />} />
                    <Route path="/rights" element={<RightsPage />} />
                    <Route path="/sensors" element={<SensorsPage />} />
                    <Route path="/ledger" element={<LedgerPage />} />
                    <Route path="*" element={<NowPage />} />
                  </Routes>
                </DeskFrame>
              </FootProvider>
            </ShortcutProvider>
          </HashRouter>
        </DeskProvider>
      );
  }
}
