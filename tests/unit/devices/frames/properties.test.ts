import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDecoder } from '../../../../devices/frames/decoder.ts';
import { encode, FrameRefused } from '../../../../devices/frames/encode.ts';
import { longestFrame, type FrameTable, type FrameValues } from '../../../../devices/frames/frame-table.ts';
import { kerongCu48Frames, kerongCu48IrFrames } from '../../../../devices/frames/kerong-cu48.frame.ts';
import { createSeededRandom } from '../../../support/seeded.ts';
import { hexText } from '../../../support/hex.ts';

const tables = [kerongCu48Frames, kerongCu48IrFrames];
const six = fc.uint8Array({ minLength: 6, maxLength: 6 });

function tryEncode(table: FrameTable, shape: string, values: FrameValues): Uint8Array | undefined {
  try {
    return encode(table, shape, values);
  } catch (error) {
    if (error instanceof FrameRefused) return undefined;
    throw error;
  }
}

interface Sample {
  readonly table: FrameTable;
  readonly shape: string;
  readonly values: { numbers: Record<string, number>; bytes: Record<string, Uint8Array> };
}
const sample: fc.Arbitrary<Sample> = fc
  .record({
    table: fc.constantFrom(...tables),
    pick: fc.nat(),
    address: fc.integer({ min: 0, max: 9 }),
    lock: fc.integer({ min: 0, max: 0x2f }),
    locks: six,
    items: six,
  })
  .map(({ table, pick, address, lock, locks, items }) => {
    const makeable = table.shapes.filter((shape) => shape.use === 'both');
    return {
      table,
      shape: makeable[pick % makeable.length]?.name ?? '',
      values: { numbers: { address, lock }, bytes: { locks, items } },
    };
  });
