import { describe, expect, test } from 'vitest';
import { watchActivity } from '../../../console/board/activity.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

describe('a desk nobody touches', () => {
  test('[CN11] a minute after the last touch requests are the page’s own; a key makes them a person’s again', () => {
    const clock = createVirtualClock();
    const view = new EventTarget();
    const activity = watchActivity(view as unknown as Window, clock);
    clock.advance(59_000);
    expect(activity.touched()).toBe(true);
    clock.advance(1_000);
    expect(activity.touched()).toBe(false);
    view.dispatchEvent(new Event('keydown'));
    expect(activity.touched()).toBe(true);
    activity.stop();
    clock.advance(60_000);
    view.dispatchEvent(new Event('keydown'));
    expect(activity.touched()).toBe(false);
  });
});
