import type { ChecksumKind } from './frame-table.ts';

/**
 * Check bytes of `bytes[from..to)` as they stand on the line: low byte of the sum (KERONG), exclusive or
 * (8A and WKLY boards), or the CRC of Modbus RTU (polynomial A001, start FFFF, low byte first).
 */
export function checksum(
  kind: ChecksumKind,
  bytes: Uint8Array,
  from: number,
  to: number,
): readonly [number] | readonly [number, number] {
  if (kind === 'crc16-modbus') {
    const crc = crc16(bytes, from, to);
    return [crc & 0xff, crc >> 8];
  }
  let value = 0;
  for (let index = from; index < to; index += 1) {
    const byte = bytes[index] ?? 0;
    value = kind === 'sum8' ? (value + byte) & 0xff : value ^ byte;
  }
  return [value];
}

function crc16(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffff;
  for (let index = from; index < to; index += 1) {
    crc ^= bytes[index] ?? 0;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}
