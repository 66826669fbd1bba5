import { closeSync, openSync, readSync } from 'node:fs';
import { runCharstring } from './charstring.rules.ts';
import { fillOutline } from './fill.rules.ts';

/** Pictures of single characters for what a printer's own font does not hold [DV28]. */
export interface Glyphs {
  /** Rows of `dots` x `dots` from the top, true = black; undefined when this font does not hold the character. */
  draw(char: string, dots: number): boolean[][] | undefined;
}

/** Reads the operands and operators of a CFF dictionary; two-byte operators are 1200 + second byte. */
function dictionary(bytes: Buffer): Map<number, number[]> {
  const found = new Map<number, number[]>();
  let operands: number[] = [];
  for (let i = 0; i < bytes.length;) {
    const byte = bytes.readUInt8(i);
    if (byte <= 21) {
      const two = byte === 12;
      found.set(two ? 1200 + bytes.readUInt8(i + 1) : byte, operands);
      operands = [];
      i += two ? 2 : 1;
    } else if (byte === 28) {
      operands.push(bytes.readInt16BE(i + 1));
      i += 3;
    } else if (byte === 29) {
      operands.push(bytes.readInt32BE(i + 1));
      i += 5;
    } else if (byte === 30) {
      // A real number ends with a nibble of F; none of the entries used here is one.
      i += 1;
      while ((bytes.readUInt8(i) & 0x0f) !== 0x0f && bytes.readUInt8(i) >> 4 !== 0x0f) i += 1;
      i += 1;
      operands.push(0);
    } else if (byte >= 251) {
      operands.push(-(byte - 251) * 256 - bytes.readUInt8(i + 1) - 108);
      i += 2;
    } else if (byte >= 247) {
      operands.push((byte - 247) * 256 + bytes.readUInt8(i + 1) + 108);
      i += 2;
    } else {
      operands.push(byte - 139);
      i += 1;
    }
  }
  return found;
}

/**
 * Opens an OpenType font with CFF outlines (`.otf`, or the first font of a `.ttc`), such as Debian's Noto Sans CJK.
 * Reads only what a character needs: the file is large and rare characters are rare.
 * @throws when the file is not such a font.
 */
export function openFont(path: string): Glyphs & { close(): void } {
  const fd = openSync(path, 'r');
  try {
    return {
      ...parseFont(reader(fd)),
      close: () => {
        closeSync(fd);
      },
    };
  } catch (error) {
    closeSync(fd);
    throw new Error(
      `${path} cannot be used as a font: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

type Read = (at: number, length: number) => Buffer;

function reader(fd: number): Read {
  return (at, length) => {
    const bytes = Buffer.alloc(length);
    if (readSync(fd, bytes, 0, length, at) !== length) throw new RangeError('the file ends too early');
    return bytes;
  };
}

interface Index {
  readonly count: number;
  readonly end: number;
  readonly item: (index: number) => Buffer | undefined;
}

/** A CFF INDEX: count, offset size, offsets, data. */
function readIndex(read: Read, at: number): Index {
  const count = read(at, 2).readUInt16BE(0);
  if (count === 0) return { count, end: at + 2, item: () => undefined };
  const size = read(at + 2, 1).readUInt8(0);
  const data = at + 3 + (count + 1) * size - 1;
  const offset = (index: number): number => read(at + 3 + index * size, size).readUIntBE(0, size);
  return {
    count,
    end: data + offset(count),
    item: (index) => {
      if (!Number.isInteger(index) || index < 0 || index >= count) return undefined;
      const from = offset(index);
      return read(data + from, offset(index + 1) - from);
    },
  };
}

function parseFont(read: Read): Glyphs {
  const start = read(0, 4).toString('latin1') === 'ttcf' ? read(12, 4).readUInt32BE(0) : 0;
  const tables = new Map<string, number>();
  for (let i = 0; i < read(start + 4, 2).readUInt16BE(0); i += 1) {
    const record = read(start + 12 + i * 16, 16);
    tables.set(record.toString('latin1', 0, 4), record.readUInt32BE(8));
  }
  const table = (name: string): number => {
    const at = tables.get(name);
    if (at === undefined) throw new Error(`it has no ${name} table`);
    return at;
  };
  const unitsPerEm = read(table('head') + 18, 2).readUInt16BE(0);
  const glyphOf = readCharacters(read, table('cmap'));

  const cff = table('CFF ');
  const names = readIndex(read, cff + read(cff + 2, 1).readUInt8(0));
  const tops = readIndex(read, names.end);
  const strings = readIndex(read, tops.end);
  const globals = readIndex(read, strings.end);
  const top = dictionary(tops.item(0) ?? Buffer.alloc(0));
  const entry = (key: number): number => {
    const value = top.get(key)?.[0];
    if (value === undefined) throw new Error(`its CFF table lacks entry ${String(key)}`);
    return cff + value;
  };
  const charstrings = readIndex(read, entry(17));
  const fonts = readIndex(read, entry(1236));
  const fontOf = readSelection(read, entry(1237));

  return {
    draw: (char, dots) => {
      const glyph = glyphOf(char.codePointAt(0) ?? 0);
      const program = glyph === 0 ? undefined : charstrings.item(glyph);
      if (program === undefined) return undefined;
      const [size = 0, offset = 0] = dictionary(fonts.item(fontOf(glyph)) ?? Buffer.alloc(0)).get(18) ?? [];
      const localAt = dictionary(read(cff + offset, size)).get(19)?.[0];
      const locals = localAt === undefined ? undefined : readIndex(read, cff + offset + localAt);
      const outline = runCharstring(program, {
        local: (index) => locals?.item(index),
        localCount: locals?.count ?? 0,
        global: (index) => globals.item(index),
        globalCount: globals.count,
      });
      return outline === undefined ? undefined : fillOutline(outline, unitsPerEm, dots);
    },
  };
}

/** cmap format 12: groups of code points; the only format that holds characters beyond the first plane. */
function readCharacters(read: Read, cmap: number): (codePoint: number) => number {
  for (let i = 0; i < read(cmap + 2, 2).readUInt16BE(0); i += 1) {
    const at = cmap + read(cmap + 4 + i * 8 + 4, 4).readUInt32BE(0);
    if (read(at, 2).readUInt16BE(0) !== 12) continue;
    const count = read(at + 12, 4).readUInt32BE(0);
    return (codePoint) => {
      let low = 0;
      let high = count - 1;
      while (low <= high) {
        const middle = (low + high) >> 1;
        const group = read(at + 16 + middle * 12, 12);
        if (codePoint < group.readUInt32BE(0)) high = middle - 1;
        else if (codePoint > group.readUInt32BE(4)) low = middle + 1;
        else return group.readUInt32BE(8) + codePoint - group.readUInt32BE(0);
      }
      return 0;
    };
  }
  throw new Error('it has no table of all characters');
}

/** CFF FDSelect, formats 0 and 3: which private part a glyph belongs to. */
function readSelection(read: Read, at: number): (glyph: number) => number {
  const format = read(at, 1).readUInt8(0);
  if (format === 0) return (glyph) => read(at + 1 + glyph, 1).readUInt8(0);
  if (format !== 3) throw new Error(`FDSelect format ${String(format)} is not known`);
  const count = read(at + 1, 2).readUInt16BE(0);
  return (glyph) => {
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (read(at + 3 + middle * 3, 2).readUInt16BE(0) <= glyph) low = middle;
      else high = middle - 1;
    }
    return read(at + 3 + low * 3 + 2, 1).readUInt8(0);
  };
}
