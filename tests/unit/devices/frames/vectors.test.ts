import { describe, expect, test } from 'vitest';
import { createDecoder } from '../../../../devices/frames/decoder.ts';
import { encode } from '../../../../devices/frames/encode.ts';
import type { FrameTable } from '../../../../devices/frames/frame-table.ts';
import { board8aFrames } from '../../../../devices/frames/board-8a.frame.ts';
import { kerongCu16Frames } from '../../../../devices/frames/kerong-cu16.frame.ts';
import { kerongCu48Frames, kerongCu48IrFrames } from '../../../../devices/frames/kerong-cu48.frame.ts';
import { modbusRelayFrames } from '../../../../devices/frames/modbus-relay.frame.ts';
import { winnsenFrames } from '../../../../devices/frames/winnsen.frame.ts';
import { wklyFrames } from '../../../../devices/frames/wkly.frame.ts';
import { bitsSet, hexBytes, hexText } from '../../../support/hex.ts';
import board8a from '../../../vectors/board-8a.json';
import wkly from '../../../vectors/board-wkly.json';
import cu16 from '../../../vectors/kerong-cu16.json';
import kerong from '../../../vectors/kerong-cu48.json';
import modbus from '../../../vectors/modbus-relay.json';
import winnsen from '../../../vectors/winnsen.json';

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

interface Vector {
  readonly name: string;
  readonly table?: string;
  readonly hex: string;
  readonly shape: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly bytes?: Readonly<Record<string, string>>;
}
interface Family {
  readonly protocol: string;
  readonly tables: Readonly<Record<string, FrameTable>>;
  readonly vectors: {
    readonly frames: readonly Vector[];
    readonly bad: readonly { name: string; table?: string; hex: string; reason: string }[];
  };
}
const families: readonly Family[] = [
  { protocol: 'KERONG CU16', tables: { only: kerongCu16Frames }, vectors: cu16 },
  {
    protocol: '8A',
    tables: { '12': board8aFrames(2), '24': board8aFrames(3), '32': board8aFrames(4) },
    vectors: board8a,
  },
  { protocol: 'WKLY', tables: { only: wklyFrames }, vectors: wkly },
  { protocol: 'Winnsen', tables: { only: winnsenFrames }, vectors: winnsen },
  { protocol: 'Modbus relay', tables: { only: modbusRelayFrames }, vectors: modbus },
];

/** Runs of bytes that are not empty: what a vector writes down. */
const filled = (bytes: Readonly<Record<string, Uint8Array>>): object =>
  Object.fromEntries(Object.entries(bytes).filter(([, run]) => run.length > 0));

describe.each(families)('$protocol vectors', ({ tables: byName, vectors }) => {
  const tableFor = (name: string | undefined): FrameTable => {
    const table = byName[name ?? 'only'];
    if (table === undefined) throw new Error(`no table ${String(name)}`);
    return table;
  };

  test.each(vectors.frames)('[DV30] $name: read whole, and made only if it may be sent', (vector) => {
    const table = tableFor(vector.table);
    const decoder = createDecoder([table]);
    const frames = [...decoder.push(hexBytes(vector.hex)), ...decoder.flush()];
    expect(frames.map((frame) => frame.shape)).toEqual([vector.shape]);
    expect(frames[0]?.numbers).toEqual(vector.numbers);
    const bytes = Object.entries(vector.bytes ?? {}).map(([name, hex]) => [name, hexBytes(hex)] as const);
    expect(filled(frames[0]?.bytes ?? {})).toEqual(Object.fromEntries(bytes));
    const make = (): string =>
      hexText(encode(table, vector.shape, { numbers: vector.numbers, bytes: Object.fromEntries(bytes) }));
    if (table.shapes.find((shape) => shape.name === vector.shape)?.use === 'both')
      expect(make()).toBe(vector.hex);
    else expect(make).toThrow('is never sent');
  });

  test.each(vectors.bad)('[DV30] $name is no frame: $reason', (vector) => {
    const decoder = createDecoder([tableFor(vector.table)]);
    const raw = hexBytes(vector.hex);
    expect([...decoder.push(raw), ...decoder.flush()]).toEqual([]);
    expect(decoder.stats()).toEqual({ frames: 0, badBytes: raw.length, buffered: 0 });
  });
});

describe('what the tables must not confuse', () => {
  test('[DV2] a declared length does not swallow the frame behind it', () => {
    const decoder = createDecoder([wklyFrames]);
    const liar = hexBytes('57 4B 4C 59 28 00 82 01 83');
    const honest = hexBytes('57 4B 4C 59 09 00 82 01 83');
    const found = [...decoder.push(liar), ...decoder.push(honest), ...decoder.flush()];
    expect(found.map((frame) => hexText(frame.raw))).toEqual([hexText(honest)]);
  });

  test('[DV32] 8A: a board status that begins like a shorter frame is read whole, in whatever pieces it comes', () => {
    for (const vector of board8a.frames.filter((each) => each.shape === 'status' && each.table === '24')) {
      const decoder = createDecoder([board8aFrames(3)]);
      const found = [...hexBytes(vector.hex)].flatMap((byte) => decoder.push(Uint8Array.of(byte)));
      expect(found.map((frame) => frame.shape)).toEqual(['status']);
    }
  });

  test('[DV32] 8A: the echo of a question is told from the answer behind it', () => {
    const decoder = createDecoder([board8aFrames(3)]);
    const found = decoder.push(hexBytes('80 01 00 33 B2 80 01 01 01 01 33 B3'));
    expect(found.map((frame) => frame.shape)).toEqual(['get-status', 'status']);
  });

  test('[DV30] 8A: noise, then a reply and a push (E14)', () => {
    const decoder = createDecoder([board8aFrames(3)]);
    const found = decoder.push(hexBytes('55 80 01 01 00 81 80 01 01 00 80 82 01 01 11 93'));
    expect([...found, ...decoder.flush()].map((frame) => frame.shape)).toEqual(['lock-state', 'push-82']);
  });
});
