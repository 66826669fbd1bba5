import { checksum } from './checksum.ts';
import type { FrameField, FrameTable, FrameValues, Nibble } from './frame-table.ts';
import { fieldSize } from './frame-table.ts';

/** Asking for a frame that this table cannot make is a defect of the caller, or of the configuration. */
export class FrameRefused extends Error {
  override readonly name = 'FrameRefused';
}

/**
 * The bytes of one frame.
 * @throws FrameRefused for an unknown or decode-only shape, a missing value or one outside its range.
 */
export function encode(table: FrameTable, shapeName: string, values: FrameValues): Uint8Array {
  const shape = table.shapes.find((each) => each.name === shapeName);
  if (shape === undefined) throw new FrameRefused(`${table.name} has no frame "${shapeName}"`);
  if (shape.use === 'decode-only') throw new FrameRefused(`"${shapeName}" of ${table.name} is never sent`);
  const total = shape.fields.reduce(
    (sum, field) => sum + (field.is === 'rest' ? bytesOf(values, field.name).length : fieldSize(field)),
    0,
  );
  const frame = new Uint8Array(total);
  let at = 0;
  for (const field of shape.fields) at = put(frame, at, field, values);
  return frame;
}

function put(frame: Uint8Array, at: number, field: FrameField, values: FrameValues): number {
  switch (field.is) {
    case 'const':
      frame[at] = field.value;
      return at + 1;
    case 'byte':
      frame[at] = inRange(field.name, numberOf(values, field.name), field.min, field.max);
      return at + 1;
    case 'nibbles':
      frame[at] = nibble(field.high, values) * 16 + nibble(field.low, values);
      return at + 1;
    case 'length':
      frame[at] = inRange('length', frame.length, field.min, field.max);
      return at + 1;
    case 'count':
      frame[at] = inRange(`length of ${field.of}`, bytesOf(values, field.of).length, field.min, field.max);
      return at + 1;
    case 'bytes': {
      const bytes = bytesOf(values, field.name);
      inRange(`length of ${field.name}`, bytes.length, field.length, field.length);
      frame.set(field.order === 'last-first' ? bytes.toReversed() : bytes, at);
      return at + bytes.length;
    }
    case 'rest': {
      const bytes = bytesOf(values, field.name);
      frame.set(bytes, at);
      return at + bytes.length;
    }
    case 'checksum': {
      const check = checksum(field.of, frame, 0, at);
      frame.set(check, at);
      return at + check.length;
    }
  }
}

function nibble(half: Nibble, values: FrameValues): number {
  if (typeof half === 'number') return half;
  return inRange(half.name, numberOf(values, half.name), half.min, half.max);
}

function numberOf(values: FrameValues, name: string): number {
  const value = values.numbers?.[name];
  if (value === undefined) throw new FrameRefused(`"${name}" is missing`);
  return value;
}

function bytesOf(values: FrameValues, name: string): Uint8Array {
  const value = values.bytes?.[name];
  if (value === undefined) throw new FrameRefused(`"${name}" is missing`);
  return value;
}

function inRange(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new FrameRefused(`${name} ${String(value)} is not within ${String(min)}..${String(max)}`);
  }
  return value;
}
