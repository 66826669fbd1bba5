import { packBits, windowReader, xorOf } from './codec.ts';
import type { BoardCodec, Heard, Model } from './codec.ts';

/** The generic 8A board: 80 reads, 8A opens, 90 opens several; the last byte is the exclusive or of all before it. */

const models: readonly Model[] = ['8a-12', '8a-24', '8a-32'];
const STATUS_BYTES: Readonly<Partial<Record<Model, number>>> = { '8a-12': 2, '8a-24': 3, '8a-32': 4 };

function understand(bytes: readonly number[]): Heard | undefined {
  const [head, board = 0, lock = 0, what] = bytes;
  if (xorOf(bytes.slice(0, -1)) !== bytes.at(-1) || board === 0 || board > 99) return undefined;
  if (bytes.length === 5 && head === 0x80 && what === 0x33)
    return { kind: 'query', board, lock, models, bytes };
  if (bytes.length === 5 && head === 0x8a && what === 0x11)
    return { kind: lock === 0 ? 'unlock-many' : 'unlock', board, lock, models, bytes };
  if (bytes.length !== 6) return undefined;
  if (head === 0x8a && what === 0x11)
    return { kind: lock === 0 ? 'unlock-many' : 'unlock', board, lock, models, bytes };
  if (head === 0x90) return { kind: 'unlock-many', board, lock: 0, models, bytes };
  return undefined;
}

const checked = (body: readonly number[]): number[] => [...body, xorOf(body)];
const stateOf = (bits: readonly boolean[], lock: number): number => (bits[lock - 1] === true ? 0x11 : 0x00);

/** A board tells its highest locks first, without a length; one lock is 11 or 00, whichever the switch means by it. */
export const board8aCodec: BoardCodec = {
  models,
  createReader: () => windowReader([6, 5], understand),
  status: ({ model, address, bits }, lock) =>
    lock === 0
      ? checked([0x80, address, ...packBits(bits, STATUS_BYTES[model] ?? 3).reverse(), 0x33])
      : checked([0x80, address, lock, stateOf(bits, lock)]),
  unlockReply: ({ address, bits }, lock) => checked([0x8a, address, lock, stateOf(bits, lock)]),
  push: ({ address, bits }, lock, header) => checked([header ?? 0x81, address, lock, stateOf(bits, lock)]),
};
