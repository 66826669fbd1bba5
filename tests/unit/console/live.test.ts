import { describe, expect, test } from 'vitest';
import { GATHER_MS, gatherCalls, readLive } from '../../../console/board/live.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

describe('the live view', () => {
  test('[CN10] the first change is asked for at once, a burst of a hundred only once more', () => {
    const clock = createVirtualClock();
    let asked = 0;
    const gather = gatherCalls(clock, GATHER_MS, () => (asked += 1));
    for (let index = 0; index < 100; index += 1) gather.call();
    expect(asked).toBe(1);
    clock.advance(GATHER_MS);
    expect(asked).toBe(2);
    clock.advance(10 * GATHER_MS);
    expect(asked).toBe(2);
    gather.call();
    expect(asked).toBe(3);
  });

  test('[CN10] ten seconds of steady change ask twice a second, not more', () => {
    const clock = createVirtualClock();
    let asked = 0;
    const gather = gatherCalls(clock, GATHER_MS, () => (asked += 1));
    for (let index = 0; index < 200; index += 1) {
      gather.call();
      clock.advance(50);
    }
    expect(asked).toBeGreaterThanOrEqual(19);
    expect(asked).toBeLessThanOrEqual(21);
  });

  test('[CN10] a stopped view asks no more', () => {
    const clock = createVirtualClock();
    let asked = 0;
    const gather = gatherCalls(clock, GATHER_MS, () => (asked += 1));
    gather.call();
    gather.call();
    gather.stop();
    clock.advance(5 * GATHER_MS);
    expect([asked, clock.timers()]).toEqual([1, 0]);
  });

  test('[CN10] what cannot be read is no message', () => {
    expect(readLive('{"type":"changed","topics":["help"]}')).toEqual({ type: 'changed', topics: ['help'] });
    for (const odd of ['', '{', '{"type":"later"}', new ArrayBuffer(4), undefined])
      expect(readLive(odd)).toBeUndefined();
  });
});
