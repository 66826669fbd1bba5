import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Clock, Ids, Random } from '../../contract/ports.ts';

/** The same seed gives the same bytes, so that a failing run can be run again. */
export function createSeededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const next = (): number => generator.next() >>> 0;
  // The lowest bits of this family are its weakest: bytes come from the top.
  return {
    bytes: (length) => Uint8Array.from({ length }, () => next() >>> 24),
    fraction: () => next() / 0x1_0000_0000,
  };
}

/** UUIDv7 made from a clock, a counter and a seed: they rise in the order they were made. */
export function createSeededIds(seed: number, clock: Pick<Clock, 'now'>): Ids {
  const random = createSeededRandom(seed ^ 0x5eed);
  let count = 0;
  return {
    uuid: () => {
      count += 1;
      const time = Math.max(0, Math.floor(clock.now())).toString(16).padStart(12, '0').slice(-12);
      const serial = (count & 0xfff).toString(16).padStart(3, '0');
      const tail = [...random.bytes(8)]
        .map((byte, index) => (index === 0 ? (byte & 0x3f) | 0x80 : byte).toString(16).padStart(2, '0'))
        .join('');
      return `${time.slice(0, 8)}-${time.slice(8)}-7${serial}-${tail.slice(0, 4)}-${tail.slice(4)}`;
    },
  };
}
