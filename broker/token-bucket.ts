import type { Clock, Millis } from '../contract/ports.ts';

/** Keyed token buckets: each key may act `burst` times at once and `perSecond` in the long run. */
export interface TokenBuckets {
  /** Takes one token; false when the key has none left. */
  take(key: string): boolean;
}

interface Bucket {
  tokens: number;
  at: Millis;
}

/**
 * Buckets that are full again are forgotten, so that a flood from many addresses cannot
 * fill the memory: at most `maxKeys` are remembered, the longest untouched go first.
 */
export function tokenBuckets(
  clock: Pick<Clock, 'monotonic'>,
  { perSecond, burst, maxKeys = 10_000 }: { perSecond: number; burst: number; maxKeys?: number },
): TokenBuckets {
  const buckets = new Map<string, Bucket>();
  return {
    take(key) {
      const now = clock.monotonic();
      const old = buckets.get(key);
      const tokens =
        old === undefined ? burst : Math.min(burst, old.tokens + ((now - old.at) / 1000) * perSecond);
      const granted = tokens >= 1;
      buckets.delete(key);
      buckets.set(key, { tokens: granted ? tokens - 1 : tokens, at: now });
      if (buckets.size > maxKeys) {
        const [oldest] = buckets.keys();
        if (oldest !== undefined) buckets.delete(oldest);
      }
      return granted;
    },
  };
}
