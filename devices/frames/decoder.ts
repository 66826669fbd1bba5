import { checksum } from './checksum.ts';
import type { DecodedFrame, FrameField, FrameShape, FrameTable, Nibble } from './frame-table.ts';
import { fieldSize } from './frame-table.ts';

export interface DecoderStats {
  readonly frames: number;
  /** Bytes that belonged to no frame. */
  readonly badBytes: number;
  /** Bytes kept for a frame that is not complete yet. */
  readonly buffered: number;
}

export interface Decoder {
  /** Takes any chunk of the line and returns the frames completed by it, in order. Never throws. */
  push(chunk: Uint8Array): DecodedFrame[];
  /** The line fell silent: what is held cannot become a frame from its first byte. Returns frames hidden behind it. */
  flush(): DecodedFrame[];
  stats(): DecoderStats;
}

type Match = DecodedFrame | 'more' | 'no';

/**
 * An incremental decoder for one line. After a bad checksum it drops one byte and looks again, so that
 * a length or a start byte inside noise is never believed [DV2]; it holds less than one longest frame [DV3].
 */
export function createDecoder(tables: readonly FrameTable[]): Decoder {
  const shapes = tables.flatMap((table) => table.shapes);
  const starts = startBytes(shapes);
  let held = new Uint8Array(0);
  let frames = 0;
  let badBytes = 0;

  function scan(bytes: Uint8Array, ended: boolean): DecodedFrame[] {
    const found: DecodedFrame[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (starts[bytes[at] ?? 0] !== true) {
        badBytes += 1;
        at += 1;
        continue;
      }
      const match = matchAny(shapes, bytes, at, ended);
      if (match === 'more' && !ended) break;
      if (match === 'more' || match === 'no') {
        badBytes += 1;
        at += 1;
        continue;
      }
      found.push(match);
      at += match.raw.length;
    }
    held = bytes.slice(at);
    frames += found.length;
    return found;
  }

  return {
    push(chunk) {
      if (held.length === 0) return scan(chunk, false);
      const joined = new Uint8Array(held.length + chunk.length);
      joined.set(held);
      joined.set(chunk, held.length);
      return scan(joined, false);
    },
    flush: () => scan(held, true),
    stats: () => ({ frames, badBytes, buffered: held.length }),
  };
}

/** Which bytes a frame may begin with: noise is passed over quickly. */
function startBytes(shapes: readonly FrameShape[]): readonly boolean[] {
  return Array.from({ length: 256 }, (_, byte) =>
    shapes.some(({ fields: [first] }) => {
      if (first?.is === 'const') return first.value === byte;
      if (first?.is === 'byte') return byte >= first.min && byte <= first.max;
      return first !== undefined;
    }),
  );
}

/** A complete frame beats an incomplete one, unless that one is patient; among complete ones the first of the table wins. */
function matchAny(shapes: readonly FrameShape[], bytes: Uint8Array, from: number, ended: boolean): Match {
  let more = false;
  for (const shape of shapes) {
    const match = matchShape(shape, bytes, from);
    if (match === 'more') {
      if (shape.patient === true && !ended) return 'more';
      more = true;
    } else if (match !== 'no') return match;
  }
  return more ? 'more' : 'no';
}

function matchShape(shape: FrameShape, bytes: Uint8Array, from: number): Match {
  let at = from;
  let declared: number | undefined;
  let counted: number | undefined;
  for (const [index, field] of shape.fields.entries()) {
    const size = field.is === 'rest' ? restSize(shape.fields, index, declared, at - from) : fieldSize(field);
    if (size < 0 || (field.is === 'rest' && counted !== undefined && counted !== size)) return 'no';
    for (let part = 0; part < size; part += 1) {
      const byte = bytes[at + part];
      if (byte === undefined) return 'more';
      if (!fits(field, byte, part, bytes, from, at)) return 'no';
      if (field.is === 'length') declared = byte;
      if (field.is === 'count') counted = byte;
    }
    at += size;
  }
  if (declared !== undefined && at - from !== declared) return 'no';
  return read(shape, bytes.slice(from, at));
}

/** Whether a field that starts at `at` may have this byte as its `part`. */
export function fits(
  field: FrameField,
  byte: number,
  part: number,
  bytes: Uint8Array,
  from: number,
  at: number,
): boolean {
  switch (field.is) {
    case 'const':
      return byte === field.value;
    case 'byte':
    case 'length':
    case 'count':
      return byte >= field.min && byte <= field.max;
    case 'nibbles':
      return nibbleFits(field.high, byte >> 4) && nibbleFits(field.low, byte & 0xf);
    case 'checksum':
      return byte === checksum(field.of, bytes, from, at)[part];
    case 'bytes':
    case 'rest':
      return true;
  }
}

function nibbleFits(nibble: Nibble, value: number): boolean {
  return typeof nibble === 'number' ? value === nibble : value >= nibble.min && value <= nibble.max;
}

/** How long the `rest` at `index` is, given the declared length of the whole frame; negative = impossible. */
export function restSize(
  fields: readonly FrameField[],
  index: number,
  declared: number | undefined,
  before: number,
): number {
  if (declared === undefined) return -1;
  const after = fields.slice(index + 1).reduce((sum, field) => sum + fieldSize(field), 0);
  return declared - before - after;
}

function read(shape: FrameShape, raw: Uint8Array): DecodedFrame {
  const numbers: Record<string, number> = {};
  const bytes: Record<string, Uint8Array> = {};
  let at = 0;
  for (const [index, field] of shape.fields.entries()) {
    const size = field.is === 'rest' ? restSize(shape.fields, index, raw.length, at) : fieldSize(field);
    const byte = raw[at] ?? 0;
    if (field.is === 'byte') numbers[field.name] = byte;
    if (field.is === 'nibbles') {
      if (typeof field.high !== 'number') numbers[field.high.name] = byte >> 4;
      if (typeof field.low !== 'number') numbers[field.low.name] = byte & 0xf;
    }
    if (field.is === 'rest') bytes[field.name] = raw.slice(at, at + size);
    if (field.is === 'bytes') {
      const run = raw.slice(at, at + size);
      bytes[field.name] = field.order === 'last-first' ? run.reverse() : run;
    }
    at += size;
  }
  return { shape: shape.name, numbers, bytes, raw };
}
