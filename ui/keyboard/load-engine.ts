import { createPinyinEngine } from './pinyin-engine.ts';
import type { PinyinEngine } from './pinyin-engine.ts';

let engine: Promise<PinyinEngine> | undefined;

/** The shipped engine; its dictionary (1 MB) is fetched once, when Chinese is first typed. */
export function loadPinyinEngine(): Promise<PinyinEngine> {
  engine ??= import('./dictionary/dictionary.txt?raw').then(
    (file) => createPinyinEngine(file.default),
    (error: unknown) => {
      engine = undefined; // the next key press tries again
      throw error;
    },
  );
  return engine;
}
