import { describe, expect, test } from 'vitest';
import { board8aFrames } from '../../../../devices/frames/board-8a.frame.ts';
import { kerongCu16Frames } from '../../../../devices/frames/kerong-cu16.frame.ts';
import { kerongCu48Frames, kerongCu48IrFrames } from '../../../../devices/frames/kerong-cu48.frame.ts';
import { modbusRelayFrames } from '../../../../devices/frames/modbus-relay.frame.ts';
import { whyNotAFrame } from '../../../../devices/frames/refusal.ts';
import { winnsenFrames } from '../../../../devices/frames/winnsen.frame.ts';
import { wklyFrames } from '../../../../devices/frames/wkly.frame.ts';
import { hexBytes } from '../../../support/hex.ts';
import board8a from '../../../vectors/board-8a.json';
import wkly from '../../../vectors/board-wkly.json';
import cu16 from '../../../vectors/kerong-cu16.json';
import kerong from '../../../vectors/kerong-cu48.json';
import modbus from '../../../vectors/modbus-relay.json';
import winnsen from '../../../vectors/winnsen.json';

const boards = [
  ...[
    { table: kerongCu48Frames, generation: 'cu48' },
    { table: kerongCu48IrFrames, generation: 'cu48-ir' },
  ].map(({ table, generation }) => ({
    table,
    frames: kerong.frames.filter((vector) => vector.generation === generation),
    bad: kerong.bad.filter((vector) => vector.generation === generation),
  })),
  { table: kerongCu16Frames, frames: cu16.frames, bad: cu16.bad },
  ...([2, 3, 4] as const).map((statusBytes) => {
    const ofTable = (vector: { readonly table: string }): boolean =>
      vector.table === { 2: '12', 3: '24', 4: '32' }[statusBytes];
    return {
      table: board8aFrames(statusBytes),
      frames: board8a.frames.filter(ofTable),
      bad: board8a.bad.filter(ofTable),
    };
  }),
  { table: wklyFrames, frames: wkly.frames, bad: wkly.bad },
  { table: winnsenFrames, frames: winnsen.frames, bad: winnsen.bad },
  { table: modbusRelayFrames, frames: modbus.frames, bad: modbus.bad },
];

describe.each(boards)('why $table.name refuses a frame', ({ table, frames, bad }) => {
  test('[DV49] every vector is refused for nothing, every malformed one for the reason its file names', () => {
    for (const { hex } of frames) expect(whyNotAFrame(table, hexBytes(hex)), hex).toBeUndefined();
    for (const { hex, refused } of bad) {
      const { reason, at } = whyNotAFrame(table, hexBytes(hex)) ?? {};
      expect(`${String(reason)} ${String(at)}`, hex).toBe(refused);
    }
  });

  test('[DV49] a changed last byte is named at its place: a check byte, or the end byte where there is none', () => {
    for (const { hex } of frames) {
      const raw = hexBytes(hex);
      const last = raw.length - 1;
      raw[last] = (raw[last] ?? 0) ^ 1;
      const reason = table === winnsenFrames ? 'value' : 'checksum';
      expect(whyNotAFrame(table, raw), hex).toMatchObject({ reason, at: last });
    }
  });
});

test.each([
  ['02 00 30 03 36', { reason: 'checksum', at: 4, due: 0x35 }],
  ['02 00 30 03', { reason: 'length', at: 4 }],
  ['02 00 30 03 35 00', { reason: 'length', at: 5 }],
  ['03 00 30 03 35', { reason: 'start', at: 0 }],
  ['02 00 30 04 36', { reason: 'value', at: 3 }],
  ['', { reason: 'length', at: 0 }],
])('[DV49] %s of a CU16 is refused by name and place', (hex, refusal) => {
  expect(
    whyNotAFrame(
      kerongCu16Frames,
      Uint8Array.from(hex.match(/\w\w/g) ?? [], (byte) => parseInt(byte, 16)),
    ),
  ).toEqual(refusal);
});
