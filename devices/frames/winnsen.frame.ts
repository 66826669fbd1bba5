import type { FrameField, FrameTable } from './frame-table.ts';

/**
 * Winnsen boards, 9600 8N1: header 90, length, function, station, lock, end 03, and no check byte (one public
 * driver). A status answer names its state before its lock, an unlock answer the other way round.
 */

const HEAD: FrameField = { is: 'const', value: 0x90 };
const END: FrameField = { is: 'const', value: 0x03 };
const code = (value: number): FrameField => ({ is: 'const', value });
const address: FrameField = { is: 'byte', name: 'address', min: 0, max: 3 };
const lock: FrameField = { is: 'byte', name: 'lock', min: 1, max: 16 };
/** 1 = open or done, 0 = closed or failed. */
const state: FrameField = { is: 'byte', name: 'state', min: 0, max: 1 };
const SIX: FrameField = { is: 'length', min: 6, max: 6 };
const SEVEN: FrameField = { is: 'length', min: 7, max: 7 };

export const winnsenFrames: FrameTable = {
  name: 'winnsen',
  shapes: [
    { name: 'unlock', use: 'both', fields: [HEAD, SIX, code(0x05), address, lock, END] },
    { name: 'unlock-answer', use: 'both', fields: [HEAD, SEVEN, code(0x85), address, lock, state, END] },
    { name: 'get-lock', use: 'both', fields: [HEAD, SIX, code(0x12), address, lock, END] },
    { name: 'lock-state', use: 'both', fields: [HEAD, SEVEN, code(0x92), address, state, lock, END] },
    // Lock 00 is not described anywhere and might mean every lock: named when seen.
    { name: 'unlock-all', use: 'decode-only', fields: [HEAD, SIX, code(0x05), address, code(0x00), END] },
  ],
};
