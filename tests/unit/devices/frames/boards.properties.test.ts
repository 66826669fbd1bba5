import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { board8aFrames } from '../../../../devices/frames/board-8a.frame.ts';
import { createDecoder } from '../../../../devices/frames/decoder.ts';
import { encode, FrameRefused } from '../../../../devices/frames/encode.ts';
import {
  longestFrame,
  type FrameShape,
  type FrameTable,
  type FrameValues,
} from '../../../../devices/frames/frame-table.ts';
import { kerongCu16Frames } from '../../../../devices/frames/kerong-cu16.frame.ts';
import { kerongCu48Frames, kerongCu48IrFrames } from '../../../../devices/frames/kerong-cu48.frame.ts';
import { modbusRelayFrames } from '../../../../devices/frames/modbus-relay.frame.ts';
import { winnsenFrames } from '../../../../devices/frames/winnsen.frame.ts';
import { wklyFrames } from '../../../../devices/frames/wkly.frame.ts';
import { hexText } from '../../../support/hex.ts';
import { createSeededRandom } from '../../../support/seeded.ts';

type Moves = 'nothing' | 'one' | 'many';

/** What bytes do to the locks, written by hand from the protocol descriptions and sharing nothing with the tables. */
const families: readonly {
  readonly table: FrameTable;
  readonly moves: (bytes: readonly number[]) => Moves;
  /** How many different unlock frames there are: boards x locks (x pulse lengths). */
  readonly unlocks: number;
}[] = [
  { table: kerongCu48Frames, moves: cu48, unlocks: 10 * 48 },
  { table: kerongCu48IrFrames, moves: cu48, unlocks: 10 * 48 },
  {
    table: kerongCu16Frames,
    moves: ([, , command]) => (command === 0x33 ? 'many' : command === 0x31 ? 'one' : 'nothing'),
    unlocks: 16 * 16,
  },
  { table: board8aFrames(2), moves: (bytes) => eightA(bytes, 12), unlocks: 99 * 12 },
  { table: board8aFrames(3), moves: (bytes) => eightA(bytes, 24), unlocks: 99 * 24 },
  { table: board8aFrames(4), moves: (bytes) => eightA(bytes, 32), unlocks: 99 * 32 },
  {
    table: wklyFrames,
    moves: (bytes) => {
      const [, , , , length, address = 255, command = 0, lock = 0] = bytes;
      if ([0x80, 0x81, 0x86, 0x87, 0x88, 0x89].includes(command)) return 'many';
      if (command !== 0x82 || length !== 9) return 'nothing';
      return address <= 31 && lock >= 1 && lock <= 24 ? 'one' : 'many';
    },
    unlocks: 32 * 24,
  },
  {
    table: winnsenFrames,
    moves: ([, , command, station = 255, lock = 0]) =>
      command !== 0x05 ? 'nothing' : station <= 3 && lock >= 1 && lock <= 16 ? 'one' : 'many',
    unlocks: 4 * 16,
  },
  {
    table: modbusRelayFrames,
    moves: ([unit = 0, command, high, low = 255, value, tenths = 0]) => {
      if (command !== 0x05 && command !== 0x0f) return 'nothing';
      const timed = high === 0x02 && value === 0 && tenths >= 1 && tenths <= 20;
      return command === 0x05 && unit >= 1 && unit <= 247 && low <= 7 && timed ? 'one' : 'many';
    },
    unlocks: 247 * 8 * (process.env.TEST_LONG === '1' ? 20 : 2),
  },
];

function cu48([, board = 255, lock = 255, command]: readonly number[]): Moves {
  if (command !== 0x51 && command !== 0x61) return 'nothing';
  return board <= 9 && lock <= 0x2f ? 'one' : 'many';
}

function eightA([header, address = 0, lock = 0]: readonly number[], locks: number): Moves {
  if (header === 0x90 || header === 0x9d) return 'many';
  if (header !== 0x8a) return 'nothing';
  return address >= 1 && address <= 99 && lock >= 1 && lock <= locks ? 'one' : 'many';
}

function tryEncode(table: FrameTable, shape: string, values: FrameValues): Uint8Array | undefined {
  try {
    return encode(table, shape, values);
  } catch (error) {
    if (error instanceof FrameRefused) return undefined;
    throw error;
  }
}

/** Names of the numbers a shape asks for. */
function namesOf(shape: FrameShape): string[] {
  return shape.fields.flatMap((field) => {
    if (field.is === 'byte') return [field.name];
    if (field.is !== 'nibbles') return [];
    return [field.high, field.low].flatMap((half) => (typeof half === 'number' ? [] : [half.name]));
  });
}

/** Values this shape takes, and the frame they make. */
function valuesOf(shape: FrameShape): fc.Arbitrary<{ shape: string; values: Required<FrameValues> }> {
  const numbers: Record<string, fc.Arbitrary<number>> = {};
  const bytes: Record<string, fc.Arbitrary<Uint8Array>> = {};
  for (const field of shape.fields) {
    if (field.is === 'byte') numbers[field.name] = fc.integer({ min: field.min, max: field.max });
    if (field.is === 'nibbles') {
      for (const half of [field.high, field.low])
        if (typeof half !== 'number') numbers[half.name] = fc.integer({ min: half.min, max: half.max });
    }
    if (field.is === 'bytes')
      bytes[field.name] = fc.uint8Array({ minLength: field.length, maxLength: field.length });
    if (field.is === 'rest') bytes[field.name] = fc.uint8Array({ minLength: 1, maxLength: 24 });
  }
  return fc
    .record({ numbers: fc.record(numbers), bytes: fc.record(bytes) })
    .map((values) => ({ shape: shape.name, values }));
}

