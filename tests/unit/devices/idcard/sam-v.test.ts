import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDecoder } from '../../../../devices/frames/decoder.ts';
import { encode, FrameRefused } from '../../../../devices/frames/encode.ts';
import { longestFrame } from '../../../../devices/frames/frame-table.ts';
import { samVFrames } from '../../../../devices/frames/sam-v.frame.ts';
import { judgeIdCard } from '../../../../devices/idcard/id-card.rules.ts';
import { answer, cardData, readQuestion, textOf } from '../../../../simulators/idcard/sam-v.codec.ts';
import { hexBytes, hexText } from '../../../support/hex.ts';
import { createSeededRandom } from '../../../support/seeded.ts';
import vectors from '../../../vectors/sam-v.json';

const KEY = new Uint8Array(Buffer.from(vectors.key, 'hex'));
const PHOTO = Uint8Array.from({ length: 1_024 }, (_, index) => (7 * index + 3) % 256);
const CARD = answer(0x90, cardData(textOf(vectors.card.person), PHOTO));
const LONGEST = Math.max(...samVFrames.shapes.map(longestFrame));
const shapes = (bytes: Uint8Array): string[] => {
  const decoder = createDecoder([samVFrames]);
  return [...decoder.push(bytes), ...decoder.flush()].map(({ shape }) => shape);
};

describe('SAM-V frames', () => {
  test.each(vectors.frames)('[DV63] $name', ({ hex, shape, refused, sw3 }) => {
    expect(shapes(hexBytes(hex))).toEqual(refused === undefined ? [shape] : []);
    const [frame] = createDecoder([samVFrames]).push(hexBytes(hex));
    if (sw3 !== undefined) expect(frame?.numbers.sw3).toBe(sw3);
  });

  test('[DV63] questions are made byte for byte; one for fingerprints cannot be made', () => {
    for (const { hex, asked } of vectors.frames) {
      if (asked === undefined) continue;
      if (asked === 'read-fingerprint') expect(() => encode(samVFrames, asked, {})).toThrow(FrameRefused);
      else expect(hexText(encode(samVFrames, asked, {}))).toBe(hex);
    }
  });

  test('[DV63] the simulated reader reads each question as what it is, or says why not', () => {
    for (const { name, hex, asked, refused, answer: isAnswer } of vectors.frames) {
      if (isAnswer === true || (asked === undefined && refused === undefined)) continue;
      expect(readQuestion(hexBytes(hex)), name).toEqual(asked === undefined ? { refused } : { asked });
    }
  });

  test('[DV63] a whole card is what another program made of it: 1295 bytes', () => {
    expect(CARD).toHaveLength(vectors.card.bytes);
    expect(createHash('sha256').update(CARD).digest('hex')).toBe(vectors.card.sha256);
    expect(shapes(CARD)).toEqual(['card']);
  });

  const frame = fc.constantFrom(
    CARD,
    answer(0x80),
    answer(0x9f, new Uint8Array(4)),
    answer(0x90, new Uint8Array(8)),
    answer(0x66),
  );
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 30 }),
    // What looks most like a frame: its beginning, with a length that claims much.
    fc.constantFrom(
      hexBytes('AA AA AA 96 69 FF FF'),
      hexBytes('AA AA AA 96 69 05 08 00 00 90 01 00'),
      hexBytes('AA AA AA AA'),
    ),
  );

  test('[DV63] any frames in any pieces come out whole', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 12 }),
        (frames, pieces) => {
          const decoder = createDecoder([samVFrames]);
          const bytes = Buffer.concat(frames);
          const found: string[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const size = pieces[turn % pieces.length] ?? 1;
            found.push(...decoder.push(bytes.subarray(at, at + size)).map(({ raw }) => hexText(raw)));
            at += size;
          }
          expect(found).toEqual(frames.map((each) => hexText(each)));
          expect(decoder.stats()).toMatchObject({ badBytes: 0, buffered: 0 });
        },
      ),
      { numRuns: 60 },
    );
  });

  test('[DV63] noise between frames costs no frame once the line is quiet; a spoilt byte costs its own alone', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, frame), { minLength: 1, maxLength: 4 }), (parts) => {
        expect(shapes(Buffer.concat(parts.flat()))).toEqual(parts.flatMap(([, each]) => shapes(each)));
      }),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(
        fc.array(frame, { minLength: 2, maxLength: 4 }),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (frames, which, where, flip) => {
          const spoilt = frames.map((each) => new Uint8Array(each));
          const hit = spoilt[which % spoilt.length] ?? new Uint8Array(1);
          const at = where % hit.length;
          hit[at] = (hit[at] ?? 0) ^ flip;
          const left = frames.flatMap((each, index) => (index === which % frames.length ? [] : shapes(each)));
          expect(shapes(Buffer.concat(spoilt))).toEqual(left);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('[DV63] a megabyte of anything: bounded, quick, no frame made up, and the next one is read', () => {
    for (const seed of [7, 8]) {
      const random = createSeededRandom(seed);
      const bytes = random.bytes(1_000_000);
      // Beginnings strewn in, as a reader at another rate may give.
      if (seed === 8) for (let at = 0; at < bytes.length - 7; at += 97) bytes.set(CARD.subarray(0, 7), at);
      const decoder = createDecoder([samVFrames]);
      let most = 0;
      let frames = 0;
      for (let at = 0; at < bytes.length; at += 4_096) {
        frames += decoder.push(bytes.subarray(at, at + 4_096)).length;
        most = Math.max(most, decoder.stats().buffered);
      }
      frames += decoder.flush().length;
      expect(frames, `seed ${String(seed)}`).toBe(0);
      expect(most).toBeLessThan(LONGEST);
      expect(decoder.stats()).toMatchObject({ badBytes: 1_000_000, buffered: 0 });
      expect(decoder.push(CARD).map(({ shape }) => shape)).toEqual(['card']);
    }
  });
});

describe('what a card says', () => {
  test.each(vectors.texts)('[DV64] $name', ({ hex, hash, last4, nameMasked, refused }) => {
    expect(judgeIdCard(new Uint8Array(Buffer.from(hex, 'hex')), [KEY])).toEqual(
      refused === undefined ? { hashes: [hash], last4, nameMasked } : { refused },
    );
  });

  test('[DV64] [DV65] one hash under each key, the newest first; without a key nothing', () => {
    const text = textOf(vectors.card.person);
    const other = new Uint8Array(32).fill(9);
    const both = judgeIdCard(text, [other, KEY]);
    const old = judgeIdCard(text, [KEY]);
    if ('refused' in both || 'refused' in old) throw new Error('refused');
    expect(both.hashes).toHaveLength(2);
    expect(both.hashes[1]).toBe(old.hashes[0]);
    expect(judgeIdCard(text, [])).toEqual({ refused: 'no-key' });
  });

  test('[DV64] any 256 bytes are judged without a throw, and a refusal holds nothing of them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 256, maxLength: 256 }), (bytes) => {
        const judged = judgeIdCard(bytes, [KEY]);
        expect(Object.keys(judged)).toEqual(['refused']);
      }),
    );
  });
});
