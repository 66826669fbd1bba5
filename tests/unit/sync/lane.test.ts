import { describe, expect, it } from 'vitest';
import { CentralRefused, Unreachable } from '../../../sync/http.ts';
import { startLane } from '../../../sync/lane.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

describe('a lane', () => {
  it('[SN1] backs off after failures, starts over after a success, and a forced poke cuts the wait short', async () => {
    const clock = createVirtualClock();
    const tries: number[] = [];
    let broken = true;
    const lane = startLane({
      clock,
      random: { bytes: (length) => new Uint8Array(length), fraction: () => 0.999_999 },
      idleMs: 5000,
      longestMs: 8000,
      failed: (_error, wait) => wait,
      work: () => {
        tries.push(clock.monotonic());
        return broken ? Promise.reject(new Unreachable('no network')) : Promise.resolve(false);
      },
    });
    await clock.advanceAsync(20_000);
    const waits = tries.slice(1).map((at, index) => Math.round((at - (tries[index] ?? 0)) / 1000));
    expect(waits.slice(0, 4)).toEqual([1, 2, 4, 8]);

    const before = tries.length;
    broken = false;
    lane.poke(false);
    await clock.advanceAsync(1);
    expect(tries.length).toBe(before);
    lane.poke(true);
    await clock.advanceAsync(1);
    expect(tries.length).toBe(before + 1);
    lane.poke(false);
    await clock.advanceAsync(1);
    expect(tries.length).toBe(before + 2);
    lane.stop();
  });

  it('[SN2] [SN13] waits as long as central asks, and not at all once stopped', async () => {
    const clock = createVirtualClock();
    let tries = 0;
    let told = 0;
    const lane = startLane({
      clock,
      random: { bytes: (length) => new Uint8Array(length), fraction: () => 0 },
      idleMs: 1000,
      longestMs: 2000,
      failed: (_error, wait) => {
        told += 1;
        return wait;
      },
      work: () => {
        tries += 1;
        return Promise.reject(new CentralRefused(503, 'part-unavailable', 60_000));
      },
    });
    await clock.advanceAsync(59_000);
    expect(tries).toBe(1);
    await clock.advanceAsync(2000);
    expect(tries).toBe(2);
    lane.stop();
    await clock.advanceAsync(600_000);
    expect(tries).toBe(2);
    expect(told).toBe(2);
  });
});