const bytesOf = (each: Sample): Uint8Array => encode(each.table, each.shape, each.values);
const joined = (parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** How many of `wanted` appear in `found`, in order. */
function inOrder(found: readonly string[], wanted: readonly string[]): number {
  const rows = found.map(() => new Array<number>(wanted.length + 1).fill(0));
  let before = new Array<number>(wanted.length + 1).fill(0);
  for (const [i, have] of found.entries()) {
    const row = rows[i] ?? [];
    for (let j = 1; j <= wanted.length; j += 1) {
      row[j] = have === wanted[j - 1] ? (before[j - 1] ?? 0) + 1 : Math.max(before[j] ?? 0, row[j - 1] ?? 0);
    }
    before = row;
  }
  return before[wanted.length] ?? 0;
}

describe('the frame interpreter', () => {
  // Hundreds of thousands of refusals are made here, and nobody reads their stacks.
  const depth = Error.stackTraceLimit;
  beforeAll(() => {
    Error.stackTraceLimit = 0;
  });
  afterAll(() => {
    Error.stackTraceLimit = depth;
  });

  test('[DV1] over every address, lock and command byte no encoder makes a frame that moves more than one lock', () => {
    const data = { locks: new Uint8Array(6), items: new Uint8Array(6) };
    let made = 0;
    const unlocks = new Set<string>();
    const tooMuch: string[] = [];
    for (const table of tables) {
      for (const shape of table.shapes) {
        for (let address = 0; address < 256; address += 1) {
          for (let lock = 0; lock < 256; lock += 1) {
            const frame = tryEncode(table, shape.name, { numbers: { address, lock }, bytes: data });
            if (frame === undefined) continue;
            made += 1;
            const [, board = 255, wire = 255, command] = frame;
            const moves = command === 0x51 || command === 0x61;
            if (moves) unlocks.add(hexText(frame));
            // Whatever was asked for: the bytes on the line name one board, and one lock if they move any.
            if (board > 9 || (moves && wire > 0x2f)) tooMuch.push(hexText(frame));
          }
        }
      }
    }
    expect(tooMuch).toEqual([]);
    expect(made).toBeGreaterThan(0);
    expect(unlocks.size).toBe(2 * 10 * 48);
  }, 60_000);

  test('[DV1] decode-only frames cannot be made whatever the values, and odd values make nothing', () => {
    const value = fc.oneof(
      fc.integer(),
      fc.double(),
      fc.constantFrom(Number.NaN, -0.5, 0x0a, 0x30, 256, 2 ** 32),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...tables),
        fc.nat(),
        value,
        value,
        six,
        (table, pick, address, lock, locks) => {
          const shape = table.shapes[pick % table.shapes.length];
          const frame = tryEncode(table, shape?.name ?? '', {
            numbers: { address, lock },
            bytes: { locks, items: locks },
          });
          if (shape?.use === 'decode-only') expect(frame).toBeUndefined();
          if (frame !== undefined) expect([...frame.slice(1, 2)].every((byte) => byte <= 9)).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('[DV1] no broadcast hides in the seam between two frames we send', () => {
    const requests = tables.flatMap((table) =>
      table.shapes
        .filter((shape) => shape.use === 'both' && longestFrame(shape) === 6)
        .flatMap((shape) =>
          [0, 5, 9].flatMap((address) =>
            Array.from({ length: 48 }, (_, lock) =>
              encode(table, shape.name, { numbers: { address, lock } }),
            ),
          ),
        ),
    );
    const seen = new Set<string>();
    let windows = 0;
    for (const first of requests) {
      for (const second of requests) {
        for (let from = 1; from < 6; from += 1) {
          windows += 1;
          const a = from === 5 ? first[5] : undefined;
          // Only windows that start with 02 can be read as a frame.
          if ((a ?? first[from]) !== 0x02) continue;
          const bytes = [...first.slice(from), ...second.slice(0, from)];
          const sum = bytes.slice(0, 5).reduce((total, byte) => (total + byte) & 0xff, 0);
          if (bytes[4] === 0x03 && sum === bytes[5]) seen.add(hexText(bytes));
        }
      }
    }
    expect(windows).toBeGreaterThan(100_000);
    expect([...seen]).toEqual([]);
  });

  test('[DV2] what is encoded is decoded to the same values', () => {
    fc.assert(
      fc.property(sample, (each) => {
        const raw = bytesOf(each);
        const [frame, ...others] = createDecoder([each.table]).push(raw);
        expect(others).toEqual([]);
        expect(frame?.shape).toBe(each.shape);
        expect(frame?.numbers.address).toBe(each.values.numbers.address);
        if (frame?.bytes.locks !== undefined)
          expect([...frame.bytes.locks]).toEqual([...(each.values.bytes.locks ?? [])]);
        expect(hexText(frame?.raw ?? [])).toBe(hexText(raw));
      }),
    );
  });

  test('[DV3] however the bytes are cut into pieces, the same frames come out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(sample.map(bytesOf), fc.uint8Array({ maxLength: 20 })), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (parts, cuts) => {
          const stream = joined(parts);
          const whole = createDecoder(tables);
          const inPieces = createDecoder(tables);
          const expected = [...whole.push(stream), ...whole.flush()].map((frame) => hexText(frame.raw));
          const got: string[] = [];
          for (let at = 0, turn = 0; at < stream.length; turn += 1) {
            const size = cuts[turn % cuts.length] ?? 1;
            got.push(...inPieces.push(stream.slice(at, at + size)).map((frame) => hexText(frame.raw)));
            at += size;
          }
          got.push(...inPieces.flush().map((frame) => hexText(frame.raw)));
          expect(got).toEqual(expected);
          expect(inPieces.stats()).toEqual(whole.stats());
        },
      ),
    );
  });

  test('[DV2] noise between frames costs at most the frame it hits', () => {
    const status = fc
      .record({ address: fc.integer({ min: 0, max: 9 }), locks: six })
      .map(({ address, locks }) =>
        encode(kerongCu48Frames, 'status', { numbers: { address }, bytes: { locks } }),
      );
    const noise = fc.uint8Array({ maxLength: 12 });
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, status), { minLength: 1, maxLength: 12 }), (pairs) => {
        const decoder = createDecoder([kerongCu48Frames]);
        const found = [...decoder.push(joined(pairs.flat())), ...decoder.flush()].map((frame) =>
          hexText(frame.raw),
        );
        const wanted = pairs.map(([, frame]) => hexText(frame));
        const hit = pairs.filter(([before]) => before.length > 0).length;
        expect(inOrder(found, wanted)).toBeGreaterThanOrEqual(wanted.length - hit);
      }),
      { numRuns: 500 },
    );
  });

  test('[DV2] one flipped bit costs exactly its own frame', () => {
    const status = (address: number): Uint8Array =>
      encode(kerongCu48Frames, 'status', {
        numbers: { address },
        bytes: { locks: new Uint8Array(6).fill(address) },
      });
    const wanted = [1, 2, 3].map((address) => hexText(status(address)));
    for (let bit = 0; bit < 12 * 8; bit += 1) {
      const broken = status(2);
      broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const decoder = createDecoder([kerongCu48Frames]);
      const found = [...decoder.push(joined([status(1), broken, status(3)])), ...decoder.flush()].map(
        (frame) => hexText(frame.raw),
      );
      expect(found).toEqual([wanted[0], wanted[2]]);
    }
  });

  test('[DV3] ten megabytes of chance: no exception, every byte accounted for, never more held than one frame', () => {
    const random = createSeededRandom(20_261_124);
    const piece = random.bytes(64 * 1024);
    const decoder = createDecoder(tables);
    let fed = 0;
    let inFrames = 0;
    let mostHeld = 0;
    while (fed < 10 * 1024 * 1024) {
      // Shifting and salting one random block is as good as fresh chance here, and quick.
      const at = Math.floor(random.fraction() * 1_000);
      piece[at] = (piece[at] ?? 0) ^ 0x55;
      const chunk = piece.subarray(at);
      for (const frame of decoder.push(chunk)) inFrames += frame.raw.length;
      mostHeld = Math.max(mostHeld, decoder.stats().buffered);
      fed += chunk.length;
    }
    const stats = decoder.stats();
    expect(mostHeld).toBeLessThan(18);
    expect(stats.badBytes + inFrames + stats.buffered).toBe(fed);
  });
});
