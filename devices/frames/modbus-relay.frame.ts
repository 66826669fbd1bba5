import type { FrameField, FrameTable } from './frame-table.ts';

/**
 * A Modbus RTU relay board with inputs, used as a lock board (Waveshare Modbus RTU Relay D and its kind).
 * Flash-on: function 05 to coil 0200 + channel with a time in units of 100 ms, after which the board lets go by
 * itself: a cut line cannot leave a lock under current. Doors are the discrete inputs (function 02).
 *
 * Coil 00FF and 02FF mean every relay, unit 0 every board; plain coils would stay on: recognised, never made [DV1].
 */

const CRC: FrameField = { is: 'checksum', of: 'crc16-modbus' };
const code = (value: number): FrameField => ({ is: 'const', value });
const unit: FrameField = { is: 'byte', name: 'address', min: 1, max: 247 };
const anyUnit: FrameField = { is: 'byte', name: 'address', min: 0, max: 247 };
const any = (name: string): FrameField => ({ is: 'byte', name, min: 0, max: 255 });

export const modbusRelayFrames: FrameTable = {
  name: 'modbus-relay',
  shapes: [
    {
      name: 'flash-on',
      use: 'both',
      fields: [
        unit,
        code(0x05),
        code(0x02),
        { is: 'byte', name: 'lock', min: 0, max: 7 },
        code(0x00),
        // 100 ms to 2 s: longer current burns a coil made for a pulse.
        { is: 'byte', name: 'tenths', min: 1, max: 20 },
        CRC,
      ],
    },
    {
      name: 'get-inputs',
      use: 'both',
      fields: [unit, code(0x02), code(0x00), code(0x00), code(0x00), code(0x08), CRC],
    },
    {
      name: 'inputs',
      use: 'both',
      fields: [unit, code(0x02), code(0x01), { is: 'bytes', name: 'locks', length: 1 }, CRC],
    },
    {
      name: 'refused',
      use: 'decode-only',
      fields: [unit, { is: 'byte', name: 'code', min: 0x81, max: 0x90 }, any('why'), CRC],
    },
    {
      name: 'write-coil',
      use: 'decode-only',
      fields: [anyUnit, code(0x05), any('high'), any('low'), any('value'), any('zero'), CRC],
    },
  ],
};
