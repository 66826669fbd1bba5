import { describe, expect, test } from 'vitest';
import { createDecoder } from '../../../../devices/frames/decoder.ts';
import { encode } from '../../../../devices/frames/encode.ts';
import type { FrameTable } from '../../../../devices/frames/frame-table.ts';
import { kerongCu48Frames, kerongCu48IrFrames } from '../../../../devices/frames/kerong-cu48.frame.ts';
import { bitsSet, hexBytes, hexText } from '../../../support/hex.ts';
import board8a from '../../../vectors/board-8a.json';
import wkly from '../../../vectors/board-wkly.json';
import kerong from '../../../vectors/kerong-cu48.json';

const tables: Record<string, FrameTable> = { cu48: kerongCu48Frames, 'cu48-ir': kerongCu48IrFrames };
const tableOf = (generation: string): FrameTable => tables[generation] ?? kerongCu48Frames;
const kindOf = (shape: string): string =>
  shape
    .replace(/^ir-/, '')
    .replace('get-status-other', 'other')
    .replace('get-status', 'query')
    .replace('code-77', 'unexplained');

describe('KERONG CU48 vectors', () => {
  test.each(kerong.frames)('[DV2] $name is read as $kind', (vector) => {
    const raw = hexBytes(vector.hex);
    const frames = createDecoder([tableOf(vector.generation)]).push(raw);
    expect(frames.map((frame) => kindOf(frame.shape))).toEqual([vector.kind]);
    expect(frames[0]?.numbers.address).toBe(vector.address);
    if ('lock' in vector) expect(frames[0]?.numbers.lock).toBe(Number(vector.lock) - 1);
    if ('bitsSet' in vector)
      expect(bitsSet(frames[0]?.bytes.locks ?? new Uint8Array())).toEqual(vector.bitsSet);
    if ('itemsSet' in vector)
      expect(bitsSet(frames[0]?.bytes.items ?? new Uint8Array())).toEqual(vector.itemsSet);
  });

  test.each(kerong.frames.filter((vector) => vector.kind === 'query' || vector.kind === 'unlock'))(
    '[DV1] $name is what we would send',
    (vector) => {
      const table = tableOf(vector.generation);
      const prefix = vector.generation === 'cu48-ir' ? 'ir-' : '';
      const shape = prefix + (vector.kind === 'query' ? 'get-status' : 'unlock');
      const lock = 'lock' in vector ? Number(vector.lock) - 1 : 0;
      expect(hexText(encode(table, shape, { numbers: { address: vector.address, lock } }))).toBe(vector.hex);
    },
  );

  test.each(kerong.bad)('[DV2] $name is no frame: $reason', (vector) => {
    const decoder = createDecoder([tableOf(vector.generation)]);
    const raw = hexBytes(vector.hex);
    expect([...decoder.push(raw), ...decoder.flush()]).toEqual([]);
    expect(decoder.stats()).toEqual({ frames: 0, badBytes: raw.length, buffered: 0 });
  });
});

/** Two other families, to show that a table alone is enough for another check byte or a declared length. */
const board8aTable: FrameTable = {
  name: '8a',
  shapes: [
    {
      name: 'answer',
      use: 'both',
      fields: [
        { is: 'const', value: 0x8a },
        { is: 'byte', name: 'address', min: 1, max: 99 },
        { is: 'byte', name: 'lock', min: 1, max: 32 },
        { is: 'byte', name: 'status', min: 0, max: 0x11 },
        { is: 'checksum', of: 'xor8' },
      ],
    },
  ],
};
const wklyTable: FrameTable = {
  name: 'wkly',
  shapes: [
    {
      name: 'any',
      use: 'both',
      fields: [
        ...[0x57, 0x4b, 0x4c, 0x59].map((value) => ({ is: 'const', value }) as const),
        { is: 'length', min: 8, max: 40 },
        { is: 'byte', name: 'address', min: 0, max: 31 },
        { is: 'byte', name: 'code', min: 0x80, max: 0x89 },
        { is: 'rest', name: 'data' },
        { is: 'checksum', of: 'xor8' },
      ],
    },
  ],
};

describe('other families from a table alone', () => {
  test.each(board8a.frames)('[DV2] 8A $name, both ways', (vector) => {
    const { address, lock, status } = vector;
    expect(createDecoder([board8aTable]).push(hexBytes(vector.hex))[0]?.numbers).toEqual({
      address,
      lock,
      status,
    });
    expect(hexText(encode(board8aTable, 'answer', { numbers: { address, lock, status } }))).toBe(vector.hex);
  });

  test.each(wkly.frames)('[DV2] WKLY $name, both ways', (vector) => {
    const frame = createDecoder([wklyTable]).push(hexBytes(vector.hex))[0];
    expect(frame?.numbers).toEqual({ address: vector.address, code: vector.code });
    expect(hexText(frame?.bytes.data ?? [])).toBe(vector.data);
    const { address, code } = vector;
    expect(
      hexText(
        encode(wklyTable, 'any', { numbers: { address, code }, bytes: { data: hexBytes(vector.data) } }),
      ),
    ).toBe(vector.hex);
  });

  test.each([
    ...board8a.bad.map((vector) => ({ ...vector, table: board8aTable })),
    ...wkly.bad.map((vector) => ({ ...vector, table: wklyTable })),
  ])('[DV2] $name is no frame: $reason', ({ hex, table }) => {
    const decoder = createDecoder([table]);
    expect([...decoder.push(hexBytes(hex)), ...decoder.flush()]).toEqual([]);
  });

  test('[DV2] a length that lies does not swallow the frame behind it', () => {
    const decoder = createDecoder([wklyTable]);
    const liar = hexBytes('57 4B 4C 59 28 00 82 01 83');
    const honest = hexBytes('57 4B 4C 59 09 00 82 01 83');
    const found = [...decoder.push(liar), ...decoder.push(honest), ...decoder.flush()];
    expect(found.map((frame) => hexText(frame.raw))).toEqual([hexText(honest)]);
  });
});
