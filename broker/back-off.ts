import type { Clock, Millis } from '../contract/ports.ts';

/** Waits that double with every failure of a key and end with its first success. */
export interface BackOff {
  /** Whether the key must still wait. */
  blocked(key: string): boolean;
  /** Records a failure and returns the wait that follows, in milliseconds (0 while tries are free). */
  failed(key: string): Millis;
  succeeded(key: string): void;
}

interface Record {
  failures: number;
  until: Millis;
}

/** The first `free` failures cost nothing; then `first` ms, doubling up to `longest` ms. */
export function backOff(
  clock: Pick<Clock, 'monotonic'>,
  {
    free,
    first,
    longest,
    maxKeys = 10_000,
  }: { free: number; first: Millis; longest: Millis; maxKeys?: number },
): BackOff {
  const records = new Map<string, Record>();
  return {
    blocked(key) {
      const record = records.get(key);
      return record !== undefined && clock.monotonic() < record.until;
    },
    failed(key) {
      const now = clock.monotonic();
      const old = records.get(key);
      // Long quiet forgives: twice the longest wait after the last one ended.
      const before = old !== undefined && now < old.until + 2 * longest ? old.failures : 0;
      const failures = before + 1;
      const wait = failures <= free ? 0 : Math.min(longest, first * 2 ** Math.min(30, failures - free - 1));
      records.delete(key);
      records.set(key, { failures, until: now + wait });
      if (records.size > maxKeys) {
        const [oldest] = records.keys();
        if (oldest !== undefined) records.delete(oldest);
      }
      return wait;
    },
    succeeded(key) {
      records.delete(key);
    },
  };
}
