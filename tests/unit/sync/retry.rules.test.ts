import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterFailure, noFailures, retryAfterMs } from '../../../sync/retry.rules.ts';

describe('waiting between tries', () => {
  it('[SN1] doubles its ceiling from 1 s and never passes the longest wait', () => {
    let state = noFailures;
    const ceilings: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      const next = afterFailure(state, 300_000, 0.999_999, undefined);
      ceilings.push(Math.round(next.waitMs / 1000));
      state = next.state;
    }
    expect(ceilings).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  });

  it('[SN1] spreads over the whole range: full jitter', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, fraction) => {
        const { waitMs } = afterFailure({ failures }, 300_000, fraction);
        expect(waitMs).toBeGreaterThanOrEqual(50);
        expect(waitMs).toBeLessThanOrEqual(300_000);
        expect(waitMs).toBe(
          Math.max(50, Math.floor(fraction * Math.min(300_000, 1000 * 2 ** Math.min(failures, 20)))),
        );
      }),
    );
  });

  it('[SN2] honours Retry-After even beyond the longest wait', () => {
    expect(afterFailure(noFailures, 1000, 0.5, 90_000).waitMs).toBe(90_000);
    expect(retryAfterMs('120', 0)).toBe(120_000);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:01:00 GMT', 10_000)).toBe(50_000);
    expect(retryAfterMs('soon', 0)).toBeUndefined();
    expect(retryAfterMs(undefined, 0)).toBeUndefined();
  });
});
