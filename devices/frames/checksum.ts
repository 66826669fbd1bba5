import type { ChecksumKind } from './frame-table.ts';

/** Checksum of `bytes[from..to)`: low byte of the sum (KERONG) or exclusive or (8A and WKLY boards). */
export function checksum(kind: ChecksumKind, bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index += 1) {
    const byte = bytes[index] ?? 0;
    value = kind === 'sum8' ? (value + byte) & 0xff : value ^ byte;
  }
  return value;
}
