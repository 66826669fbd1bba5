import { packBits, sumOf, windowReader } from './codec.ts';
import type { BoardCodec, Heard, Model } from './codec.ts';

/** KERONG CU16: five bytes, 02 AL CMD 03 SUM; board in the high nibble, lock in the low one. */

const models: readonly Model[] = ['cu16'];

function understand(bytes: readonly number[]): Heard | undefined {
  const [start, packed, command, end, sum] = bytes;
  if (start !== 0x02 || packed === undefined || command === undefined || end !== 0x03) return undefined;
  if (sumOf(bytes.slice(0, 4)) !== sum) return undefined;
  const board = packed >> 4;
  const lock = packed & 0x0f;
  switch (command) {
    case 0x30:
      return { kind: lock === 0 ? 'query' : 'other', board, lock: 0, models, bytes };
    case 0x31:
      return { kind: 'unlock', board, lock: lock + 1, models, bytes };
    case 0x33:
      return { kind: 'unlock-many', board, lock: 0, models, bytes };
    case 0x32:
      return { kind: 'other', board, lock: 0, models, bytes };
    default:
      return undefined;
  }
}

/** 9 bytes: 02 A0 35 H1-8 H9-16 I1-8 I9-16 03 SUM. No reply to an unlock. */
export const kerongCu16Codec: BoardCodec = {
  models,
  createReader: () => windowReader([5], understand),
  status: ({ address, bits, items }) => {
    const body = [0x02, address << 4, 0x35, ...packBits(bits, 2), ...packBits(items, 2), 0x03];
    return [...body, sumOf(body)];
  },
};
