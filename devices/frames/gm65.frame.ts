import type { FrameField, FrameTable } from './frame-table.ts';

/**
 * GM65 scanners and relatives, 9600 8N1: `7E 00`, what to do with a zone (07 read, 08 write, 09 save), number of data bytes,
 * zone, data, CRC; `AB CD` in place of the CRC is taken too. Zone 0002, bit 0 = look for a code once.
 */

const code = (...values: readonly number[]): FrameField[] => values.map((value) => ({ is: 'const', value }));
const CRC: FrameField = { is: 'checksum', of: 'crc16-gm65' };
const trigger = code(0x7e, 0x00, 0x08, 0x01, 0x00, 0x02, 0x01);

export const gm65Frames: FrameTable = {
  name: 'gm65',
  shapes: [
    { name: 'trigger', use: 'both', fields: [...trigger, CRC] },
    { name: 'trigger-no-crc', use: 'both', fields: [...trigger, ...code(0xab, 0xcd)] },
    { name: 'ack', use: 'both', fields: [...code(0x02, 0x00, 0x00, 0x01, 0x00), CRC] },
    // Writes every setting into flash, which wears out, and keeps a wrong one for ever: known when seen, never sent [DV61].
    { name: 'save', use: 'decode-only', fields: [...code(0x7e, 0x00, 0x09, 0x01, 0x00, 0x00, 0x00), CRC] },
    {
      name: 'save-no-crc',
      use: 'decode-only',
      fields: code(0x7e, 0x00, 0x09, 0x01, 0x00, 0x00, 0x00, 0xab, 0xcd),
    },
  ],
};
