import { expect, test } from 'vitest';
import { createViewers } from '../../../broker/viewers.ts';
import { VIEWER_LIFE } from '../../../contract/topics.ts';
import { systemRandom } from '../../../platform/system.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

test('[BR44] a pass is good for its life and for its own id, then ends and is told', () => {
  const clock = createVirtualClock();
  const ended: string[] = [];
  const viewers = createViewers(clock, systemRandom, (id) => ended.push(id));
  const [one, two] = [viewers.issue(), viewers.issue()];
  expect(one.expiresAt - clock.now()).toBe(VIEWER_LIFE);
  expect(viewers.verify(one.id, one.token)).toBe(true);
  expect(viewers.verify(one.id, two.token)).toBe(false);
  expect(viewers.verify('viewer-0', one.token)).toBe(false);
  expect(viewers.verify(one.id, '')).toBe(false);
  clock.advance(VIEWER_LIFE - 1);
  expect(viewers.verify(one.id, one.token)).toBe(true);
  clock.advance(1);
  expect(viewers.verify(one.id, one.token)).toBe(false);
  expect(viewers.role(one.id)).toBeUndefined();
  expect(ended).toEqual([one.id, two.id]);
});

test('[BR44] passes are bounded: the oldest gives way', () => {
  const ended: string[] = [];
  const viewers = createViewers(createVirtualClock(), systemRandom, (id) => ended.push(id));
  const passes = Array.from({ length: 203 }, () => viewers.issue());
  expect(ended).toEqual(passes.slice(0, 3).map(({ id }) => id));
  viewers.stop();
});
