import type { FrameField, FrameTable } from './frame-table.ts';

/**
 * The generic Chinese lock board sold under many names, RS-485 9600 8N1 (board sheet, public drivers and logs).
 * Every frame ends with the exclusive or of all bytes before it.
 *
 * Lock 00 opens every lock, header 90 several at once; the form with a hold time is not needed: recognised, never made [DV1].
 */

const XOR: FrameField = { is: 'checksum', of: 'xor8' };
const code = (value: number): FrameField => ({ is: 'const', value });
const address: FrameField = { is: 'byte', name: 'address', min: 1, max: 99 };

/**
 * Frames of a board with that many status bytes: 2 on a 12-way, 3 on a 24-way, 4 on a 32-way board.
 * The status of a board carries its highest locks first, and has no length byte: its first five bytes may look
 * like a whole shorter frame, so the decoder waits for the rest of it.
 */
export function board8aFrames(statusBytes: 2 | 3 | 4): FrameTable {
  const lock: FrameField = {
    is: 'byte',
    name: 'lock',
    min: 1,
    max: statusBytes === 2 ? 12 : statusBytes * 8,
  };
  const locks: FrameField = { is: 'bytes', name: 'locks', length: statusBytes, order: 'last-first' };
  // 00 or 11; which of them is closed depends on the wiring of the switch [DV20].
  const state: FrameField = { is: 'byte', name: 'state', min: 0x00, max: 0x11 };
  const any = (name: string): FrameField => ({ is: 'byte', name, min: 0, max: 255 });
  return {
    name: `board-8a-${String(statusBytes)}`,
    shapes: [
      { name: 'status', use: 'both', patient: true, fields: [code(0x80), address, locks, code(0x33), XOR] },
      { name: 'get-status', use: 'both', fields: [code(0x80), address, code(0x00), code(0x33), XOR] },
      { name: 'get-lock', use: 'both', fields: [code(0x80), address, lock, code(0x33), XOR] },
      { name: 'unlock', use: 'both', fields: [code(0x8a), address, lock, code(0x11), XOR] },
      // The other answer, 11, is byte for byte the command: an echo cannot be told from it [DV10].
      { name: 'unlock-answer', use: 'decode-only', fields: [code(0x8a), address, lock, code(0x00), XOR] },
      { name: 'lock-state', use: 'both', fields: [code(0x80), address, lock, state, XOR] },
      { name: 'push', use: 'both', fields: [code(0x81), address, lock, state, XOR] },
      { name: 'push-82', use: 'both', fields: [code(0x82), address, lock, state, XOR] },
      { name: 'unlock-all', use: 'decode-only', fields: [code(0x8a), address, code(0x00), state, XOR] },
      {
        name: 'unlock-hold',
        use: 'decode-only',
        fields: [
          code(0x8a),
          address,
          { is: 'byte', name: 'lock', min: 0, max: 32 },
          code(0x11),
          { is: 'byte', name: 'seconds', min: 1, max: 9 },
          XOR,
        ],
      },
      {
        name: 'unlock-several',
        use: 'decode-only',
        fields: [code(0x90), address, any('s1'), any('s2'), any('s3'), XOR],
      },
    ],
  };
}
