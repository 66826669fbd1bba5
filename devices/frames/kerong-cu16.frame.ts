import type { FrameField, FrameTable } from './frame-table.ts';

/**
 * KERONG CU16, CU12 and NCU16L: board and lock share one byte (board in the high nibble, lock in the low one),
 * 19200 8N1, requests of 5 bytes, the same start, end and sum as the CU48 (public drivers agree on 30, 31, 35).
 *
 * 33 opens every lock of a board, 32 asks every board at once: recognised, never made [DV1].
 */

const STX: FrameField = { is: 'const', value: 0x02 };
const ETX: FrameField = { is: 'const', value: 0x03 };
const SUM: FrameField = { is: 'checksum', of: 'sum8' };
const code = (value: number): FrameField => ({ is: 'const', value });
const address = { name: 'address', min: 0x0, max: 0xf };
const lock = { name: 'lock', min: 0x0, max: 0xf };
const board: FrameField = { is: 'nibbles', high: address, low: 0 };
const oneLock: FrameField = { is: 'nibbles', high: address, low: lock };

/** First byte: locks 1 to 8, bit 0 = lock 1. Drivers disagree on the bit that means locked: a setting [DV20]. */
const locks: FrameField = { is: 'bytes', name: 'locks', length: 2 };
const items: FrameField = { is: 'bytes', name: 'items', length: 2 };

export const kerongCu16Frames: FrameTable = {
  name: 'kerong-cu16',
  shapes: [
    { name: 'get-status', use: 'both', fields: [STX, board, code(0x30), ETX, SUM] },
    { name: 'unlock', use: 'both', fields: [STX, oneLock, code(0x31), ETX, SUM] },
    { name: 'status', use: 'both', fields: [STX, board, code(0x35), locks, items, ETX, SUM] },
    { name: 'unlock-all', use: 'decode-only', fields: [STX, oneLock, code(0x33), ETX, SUM] },
    { name: 'get-status-of-all', use: 'decode-only', fields: [STX, oneLock, code(0x32), ETX, SUM] },
    { name: 'status-of-all', use: 'decode-only', fields: [STX, board, code(0x36), locks, items, ETX, SUM] },
  ],
};
