/**
 * Reads ESC/POS as a printer does, one command after another. Written from the public command
 * reference, without anything of the gateway: a wrong byte there must not cancel itself out here.
 */

export interface SlipLine {
  readonly text: string;
  /** `1x1`, `1x2`, `2x2`: wide x high. */
  readonly size: string;
  readonly align: 'left' | 'center' | 'right';
  /** Pictures within the line, in order; each stands as ￼ in the text. Columns of three bytes, base64. */
  readonly pictures: readonly string[];
}

export type Printed =
  | { readonly what: 'line'; readonly line: SlipLine }
  | { readonly what: 'qr'; readonly data: string; readonly dots: number; readonly level: string }
  | { readonly what: 'raster'; readonly width: number; readonly height: number; readonly data: Uint8Array }
  | { readonly what: 'feed'; readonly lines: number }
  | { readonly what: 'cut' }
  /** GS r 1: the answer is due when everything before it is on the paper. */
  | { readonly what: 'paper-query' }
  | { readonly what: 'unreadable'; readonly hex: string };

export interface EscposDecoder {
  /** Takes the next bytes off the front of `buffer`; undefined when a command is not complete yet. */
  next(buffer: Uint8Array): { readonly used: number; readonly printed: Printed | undefined } | undefined;
  reset(): void;
}

const ESC = 0x1b;
const GS = 0x1d;
const FS = 0x1c;
/** U+FFFC in GB18030. */
const PICTURE = [0x84, 0x31, 0xa4, 0x36];
const LEVELS = ['L', 'M', 'Q', 'H'];

