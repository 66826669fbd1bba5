import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backOff } from '../../../broker/back-off.ts';
import { PacketGate } from '../../../broker/packet-gate.ts';
import { secretHasher } from '../../../broker/secret-hash.ts';
import { tokenBuckets } from '../../../broker/token-bucket.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

/** Fixed header of clause 2.2 with a body of zeros. */
function packet(type: number, body: number): Buffer {
  const length: number[] = [];
  let left = body;
  do {
    length.push((left % 128) | (left >= 128 ? 0x80 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.concat([Buffer.from([type << 4, ...length]), Buffer.alloc(body)]);
}

describe('packet gate', () => {
  test('[BR10] the verdict does not depend on where the stream is cut', () => {
    const sizes = fc.array(fc.constantFrom(0, 1, 127, 128, 200, 256, 257, 300, 16_383, 16_384), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(sizes, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (bodies, cuts) => {
        const stream = Buffer.concat(bodies.map((body, index) => packet(index === 0 ? 1 : 3, body)));
        const gate = new PacketGate(256);
        let refused: string | undefined;
        for (let at = 0, turn = 0; at < stream.length && refused === undefined; turn += 1) {
          const step = cuts[turn % cuts.length] ?? 1;
          refused = gate.inspect(stream.subarray(at, at + step));
          at += step;
        }
        expect(refused).toBe(bodies.some((body) => body > 256) ? 'packet-too-large' : undefined);
      }),
    );
  });

  test('[BR10] the header alone is enough: not one byte of the body is waited for', () => {
    const gate = new PacketGate(16 * 1024);
    expect(gate.inspect(Uint8Array.of(0x10))).toBeUndefined();
    expect(gate.inspect(Uint8Array.of(0xff, 0xff, 0xff))).toBe('packet-too-large');
    expect(gate.inspect(Uint8Array.of(0x00))).toBe('packet-too-large');
  });

  test('[BR10] a length of more than four bytes and a first packet that is no CONNECT are refused', () => {
    expect(new PacketGate(1 << 30).inspect(Uint8Array.of(0x10, 0x80, 0x80, 0x80, 0x80))).toBe(
      'malformed-length',
    );
    expect(new PacketGate(1 << 30).inspect(Uint8Array.of(0x30, 2))).toBe('not-connect-first');
  });

  test('[BR10] the limit can grow when it is known who speaks', () => {
    const gate = new PacketGate(20);
    expect(gate.inspect(packet(1, 20))).toBeUndefined();
    gate.allow(100);
    expect(gate.inspect(packet(3, 100))).toBeUndefined();
    expect(gate.inspect(packet(3, 101))).toBe('packet-too-large');
  });
});

describe('rates', () => {
  test('[BR17] a bucket gives its burst, then its rate, to each address apart', () => {
    const clock = createVirtualClock();
    const buckets = tokenBuckets(clock, { perSecond: 2, burst: 3 });
    expect([1, 2, 3, 4].map(() => buckets.take('a'))).toEqual([true, true, true, false]);
    expect(buckets.take('b')).toBe(true);
    clock.advance(499);
    expect(buckets.take('a')).toBe(false);
    clock.advance(1);
    expect(buckets.take('a')).toBe(true);
    expect(buckets.take('a')).toBe(false);
    clock.advance(60_000);
    expect([1, 2, 3, 4].map(() => buckets.take('a'))).toEqual([true, true, true, false]);
  });

  test('[BR17] never more than burst + rate x time, whatever the pattern', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 60 }), (gaps) => {
        const clock = createVirtualClock();
        const buckets = tokenBuckets(clock, { perSecond: 5, burst: 4 });
        let taken = 0;
        for (const gap of gaps) {
          clock.advance(gap);
          if (buckets.take('a')) taken += 1;
        }
        expect(taken).toBeLessThanOrEqual(4 + (clock.monotonic() / 1000) * 5);
      }),
    );
  });

  test('[BR16] waits double up to the longest and end with a success or long quiet', () => {
    const clock = createVirtualClock();
    const logins = backOff(clock, { free: 2, first: 100, longest: 1_000 });
    expect([1, 2, 3, 4, 5, 6, 7, 8].map(() => logins.failed('k'))).toEqual([
      0, 0, 100, 200, 400, 800, 1_000, 1_000,
    ]);
    expect(logins.blocked('k')).toBe(true);
    expect(logins.blocked('other')).toBe(false);
    clock.advance(1_000);
    expect(logins.blocked('k')).toBe(false);
    expect(logins.failed('k')).toBe(1_000);
    logins.succeeded('k');
    expect(logins.blocked('k')).toBe(false);
    expect(logins.failed('k')).toBe(0);
    clock.advance(10_000);
    expect([1, 2].map(() => logins.failed('k'))).toEqual([0, 0]);
  });

  test('[BR15] hashing has a bounded queue: the one too many is told to come again', async () => {
    const hasher = secretHasher({ atOnce: 1, waiting: 1 });
    const salt = new Uint8Array(16);
    const results = await Promise.allSettled([
      hasher.hash('a', salt),
      hasher.hash('b', salt),
      hasher.hash('c', salt),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await expect(hasher.hash('d', salt)).resolves.toHaveLength(32);
  });
});
