import type { Millis, UnixMillis } from '../../contract/ports.ts';

/** Limits for everything that is typed: wrong tries are counted, then typing is off for a while [AC12]. Pure. */

export interface LimitState {
  /** Times of the wrong tries that still count, oldest first. */
  readonly wrong: readonly UnixMillis[];
  /** How often this limit was reached without a quiet day between. */
  readonly level: number;
  /** Typing is off until then; 0 = on. */
  readonly offUntil: UnixMillis;
  /** When this state was written: a clock that went back is seen by it. */
  readonly at: UnixMillis;
}

export interface LimitRule {
  readonly scope: 'subject' | 'kiosk' | 'hall';
  readonly most: number;
  /** Older wrong tries are forgotten; undefined = since the start of the hall's day. */
  readonly window: Millis | undefined;
  /** How long typing is off when the limit is reached for the (level + 1)th time; undefined = until the day ends. */
  off(level: number): Millis | undefined;
  readonly alarm: boolean;
}

const MINUTE = 60_000;
export const DAY_MS: Millis = 24 * 60 * MINUTE;

/** Per compartment (or member number): 5 wrong -> 15 min, doubling to 24 h. Nonexistent ones count too. */
export const subjectLimit: LimitRule = {
  scope: 'subject',
  most: 5,
  window: DAY_MS,
  off: (level) => Math.min(15 * MINUTE * 2 ** Math.min(level, 10), DAY_MS),
  alarm: false,
};
/** Per kiosk: 20 wrong in an hour -> 30 min and an alarm. */
export const kioskLimit: LimitRule = {
  scope: 'kiosk',
  most: 20,
  window: 60 * MINUTE,
  off: () => 30 * MINUTE,
  alarm: true,
};
/** Per hall: 100 wrong in a day -> staff only for the rest of the day. */
export const hallLimit: LimitRule = {
  scope: 'hall',
  most: 100,
  window: undefined,
  off: () => undefined,
  alarm: true,
};

export interface Day {
  readonly start: UnixMillis;
  readonly end: UnixMillis;
}

export const freshLimit: LimitState = { wrong: [], level: 0, offUntil: 0, at: 0 };

/** Whole minutes, at least 1, until typing works again; undefined = it works now. */
export function offMinutes(state: LimitState, now: UnixMillis): number | undefined {
  const rebased = rebase(state, now);
  return rebased.offUntil > now ? Math.max(1, Math.ceil((rebased.offUntil - now) / MINUTE)) : undefined;
}

/** One more wrong try. `reached` is true when this one switched typing off. */
export function afterWrong(
  rule: LimitRule,
  before: LimitState,
  now: UnixMillis,
  day: Day,
): { state: LimitState; reached: boolean } {
  const state = rebase(before, now);
  const since = rule.window === undefined ? day.start : now - rule.window;
  const wrong = [...state.wrong.filter((at) => at >= since), now];
  const quiet = now - Math.max(state.offUntil, state.at) > DAY_MS;
  const level = quiet ? 0 : state.level;
  if (wrong.length < rule.most)
    return { state: { wrong, level, offUntil: state.offUntil, at: now }, reached: false };
  const off = rule.off(level);
  return {
    state: { wrong: [], level: level + 1, offUntil: off === undefined ? day.end : now + off, at: now },
    reached: true,
  };
}

/** A right code forgets the wrong tries before it, but not how often the limit was reached. */
export function afterRight(before: LimitState, now: UnixMillis): LimitState {
  return { ...rebase(before, now), wrong: [], at: now };
}

/** A clock that went back (power cut without battery) must not stretch a pause to years: the rest of it stays [AC12]. */
function rebase(state: LimitState, now: UnixMillis): LimitState {
  if (state.at <= now) return state;
  const back = state.at - now;
  return {
    wrong: state.wrong.map((at) => at - back),
    level: state.level,
    offUntil: state.offUntil === 0 ? 0 : state.offUntil - back,
    at: now,
  };
}
