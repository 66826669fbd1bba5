import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstState, HEARTBEAT_MS, step } from '../../../kiosk/main/watchdog.machine.ts';
import type { WatchdogEffect, WatchdogEvent, WatchdogState } from '../../../kiosk/main/watchdog.machine.ts';

/** Runs second by second; `page` answers what the page does in that second. */
function watch(
  seconds: number,
  page: (second: number) => WatchdogEvent['name'][],
): { second: number; effect: WatchdogEffect }[] {
  let state: WatchdogState = firstState;
  const effects: { second: number; effect: WatchdogEffect }[] = [];
  for (let second = 0; second <= seconds; second += 1) {
    for (const name of [...page(second), 'tick' as const]) {
      const next = step(state, { name }, second * 1000);
      state = next.state;
      if (next.effect !== 'none') effects.push({ second, effect: next.effect });
    }
  }
  return effects;
}

describe('the watchdog', () => {
  it('[KS5] waits calmly and loads the page when the hall answers', () => {
    expect(
      watch(20, (second) =>
        second < 12 ? ['hall-silent'] : second === 12 ? ['hall-answers'] : ['hall-answers', 'heartbeat'],
      ),
    ).toEqual([{ second: 12, effect: 'load-page' }]);
  });

  it('[KS5] a hall that goes away while the page loads brings the waiting page back; a living page stays', () => {
    expect(watch(2, (second) => (second === 0 ? ['hall-answers'] : ['hall-silent']))).toEqual([
      { second: 0, effect: 'load-page' },
      { second: 1, effect: 'show-waiting' },
    ]);
    expect(
      watch(5, (second) => (second === 0 ? ['hall-answers', 'heartbeat'] : ['hall-silent', 'heartbeat'])),
    ).toEqual([{ second: 0, effect: 'load-page' }]);
  });

  it('[KS3] replaces a page that died at once', () => {
    const effects = watch(4, (second) =>
      second === 0 ? ['hall-answers', 'heartbeat'] : second === 3 ? ['page-gone'] : ['heartbeat'],
    );
    expect(effects.at(-1)).toEqual({ second: 3, effect: 'replace-page' });
  });

  it('[KS3] replaces a hung page within 10 s of its last heartbeat, wherever it hangs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), (lastBeat) => {
        const effects = watch(lastBeat + 12, (second) => [
          ...(second === 0 ? (['hall-answers'] as const) : []),
          ...(second <= lastBeat && second % (HEARTBEAT_MS / 1000) === 0 ? (['heartbeat'] as const) : []),
        ]);
        const replaced = effects.find((each) => each.effect === 'replace-page');
        expect(replaced?.second).toBeDefined();
        expect((replaced?.second ?? 99) - lastBeat).toBeLessThanOrEqual(10);
      }),
    );
  });

  it('[KS3] a page that never comes alive counts as hung while loading', () => {
    expect(watch(10, (second) => (second === 0 ? ['hall-answers'] : []))).toEqual([
      { second: 0, effect: 'load-page' },
      { second: 9, effect: 'replace-page' },
    ]);
  });

  it('[KS4] slows down after three failures in a row and never stops', () => {
    const replaced = watch(300, (second) => (second === 0 ? ['hall-answers'] : ['load-failed']))
      .filter((each) => each.effect === 'replace-page')
      .map((each) => each.second);
    expect(replaced.slice(0, 3)).toEqual([1, 2, 3]);
    expect(replaced.length).toBeGreaterThan(20);
    for (const [index, second] of replaced.slice(3).entries()) {
      expect(second - (replaced[index + 2] ?? 0)).toBeGreaterThanOrEqual(10);
    }
  });
});
