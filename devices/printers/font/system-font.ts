import { existsSync } from 'node:fs';
import { openFont, type Glyphs } from './font-file.ts';

/** Where Debian's fonts-noto-cjk and other systems keep a Chinese font with CFF outlines. */
export const CHINESE_FONTS: readonly string[] = [
  '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
  '/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc',
  '/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc',
];

/**
 * The first of the fonts that is there, opened when the first rare character comes and kept open.
 * Without one, or with one that cannot be read, every character is undefined and `onTrouble` is told once.
 */
export function lazyGlyphs(paths: readonly string[], onTrouble: (reason: string) => void): Glyphs {
  let font: Glyphs | undefined;
  const open = (): Glyphs => {
    const none: Glyphs = { draw: () => undefined };
    const path = paths.find((each) => existsSync(each));
    if (path === undefined) {
      onTrouble(`none of ${paths.join(', ')} is there`);
      return none;
    }
    try {
      return openFont(path);
    } catch (error) {
      onTrouble(error instanceof Error ? error.message : String(error));
      return none;
    }
  };
  return {
    draw: (char, dots) => {
      font ??= open();
      return font.draw(char, dots);
    },
  };
}
