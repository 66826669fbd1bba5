import type { ChecksumKind } from './frame-table.ts';

const GM65_HEAD = 2;
const SAM_V_HEAD = 5;

/**
 * Check bytes of `bytes[from..to)` as they stand on the line: low byte of the sum (KERONG), exclusive or
 * (8A and WKLY boards), the CRC of Modbus RTU (polynomial A001, start FFFF, low byte first), or that of a GM65
 * (polynomial 1021, start 0, high byte first). GM65 and SAM-V leave out the bytes every frame of theirs begins with.
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
  if (kind === 'crc16-gm65') {
    const crc = crc16ccitt(bytes, from + GM65_HEAD, to);
    return [crc >> 8, crc & 0xff];
  }
  let value = 0;
  for (let index = kind === 'xor8-sam-v' ? from + SAM_V_HEAD : from; index < to; index += 1) {
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

function crc16ccitt(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let index = from; index < to; index += 1) {
    crc ^= (bytes[index] ?? 0) << 8;
    for (let bit = 0; bit < 8; bit += 1)
      crc = (crc & 0x8000) === 0 ? (crc << 1) & 0xffff : ((crc << 1) ^ 0x1021) & 0xffff;
  }
  return crc;
}
