import type { FrameField, FrameTable } from './frame-table.ts';

/**
 * "WKLY" boards: 57 4B 4C 59, length of the whole frame, address 0 to 31, command, data, exclusive or of every
 * byte before it. 9600 8N1. Requests and answers carry the same command byte; their lengths tell them apart.
 * The forms of 83, 84 and 85 are those of a public Android driver and its tests, which agree with field logs.
 *
 * 80, 86 and 87 open several locks, 88 keeps one open: recognised by the last shape, never made [DV1].
 */

const START: readonly FrameField[] = [0x57, 0x4b, 0x4c, 0x59].map((value) => ({ is: 'const', value }));
const XOR: FrameField = { is: 'checksum', of: 'xor8' };
const code = (value: number): FrameField => ({ is: 'const', value });
const size = (length: number): FrameField => ({ is: 'length', min: length, max: length });
const address: FrameField = { is: 'byte', name: 'address', min: 0, max: 31 };
const lock: FrameField = { is: 'byte', name: 'lock', min: 1, max: 24 };
/** 00 open, 01 closed, FF the board could not tell. */
const state: FrameField = { is: 'byte', name: 'state', min: 0, max: 0xff };
const done = code(0x00);

export const wklyFrames: FrameTable = {
  name: 'wkly',
  shapes: [
    { name: 'unlock', use: 'both', fields: [...START, size(9), address, code(0x82), lock, XOR] },
    {
      name: 'unlock-answer',
      use: 'both',
      fields: [...START, size(11), address, code(0x82), done, lock, state, XOR],
    },
    { name: 'get-lock', use: 'both', fields: [...START, size(9), address, code(0x83), lock, XOR] },
    {
      name: 'lock-state',
      use: 'both',
      fields: [...START, size(11), address, code(0x83), done, lock, state, XOR],
    },
    { name: 'get-status', use: 'both', fields: [...START, size(8), address, code(0x84), XOR] },
    {
      name: 'status',
      use: 'both',
      fields: [
        ...START,
        { is: 'length', min: 11, max: 34 },
        address,
        code(0x84),
        done,
        { is: 'count', of: 'states', min: 1, max: 24 },
        { is: 'rest', name: 'states' },
        XOR,
      ],
    },
    { name: 'push', use: 'both', fields: [...START, size(10), address, code(0x85), lock, state, XOR] },
    {
      name: 'other',
      use: 'decode-only',
      fields: [
        ...START,
        { is: 'length', min: 8, max: 40 },
        address,
        { is: 'byte', name: 'code', min: 0x80, max: 0x8f },
        { is: 'rest', name: 'data' },
        XOR,
      ],
    },
  ],
};
