import iconv from 'iconv-lite';
import type { Glyphs } from './font/font-file.ts';

/** What stands where the paper cannot show a character: the geta mark, 〓, as type-setters print it. */
export const MISSING = '〓';

/** Dots of a Chinese character on paper, each way. */
const CHARACTER_DOTS = 24;

/**
 * GB18030 bytes of one line [DV22]. Printers hold the characters of one and two bytes (all of GBK);
 * the four-byte ones are in hardly any printer's font and would come out as garbage or two wrong characters.
 * Those are drawn from a font of this machine and stand in the line as a picture of one character [DV28].
 * @returns the bytes, and the characters that were replaced by 〓 because no font here holds them.
 */
export function chineseBytes(
  text: string,
  glyphs?: Glyphs,
): { readonly bytes: Buffer; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const parts: Buffer[] = [];
  for (const char of text) {
    const bytes = iconv.encode(char, 'gb18030');
    if (bytes.length <= 2) {
      parts.push(bytes);
      continue;
    }
    const rows = glyphs?.draw(char, CHARACTER_DOTS);
    if (rows !== undefined) {
      parts.push(pictureBytes(rows));
      continue;
    }
    missing.push(char);
    parts.push(iconv.encode(MISSING, 'gb18030'));
  }
  return { bytes: Buffer.concat(parts), missing };
}

/** ESC * 33: a picture of 24 rows within a line of text, column by column, three bytes each, top bit first. */
function pictureBytes(rows: readonly (readonly boolean[])[]): Buffer {
  const columns = rows[0]?.length ?? 0;
  const data = Buffer.alloc(columns * 3);
  rows.forEach((row, y) => {
    row.forEach((black, x) => {
      if (!black) return;
      const at = x * 3 + (y >> 3);
      data[at] = (data[at] ?? 0) | (0x80 >> (y & 7));
    });
  });
  return Buffer.concat([Buffer.of(0x1b, 0x2a, 33, columns & 0xff, columns >> 8), data]);
}
