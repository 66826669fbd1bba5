import type { RegisterReading } from '../definitions/definition.ts';

/** Registers of a Modbus device as numbers with a meaning. Pure. */

/** How many 16-bit registers a value takes. */
export function registersOf(type: RegisterReading['type']): 1 | 2 {
  return type === 'int16' || type === 'uint16' ? 1 : 2;
}

/**
 * The value of a reading from its registers, in the unit of the profile; undefined when it lies outside the range in
 * which it can be believed: a broken probe says 3276.7 °C, and nobody is to be told so [DV52].
 * @param words as they came, first register first
 */
export function valueOf(reading: RegisterReading, words: readonly number[]): number | undefined {
  const raw = rawOf(reading, words);
  if (raw === undefined || !Number.isFinite(raw)) return undefined;
  const value = raw * reading.scale + (reading.offset ?? 0);
  if (value < reading.min || value > reading.max) return undefined;
  // Scales like 0.1 leave dust behind the comma.
  return Number(value.toPrecision(9));
}

function rawOf({ type, words: order }: RegisterReading, words: readonly number[]): number | undefined {
  if (words.length !== registersOf(type)) return undefined;
  const bytes = new DataView(new ArrayBuffer(words.length * 2));
  const inOrder = order === 'low-first' ? [...words].reverse() : words;
  for (const [index, word] of inOrder.entries()) bytes.setUint16(index * 2, word);
  switch (type) {
    case 'int16':
      return bytes.getInt16(0);
    case 'uint16':
      return bytes.getUint16(0);
    case 'int32':
      return bytes.getInt32(0);
    case 'uint32':
      return bytes.getUint32(0);
    case 'float32':
      return bytes.getFloat32(0);
  }
}
