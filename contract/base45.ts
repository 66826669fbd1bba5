/**
 * Base45 (RFC 9285), strict: the packages we looked at decode characters outside
 * the alphabet and numbers above 65535 to some bytes instead of refusing them, and
 * need Node's Buffer, which the phone page does not have.
 */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** Bytes -> text: 3 characters for 2 bytes, 2 characters for a last single byte. */
export function encodeBase45(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 2) {
    const high = bytes[index] ?? 0;
    const low = bytes[index + 1];
    const value = low === undefined ? high : high * 256 + low;
    const digits = low === undefined ? 2 : 3;
    let rest = value;
    for (let digit = 0; digit < digits; digit += 1) {
      text += ALPHABET.charAt(rest % 45);
      rest = Math.floor(rest / 45);
    }
  }
  return text;
}

/** Text -> bytes, or undefined when the text is not base45 (wrong character, length or range). */
export function decodeBase45(text: string): Uint8Array | undefined {
  if (text.length % 3 === 1) return undefined;
  const bytes: number[] = [];
  for (let index = 0; index < text.length; index += 3) {
    const group = text.slice(index, index + 3);
    let value = 0;
    for (let digit = group.length - 1; digit >= 0; digit -= 1) {
      const position = ALPHABET.indexOf(group.charAt(digit));
      if (position < 0) return undefined;
      value = value * 45 + position;
    }
    if (group.length === 3) {
      if (value > 0xffff) return undefined;
      bytes.push(value >> 8, value & 0xff);
    } else {
      if (value > 0xff) return undefined;
      bytes.push(value);
    }
  }
  return Uint8Array.from(bytes);
}
