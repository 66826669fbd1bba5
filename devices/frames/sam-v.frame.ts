import type { FrameField, FrameTable } from './frame-table.ts';

/**
 * Readers of second-generation ID cards with a SAM-V module: `AA AA AA 96 69`, two bytes of length (from the command to the
 * check byte), command or three bytes of status, data, exclusive or from the length on. Every length we expect is
 * written out here: one that a line only claims is never waited for [DV63].
 */

const code = (...values: readonly number[]): FrameField[] => values.map((value) => ({ is: 'const', value }));
const HEAD = code(0xaa, 0xaa, 0xaa, 0x96, 0x69);
const XOR: FrameField = { is: 'checksum', of: 'xor8-sam-v' };
const bytes = (name: string, length: number): FrameField => ({ is: 'bytes', name, length });
const any = (name: string): FrameField => ({ is: 'byte', name, min: 0, max: 255 });
const ask = (command: number, parameter: number): FrameField[] => [
  ...HEAD,
  ...code(0x00, 0x03, command, parameter),
  XOR,
];

/** Bytes of text on a card, UTF-16LE. */
export const TEXT_BYTES = 256;
const PHOTO_BYTES = 1_024;

export const samVFrames: FrameTable = {
  name: 'sam-v',
  shapes: [
    { name: 'find', use: 'both', fields: ask(0x20, 0x01) },
    { name: 'select', use: 'both', fields: ask(0x20, 0x02) },
    { name: 'read', use: 'both', fields: ask(0x30, 0x01) },
    // Asks for fingerprints as well: nothing here may want them.
    { name: 'read-fingerprint', use: 'decode-only', fields: ask(0x30, 0x10) },
    { name: 'found', use: 'both', fields: [...HEAD, ...code(0, 8, 0, 0, 0x9f), bytes('card', 4), XOR] },
    { name: 'selected', use: 'both', fields: [...HEAD, ...code(0, 12, 0, 0, 0x90), bytes('card', 8), XOR] },
    {
      name: 'card',
      use: 'both',
      fields: [
        ...HEAD,
        ...code(0x05, 0x08, 0, 0, 0x90, 0x01, 0x00, 0x04, 0x00),
        bytes('text', TEXT_BYTES),
        // Passed over: in a closed format, and none of our business.
        bytes('photo', PHOTO_BYTES),
        XOR,
      ],
    },
    {
      name: 'status',
      use: 'both',
      fields: [...HEAD, ...code(0, 4), any('sw1'), any('sw2'), any('sw3'), XOR],
    },
  ],
};

/** Meanings of the third byte of a status that we act on. */
export const samVStatus = {
  done: 0x90,
  found: 0x9f,
  badSum: 0x10,
  badLength: 0x11,
  noCard: 0x80,
  notSelected: 0x81,
  notRead: 0x41,
  notAuthorised: 0x66,
} as const;
