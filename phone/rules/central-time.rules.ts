import type { Clock, Millis, UnixMillis } from '../../contract/ports.ts';

/**
 * How far central's clock is ahead of the phone's, from one answer [PP2]. The answer is taken to
 * have been made halfway between asking and receiving.
 */
export function clockOffset(asked: UnixMillis, received: UnixMillis, central: UnixMillis): Millis {
  return Math.round(central - (asked + received) / 2);
}

/** The phone's clock set right by `offset`; timers and the monotonic clock stay the phone's. */
export function correctedClock(clock: Clock, offset: Millis): Clock {
  return { ...clock, now: () => clock.now() + offset };
}
