import { useEffect, useState } from 'react';
import type { Language } from '../../ui/clock.ts';
import type { TextSize, Theme } from '../../ui/tokens/panel.ts';

/** How this person likes to read: kept on the phone, no secret, stays after signing out. */
export interface Preferences {
  readonly language: Language;
  readonly text: Extract<TextSize, 'standard' | 'elderly'>;
  readonly theme: Theme;
}

const KEY = 'union-hall-phone-preferences';
const DEFAULTS: Preferences = { language: 'zh-CN', text: 'standard', theme: 'paper' };

/** What was chosen last time on this phone; anything unreadable counts as not chosen. */
export function rememberedPreferences(storage: Pick<Storage, 'getItem'>): Preferences {
  const found: unknown = parsed(storage.getItem(KEY));
  if (typeof found !== 'object' || found === null) return DEFAULTS;
  return {
    language: 'language' in found && found.language === 'en' ? 'en' : 'zh-CN',
    text: 'text' in found && found.text === 'elderly' ? 'elderly' : 'standard',
    theme: 'theme' in found && found.theme === 'contrast' ? 'contrast' : 'paper',
  };
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}

/** The choices, applied to the document and remembered. */
export function usePreferences(): [Preferences, (next: Partial<Preferences>) => void] {
  const [preferences, setPreferences] = useState(() => rememberedPreferences(localStorage));
  useEffect(() => {
    const { dataset } = document.documentElement;
    dataset['text'] = preferences.text;
    dataset['theme'] = preferences.theme;
    localStorage.setItem(KEY, JSON.stringify(preferences));
  }, [preferences]);
  return [
    preferences,
    (next) => {
      setPreferences((old) => ({ ...old, ...next }));
    },
  ];
}
