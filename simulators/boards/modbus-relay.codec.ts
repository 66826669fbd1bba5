import { packBits, windowReader } from './codec.ts';
import type { BoardCodec, Heard, Model } from './codec.ts';

/** Modbus RTU relay board with inputs: 05 to coil 02xx flashes a relay, 02 reads the eight inputs; CRC-16, low byte first. */

const models: readonly Model[] = ['modbus-relay'];

/** CRC-16 of the Modbus specification, bit by bit. */
export function crc16(bytes: readonly number[]): [number, number] {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return [crc & 0xff, crc >> 8];
}

function understand(bytes: readonly number[]): Heard | undefined {
  const [board = 0, code, high = 0, low = 0, value = 0, last = 0, crcLow, crcHigh] = bytes;
  const [wantLow, wantHigh] = crc16(bytes.slice(0, 6));
  if (crcLow !== wantLow || crcHigh !== wantHigh || board > 247) return undefined;
  const everyBoard = board === 0 ? ({ everyBoard: true } as const) : {};
  if (code === 0x02) {
    const whole = high === 0 && low === 0 && value === 0 && last === 8;
    return { kind: whole ? 'query' : 'other', board, lock: 0, models, bytes };
  }
  if (code !== 0x05) return undefined;
  if (low === 0xff || board === 0)
    return { kind: 'unlock-many', board, ...everyBoard, lock: 0, models, bytes };
  const pulses = high === 0x02 && low <= 7 && value === 0 && last > 0;
  return { kind: pulses ? 'unlock' : 'other', board, lock: pulses ? low + 1 : 0, models, bytes };
}

/** The answer to a pulse is the command itself. */
export const modbusRelayCodec: BoardCodec = {
  models,
  createReader: () => windowReader([8], understand),
  status: ({ address, bits }) => {
    const body = [address, 0x02, 0x01, ...packBits(bits, 1)];
    return [...body, ...crc16(body)];
  },
  unlockReply: (_shown, _lock, request) => [...request],
};