/** Text is decoded by the platform's own GB18030 table, not by the one the gateway encodes with. */
export function createEscposDecoder(): EscposDecoder {
  const gb = new TextDecoder('gb18030', { fatal: true });
  let text: number[] = [];
  let pictures: string[] = [];
  let size = { latin: 0, chinese: 0 };
  let lineSize = '1x1';
  let align: SlipLine['align'] = 'left';
  let chinese = false;
  let qr = { data: new Uint8Array(), dots: 3, level: 'L' };

  function reset(): void {
    text = [];
    pictures = [];
    size = { latin: 0, chinese: 0 };
    lineSize = '1x1';
    align = 'left';
    chinese = false;
    qr = { data: new Uint8Array(), dots: 3, level: 'L' };
  }

  function line(): Printed {
    const bytes = Uint8Array.from(text);
    const drawn = pictures;
    text = [];
    pictures = [];
    try {
      return { what: 'line', line: { text: gb.decode(bytes), size: lineSize, align, pictures: drawn } };
    } catch {
      // A printer would put the wrong characters on paper; here it is said.
      return { what: 'unreadable', hex: Buffer.from(bytes).toString('hex') };
    }
  }

  function escape(bytes: Uint8Array): ReturnType<EscposDecoder['next']> {
    const [, command = -1, argument = -1] = bytes;
    if (command === 0x40) {
      reset();
      return { used: 2, printed: undefined };
    }
    if (bytes.length < 3) return undefined;
    switch (command) {
      case 0x21:
        size = { ...size, latin: ((argument & 0x20) >> 5) * 2 + ((argument & 0x10) >> 4) };
        return { used: 3, printed: undefined };
      case 0x2a: {
        // Bit image of 24 dots height: m, width, then three bytes a column.
        if (argument !== 33) return unreadable(bytes, 2);
        if (bytes.length < 5) return undefined;
        const used = 5 + word(bytes, 3) * 3;
        if (bytes.length < used) return undefined;
        pictures.push(Buffer.from(bytes.slice(5, used)).toString('base64'));
        text.push(...PICTURE);
        return { used, printed: undefined };
      }
      case 0x61:
        align = (['left', 'center', 'right'] as const)[argument % 48] ?? 'left';
        return { used: 3, printed: undefined };
      case 0x64:
        return { used: 3, printed: { what: 'feed', lines: argument } };
      default:
        return unreadable(bytes, 2);
    }
  }

  function chineseCommand(bytes: Uint8Array): ReturnType<EscposDecoder['next']> {
    const [, command = -1, argument = -1] = bytes;
    if (command === 0x26 || command === 0x2e) {
      chinese = command === 0x26;
      return { used: 2, printed: undefined };
    }
    if (command !== 0x21) return unreadable(bytes, 2);
    if (bytes.length < 3) return undefined;
    size = { ...size, chinese: ((argument & 0x04) >> 2) * 2 + ((argument & 0x08) >> 3) };
    return { used: 3, printed: undefined };
  }

  function group(bytes: Uint8Array): ReturnType<EscposDecoder['next']> {
    const [, command = -1, a = -1, b = -1] = bytes;
    if (bytes.length < 3) return undefined;
    if (command === 0x56) {
      const used = a === 0x41 || a === 0x42 ? 4 : 3;
      return bytes.length < used ? undefined : { used, printed: { what: 'cut' } };
    }
    if (command === 0x72) return { used: 3, printed: { what: 'paper-query' } };
    if (command === 0x76) {
      if (bytes.length < 8) return undefined;
      const width = word(bytes, 4);
      const height = word(bytes, 6);
      const used = 8 + width * height;
      if (bytes.length < used) return undefined;
      return {
        used,
        printed: { what: 'raster', width: width * 8, height, data: bytes.slice(8, used) },
      };
    }
    if (command !== 0x28 || a !== 0x6b) return unreadable(bytes, 2);
    if (bytes.length < 5 || b < 0) return undefined;
    const used = 5 + word(bytes, 3);
    return bytes.length < used ? undefined : { used, printed: symbol(bytes.slice(5, used)) };
  }

  /** GS ( k, function group 49: QR code. */
  function symbol(body: Uint8Array): Printed | undefined {
    const [kind, what, value = 0] = body;
    if (kind !== 49) return { what: 'unreadable', hex: Buffer.from(body).toString('hex') };
    switch (what) {
      case 65:
        return undefined;
      case 67:
        qr = { ...qr, dots: value };
        return undefined;
      case 69:
        qr = { ...qr, level: LEVELS[value - 48] ?? '?' };
        return undefined;
      case 80:
        qr = { ...qr, data: body.slice(3) };
        return undefined;
      case 81:
        return { what: 'qr', data: Buffer.from(qr.data).toString('utf8'), dots: qr.dots, level: qr.level };
      default:
        return { what: 'unreadable', hex: Buffer.from(body).toString('hex') };
    }
  }

  function character(bytes: Uint8Array): ReturnType<EscposDecoder['next']> {
    const [first = 0, second = 0] = bytes;
    // With Chinese off a byte above 7F is a letter of some code page, which is never what a slip means.
    const length = first < 0x80 ? 1 : !chinese ? 0 : second >= 0x30 && second <= 0x39 ? 4 : 2;
    if (length === 0) return unreadable(bytes, 1);
    if (bytes.length < length) return undefined;
    if (text.length === 0) {
      const bits = first < 0x80 ? size.latin : size.chinese;
      lineSize = `${bits & 2 ? '2' : '1'}x${bits & 1 ? '2' : '1'}`;
    }
    text.push(...bytes.slice(0, length));
    return { used: length, printed: undefined };
  }

  return {
    next: (buffer) => {
      const [first] = buffer;
      if (first === undefined) return undefined;
      if (first === 0x0a) return { used: 1, printed: line() };
      if (first === ESC) return buffer.length < 2 ? undefined : escape(buffer);
      if (first === GS) return buffer.length < 2 ? undefined : group(buffer);
      if (first === FS) return buffer.length < 2 ? undefined : chineseCommand(buffer);
      if (first < 0x20) return unreadable(buffer, 1);
      return character(buffer);
    },
    reset,
  };
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256;
}

function unreadable(bytes: Uint8Array, used: number): ReturnType<EscposDecoder['next']> {
  return {
    used,
    printed: { what: 'unreadable', hex: Buffer.from(bytes.slice(0, used)).toString('hex') },
  };
}
