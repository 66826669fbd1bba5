import { checksum } from './checksum.ts';
import { fits, restSize } from './decoder.ts';
import type { FrameField, FrameShape, FrameTable } from './frame-table.ts';
import { fieldSize } from './frame-table.ts';

export interface Refusal {
  readonly reason: 'start' | 'value' | 'length' | 'checksum';
  /** Index of the first byte that does not fit; for a frame cut short, the number of its bytes. */
  readonly at: number;
  /** The check byte that these bytes call for. */
  readonly due?: number;
}

/**
 * Why these bytes, taken as one frame, are none of this table; undefined when they are one. The shape that
 * holds longest speaks: a wrong check byte at the end says more than a wrong command at the beginning [DV49].
 */
export function whyNotAFrame(table: FrameTable, bytes: Uint8Array): Refusal | undefined {
  let best: Refusal = { reason: 'start', at: 0 };
  let most = 0;
  for (const shape of table.shapes) {
    const refusal = refusalOf(shape, bytes);
    if (refusal === undefined) return undefined;
    const weight = weightOf(shape, refusal, bytes);
    if (weight > most) [best, most] = [refusal, weight];
  }
  return bytes.length === 0 ? { reason: 'length', at: 0 } : best;
}

/**
 * Likeliest first: a whole frame with a wrong last check byte; one cut short of which every byte fits so far; a shape of
 * exactly this length; else the shape that holds longest.
 */
function weightOf(shape: FrameShape, { reason, at }: Refusal, bytes: Uint8Array): number {
  if (reason === 'checksum' && at === bytes.length - 1) return 4 * bytes.length;
  if (reason === 'length' && at === bytes.length) return 3 * bytes.length;
  const size = shape.fields.reduce((sum, field) => sum + fieldSize(field), 0);
  return at > 0 && size === bytes.length ? at + bytes.length : at;
}

function refusalOf(shape: FrameShape, bytes: Uint8Array): Refusal | undefined {
  let at = 0;
  let declared: number | undefined;
  let counted: number | undefined;
  for (const [index, field] of shape.fields.entries()) {
    const size = field.is === 'rest' ? restSize(shape.fields, index, declared, at) : fieldSize(field);
    if (size < 0 || (field.is === 'rest' && counted !== undefined && counted !== size))
      return { reason: 'length', at };
    for (let part = 0; part < size; part += 1) {
      const byte = bytes[at + part];
      if (byte === undefined) return { reason: 'length', at: bytes.length };
      if (!fits(field, byte, part, bytes, 0, at)) {
        const due = field.is === 'checksum' ? checksum(field.of, bytes, 0, at)[part] : undefined;
        return { reason: reasonAt(field, at), at: at + part, ...(due === undefined ? {} : { due }) };
      }
      if (field.is === 'length') declared = byte;
      if (field.is === 'count') counted = byte;
    }
    at += size;
  }
  if (at !== bytes.length || (declared !== undefined && at !== declared)) return { reason: 'length', at };
  return undefined;
}

function reasonAt(field: FrameField, at: number): Refusal['reason'] {
  if (field.is === 'checksum') return 'checksum';
  if (at === 0) return 'start';
  return field.is === 'length' || field.is === 'count' ? 'length' : 'value';
}
