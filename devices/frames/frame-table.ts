/**
 * A protocol's frames as data. One interpreter (encode.ts, decoder.ts) reads every table:
 * a new lock board is a new table, never new control flow.
 */

/** The last two leave out the bytes every frame of theirs begins with: two of a GM65, five of a SAM-V. */
export type ChecksumKind = 'sum8' | 'xor8' | 'crc16-modbus' | 'crc16-gm65' | 'xor8-sam-v';

/** Half a byte: always the same, or one with a meaning. */
export type Nibble = number | { readonly name: string; readonly min: number; readonly max: number };

export type FrameField =
  /** A byte that is always the same. */
  | { readonly is: 'const'; readonly value: number }
  /** One byte with a meaning; values outside min..max belong to another shape or to noise. */
  | { readonly is: 'byte'; readonly name: string; readonly min: number; readonly max: number }
  /** Two meanings packed in one byte. */
  | { readonly is: 'nibbles'; readonly high: Nibble; readonly low: Nibble }
  /** `last-first`: the line carries the highest byte first; the value always has its lowest byte first. */
  | {
      readonly is: 'bytes';
      readonly name: string;
      readonly length: number;
      readonly order?: 'last-first';
    }
  /** The length of the whole frame, checksum included. */
  | { readonly is: 'length'; readonly min: number; readonly max: number }
  /** How many bytes the `rest` of that name has; stands before it. */
  | { readonly is: 'count'; readonly of: string; readonly min: number; readonly max: number }
  /** Bytes up to the fields that follow; needs a `length` field before it. */
  | { readonly is: 'rest'; readonly name: string }
  /** Over every byte of the frame before it. */
  | { readonly is: 'checksum'; readonly of: ChecksumKind };

export interface FrameShape {
  readonly name: string;
  /** `decode-only` frames are recognised when seen on the line and can never be made [DV1]. */
  readonly use: 'both' | 'decode-only';
  /** While this shape may still complete, a shorter one that fits so far is not believed yet: its bytes may be its beginning. */
  readonly patient?: true;
  readonly fields: readonly FrameField[];
}

/** Shapes in order of preference: the first that fits wins. */
export interface FrameTable {
  readonly name: string;
  readonly shapes: readonly FrameShape[];
}

/** What a frame says: single bytes by name, runs of bytes by name. */
export interface FrameValues {
  readonly numbers?: Readonly<Record<string, number>>;
  readonly bytes?: Readonly<Record<string, Uint8Array>>;
}

export interface DecodedFrame {
  readonly shape: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly bytes: Readonly<Record<string, Uint8Array>>;
  /** The frame as it was on the line: an answer equal to the request is an echo. */
  readonly raw: Uint8Array;
}

/** Fixed size of a field in bytes; a `rest` has none of its own. */
export function fieldSize(field: FrameField): number {
  switch (field.is) {
    case 'const':
    case 'byte':
    case 'nibbles':
    case 'length':
    case 'count':
      return 1;
    case 'checksum':
      return field.of === 'crc16-modbus' || field.of === 'crc16-gm65' ? 2 : 1;
    case 'bytes':
      return field.length;
    case 'rest':
      return 0;
  }
}

/** The most bytes a frame of this shape can have. */
export function longestFrame(shape: FrameShape): number {
  const declared = shape.fields.find((field) => field.is === 'length');
  if (declared?.is === 'length') return declared.max;
  return shape.fields.reduce((sum, field) => sum + fieldSize(field), 0);
}