const samples = (table: FrameTable) =>
  fc.oneof(...table.shapes.filter((shape) => shape.use === 'both').map(valuesOf));
const joined = (parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
const texts = (frames: readonly { readonly raw: Uint8Array }[]): string[] =>
  frames.map((frame) => hexText(frame.raw));

const LONG = process.env.TEST_LONG === '1';
const depth = Error.stackTraceLimit;
beforeAll(() => {
  // Hundreds of thousands of refusals are made here, and nobody reads their stacks.
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = depth;
});

describe.each(families.map((family) => ({ name: family.table.name, ...family })))(
  'frames of $name',
  ({ table, moves, unlocks }) => {
    test('[DV1] over every address and every other number, nothing made moves more than one lock', () => {
      const tooMuch: string[] = [];
      const made = new Set<string>();
      for (const shape of table.shapes) {
        const [first = 'none', ...others] = namesOf(shape).sort();
        const tenths = namesOf(shape).includes('tenths') ? (LONG ? range(0, 256) : [0, 1, 20, 21]) : [0];
        const bytes = {
          locks: blank(shape, 'locks'),
          items: blank(shape, 'items'),
          states: new Uint8Array(3),
        };
        for (const a of range(0, 256))
          for (const b of others.length === 0 ? [0] : range(0, 256))
            for (const t of tenths) {
              const rest = Object.fromEntries(others.map((name) => [name, name === 'tenths' ? t : b]));
              const frame = tryEncode(table, shape.name, { numbers: { ...rest, [first]: a }, bytes });
              if (frame === undefined) continue;
              const moved = moves([...frame]);
              if (moved === 'one') made.add(hexText(frame));
              if (moved === 'many' || shape.use === 'decode-only') tooMuch.push(hexText(frame));
            }
      }
      expect(tooMuch).toEqual([]);
      expect(made.size).toBe(unlocks);
    }, 60_000);

    test('[DV30] what is encoded is decoded to the same values', () => {
      fc.assert(
        fc.property(samples(table), ({ shape, values }) => {
          const raw = encode(table, shape, values);
          const decoder = createDecoder([table]);
          const [frame, ...more] = [...decoder.push(raw), ...decoder.flush()];
          expect(more).toEqual([]);
          expect(frame).toEqual({ shape, ...values, raw });
        }),
        { numRuns: 500 },
      );
    });

    test('[DV3] however the bytes are cut into pieces, the same frames come out', () => {
      const parts = fc.array(
        fc.oneof(
          samples(table).map(({ shape, values }) => encode(table, shape, values)),
          fc.uint8Array({ maxLength: 20 }),
        ),
        { maxLength: 8 },
      );
      fc.assert(
        fc.property(parts, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (some, cuts) => {
          const stream = joined(some);
          const whole = createDecoder([table]);
          const inPieces = createDecoder([table]);
          const expected = texts([...whole.push(stream), ...whole.flush()]);
          const got: string[] = [];
          for (let at = 0, turn = 0; at < stream.length; turn += 1) {
            const size = cuts[turn % cuts.length] ?? 1;
            got.push(...texts(inPieces.push(stream.slice(at, at + size))));
            at += size;
          }
          got.push(...texts(inPieces.flush()));
          expect(got).toEqual(expected);
          expect(inPieces.stats()).toEqual(whole.stats());
        }),
        { numRuns: 300 },
      );
    });

    test(`[DV3] ${LONG ? '1,000,000' : '20,000'} random and mutated frames: no exception, every byte accounted for, less held than one frame`, () => {
      const seed = 20_261_124;
      const random = createSeededRandom(seed);
      const seeds = fc
        .sample(samples(table), { seed, numRuns: 200 })
        .map(({ shape, values }) => encode(table, shape, values));
      const most = Math.max(...table.shapes.map(longestFrame));
      const decoder = createDecoder([table]);
      let fed = 0;
      let inFrames = 0;
      let mostHeld = 0;
      for (let turn = 0; turn < (LONG ? 1_000_000 : 20_000); turn += 1) {
        const frame = seeds[Math.floor(random.fraction() * seeds.length)] ?? new Uint8Array();
        const chunk = turn % 3 === 0 ? random.bytes(1 + (turn % 24)) : frame.slice();
        if (turn % 3 === 1)
          chunk[Math.floor(random.fraction() * chunk.length)] = Math.floor(random.fraction() * 256);
        for (const found of decoder.push(chunk)) inFrames += found.raw.length;
        mostHeld = Math.max(mostHeld, decoder.stats().buffered);
        fed += chunk.length;
      }
      for (const found of decoder.flush()) inFrames += found.raw.length;
      const stats = decoder.stats();
      expect(mostHeld, `seed ${String(seed)}`).toBeLessThan(most);
      expect(stats.badBytes + inFrames, `seed ${String(seed)}`).toBe(fed);
      expect(stats.frames, `seed ${String(seed)}`).toBeGreaterThan(LONG ? 100_000 : 2_000);
    }, 600_000);
  },
);

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** Bytes of the length this shape wants under that name. */
function blank(shape: FrameShape, name: string): Uint8Array {
  const field = shape.fields.find((each) => each.is === 'bytes' && each.name === name);
  return new Uint8Array(field?.is === 'bytes' ? field.length : 0);
}
