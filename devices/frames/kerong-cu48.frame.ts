import type { FrameField, FrameTable } from './frame-table.ts';

/**
 * KERONG CU48 over RS-485, 19200 8N1 (vendor document V2.1 of 2020-03-23), and its newer firmware with
 * infrared sensors (recorded traffic). A request has 6 bytes: the manual's "fixed 32 bytes" is a slip,
 * its own table and examples have 6.
 *
 * Address 0A means every board and lock 30 means all 48: recognised, never made [DV1].
 */

const STX: FrameField = { is: 'const', value: 0x02 };
const ETX: FrameField = { is: 'const', value: 0x03 };
const SUM: FrameField = { is: 'checksum', of: 'sum8' };
const address: FrameField = { is: 'byte', name: 'address', min: 0x00, max: 0x09 };
const lock: FrameField = { is: 'byte', name: 'lock', min: 0x00, max: 0x2f };
const zero: FrameField = { is: 'const', value: 0x00 };
const anyAddress: FrameField = { is: 'byte', name: 'address', min: 0x00, max: 0x0a };
const anyLock: FrameField = { is: 'byte', name: 'lock', min: 0x00, max: 0x30 };
const code = (value: number): FrameField => ({ is: 'const', value });

/** D1 bit 0 = lock 1 ... D6 bit 7 = lock 48. Which bit value means closed depends on the switch [DV20]. */
const locks: FrameField = { is: 'bytes', name: 'locks', length: 6 };
const items: FrameField = { is: 'bytes', name: 'items', length: 6 };

/** First generation: 50 status, 51 unlock (no reply), 65 reply of 12 bytes. */
export const kerongCu48Frames: FrameTable = {
  name: 'kerong-cu48',
  shapes: [
    { name: 'get-status', use: 'both', fields: [STX, address, zero, code(0x50), ETX, SUM] },
    { name: 'unlock', use: 'both', fields: [STX, address, lock, code(0x51), ETX, SUM] },
    { name: 'status', use: 'both', fields: [STX, address, zero, code(0x65), locks, ETX, SUM] },
    { name: 'unlock-many', use: 'decode-only', fields: [STX, anyAddress, anyLock, code(0x51), ETX, SUM] },
    {
      name: 'get-status-other',
      use: 'decode-only',
      fields: [STX, anyAddress, anyLock, code(0x50), ETX, SUM],
    },
  ],
};

/** Newer generation: 60 status, 61 unlock (no reply), 75 reply of 18 bytes: hooks, then infrared "item present". */
export const kerongCu48IrFrames: FrameTable = {
  name: 'kerong-cu48-ir',
  shapes: [
    { name: 'ir-get-status', use: 'both', fields: [STX, address, zero, code(0x60), ETX, SUM] },
    { name: 'ir-unlock', use: 'both', fields: [STX, address, lock, code(0x61), ETX, SUM] },
    { name: 'ir-status', use: 'both', fields: [STX, address, anyLock, code(0x75), locks, items, ETX, SUM] },
    { name: 'ir-unlock-many', use: 'decode-only', fields: [STX, anyAddress, anyLock, code(0x61), ETX, SUM] },
    {
      name: 'ir-get-status-other',
      use: 'decode-only',
      fields: [STX, anyAddress, anyLock, code(0x60), ETX, SUM],
    },
    // Recorded once, meaning unknown: counted and logged, nothing is concluded from it.
    {
      name: 'ir-code-77',
      use: 'decode-only',
      fields: [STX, anyAddress, anyLock, code(0x77), locks, items, ETX, SUM],
    },
  ],
};
