import { createContext, use, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { shortcutOf } from '../rules/shortcuts.rules.ts';
import type { Focus } from '../rules/shortcuts.rules.ts';

export interface Shortcut {
  key: string;
  label: string;
  run: () => void;
}

interface Shortcuts {
  register: (shortcut: { readonly current: Shortcut }) => () => void;
  all: () => Shortcut[];
  on: boolean;
  setOn: (on: boolean) => void;
}

const ShortcutContext = createContext<Shortcuts | undefined>(undefined);
const SETTING = 'desk.shortcuts';

/** Listens for single keys; pages register what they mean while they are shown [CN8]. */
export function ShortcutProvider({ children }: { children?: ReactNode }): ReactNode {
  const registered = useRef(new Set<{ readonly current: Shortcut }>());
  const [on, setOn] = useState(() => localStorage.getItem(SETTING) !== 'off');
  useEffect(() => {
    localStorage.setItem(SETTING, on ? 'on' : 'off');
    if (!on) return undefined;
    const listen = (event: KeyboardEvent): void => {
      const key = shortcutOf(event, focusOf(event.target));
      if (key === undefined) return;
      // The newest registration wins: a page over its frame.
      const found = [...registered.current].reverse().find((each) => each.current.key === key);
      if (found === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      found.current.run();
    };
    window.addEventListener('keydown', listen, { capture: true });
    return () => {
      window.removeEventListener('keydown', listen, { capture: true });
    };
  }, [on]);
  const register = useCallback((shortcut: { readonly current: Shortcut }) => {
    registered.current.add(shortcut);
    return () => {
      registered.current.delete(shortcut);
    };
  }, []);
  const value = useMemo(
    () => ({ register, all: () => [...registered.current].map((each) => each.current), on, setOn }),
    [register, on],
  );
  return <ShortcutContext value={value}>{children}</ShortcutContext>;
}

function focusOf(target: EventTarget | null): Focus {
  const within = (selector: string): boolean =>
    target instanceof Element && target.closest(selector) !== null;
  return {
    typing: within('input:not([type=checkbox]):not([type=radio]), textarea, select'),
    dialog: document.querySelector('[role=dialog], [role=alertdialog]') !== null,
    control: within('button, a, input, summary, [role=button], [role=switch]'),
  };
}

export function useShortcuts(): Shortcuts {
  const shortcuts = use(ShortcutContext);
  if (shortcuts === undefined) throw new Error('no ShortcutProvider above');
  return shortcuts;
}

/** Binds `key` while the component is shown and `enabled`. */
export function useShortcut(key: string, label: string, run: () => void, enabled = true): void {
  const { register } = useShortcuts();
  const shortcut = useRef<Shortcut>({ key, label, run });
  useEffect(() => {
    shortcut.current = { key, label, run };
  });
  useEffect(() => (enabled ? register(shortcut) : undefined), [register, enabled]);
}
