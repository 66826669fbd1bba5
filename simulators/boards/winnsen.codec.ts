import { windowReader } from './codec.ts';
import type { BoardCodec, Heard, Model } from './codec.ts';

/** Winnsen: 90 06 FUNCTION STATION LOCK 03, no check byte. A status names its state before its lock. */

const models: readonly Model[] = ['winnsen'];

function understand(bytes: readonly number[]): Heard | undefined {
  const [head, length, what, board = 0, lock = 0, end] = bytes;
  if (head !== 0x90 || length !== 0x06 || end !== 0x03 || board > 3 || lock > 16) return undefined;
  if (what === 0x05) return { kind: lock === 0 ? 'unlock-many' : 'unlock', board, lock, models, bytes };
  if (what === 0x12) return lock === 0 ? undefined : { kind: 'query', board, lock, models, bytes };
  return undefined;
}

export const winnsenCodec: BoardCodec = {
  models,
  createReader: () => windowReader([6], understand),
  status: ({ address, bits }, lock) => [
    0x90,
    0x07,
    0x92,
    address,
    bits[lock - 1] === true ? 1 : 0,
    lock,
    0x03,
  ],
  unlockReply: ({ address, bits }, lock) => [
    0x90,
    0x07,
    0x85,
    address,
    lock,
    bits[lock - 1] === true ? 1 : 0,
    0x03,
  ],
};
