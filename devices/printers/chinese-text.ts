import iconv from 'iconv-lite';

/** What stands where the paper cannot show a character: the geta mark, 〓, as type-setters print it. */
export const MISSING = '〓';

/**
 * GB18030 bytes of one line [DV22]. Printers hold the characters of one and two bytes (all of GBK);
 * the four-byte ones are in hardly any printer's font and would come out as garbage or two wrong characters.
 * @returns the bytes, and the characters that were replaced by 〓.
 */
export function chineseBytes(text: string): { readonly bytes: Buffer; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const parts: Buffer[] = [];
  for (const char of text) {
    const bytes = iconv.encode(char, 'gb18030');
    if (bytes.length <= 2) {
      parts.push(bytes);
      continue;
    }
    missing.push(char);
    parts.push(iconv.encode(MISSING, 'gb18030'));
  }
  return { bytes: Buffer.concat(parts), missing };
}
