import { useEffect, useState } from 'react';
import type { RefObject } from 'react';
import type { Language } from '../../../ui/clock.ts';

export interface ReadAloud {
  reading: boolean;
  /** Absent where this machine has no voice for the language: the button says so by being off. */
  toggle: ((on: boolean) => void) | undefined;
}

/** Reads the content's words with the browser's own voice; stops when the page goes. */
export function useReadAloud(content: RefObject<HTMLElement | null>, language: Language): ReadAloud {
  const [reading, setReading] = useState(false);
  const [voice, setVoice] = useState<SpeechSynthesisVoice | undefined>(undefined);
  useEffect(() => {
    if (!('speechSynthesis' in window)) return;
    const speech = window.speechSynthesis;
    const find = (): void => {
      const start = language === 'en' ? 'en' : 'zh';
      setVoice(speech.getVoices().find((one) => one.lang.toLowerCase().startsWith(start)));
    };
    find();
    speech.addEventListener('voiceschanged', find);
    return () => {
      speech.removeEventListener('voiceschanged', find);
      speech.cancel();
    };
  }, [language]);
  if (voice === undefined) return { reading: false, toggle: undefined };
  return {
    reading,
    toggle: (on) => {
      window.speechSynthesis.cancel();
      setReading(on);
      if (!on) return;
      const words = new SpeechSynthesisUtterance(content.current?.innerText ?? '');
      words.voice = voice;
      words.lang = voice.lang;
      words.rate = 0.9;
      words.onend = () => {
        setReading(false);
      };
      window.speechSynthesis.speak(words);
    },
  };
}
