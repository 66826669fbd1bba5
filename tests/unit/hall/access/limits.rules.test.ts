import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterRight,
  afterWrong,
  DAY_MS,
  freshLimit,
  hallLimit,
  kioskLimit,
  offMinutes,
  subjectLimit,
} from '../../../../hall/access/limits.rules.ts';
import type { LimitRule, LimitState } from '../../../../hall/access/limits.rules.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 24, 2);
const day = { start: START - 10 * 60 * MINUTE, end: START + 14 * 60 * MINUTE };

/** Wrong tries a second apart until typing is off. */
function untilOff(
  rule: LimitRule,
  state: LimitState,
  from: number,
): { state: LimitState; tries: number; at: number } {
  for (let tries = 1, at = from; ; tries += 1, at += 1000) {
    const next = afterWrong(rule, state, at, day);
    state = next.state;
    if (next.reached) return { state, tries, at };
    if (tries > 1000) throw new Error('never off');
  }
}

describe('limits of typing', () => {
  it('[AC12] a compartment is off after 5 wrong for 15 min, then doubling to 24 h', () => {
    let state = freshLimit;
    let at = START;
    const minutes: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      const off = untilOff(subjectLimit, state, at);
      expect(off.tries).toBe(5);
      minutes.push(offMinutes(off.state, off.at) ?? 0);
      state = off.state;
      at = state.offUntil;
    }
    expect(minutes).toEqual([15, 30, 60, 120, 240, 480, 960, 1440, 1440]);
  });

  it('[AC12] a day without wrong tries brings back the short pause', () => {
    const off = untilOff(subjectLimit, untilOff(subjectLimit, freshLimit, START).state, START + 20 * MINUTE);
    const later = untilOff(subjectLimit, off.state, off.state.offUntil + DAY_MS + 1);
    expect(offMinutes(later.state, later.at)).toBe(15);
  });

  it('[AC12] a kiosk is off after 20 wrong within any 60 minutes for 30 min', () => {
    expect(untilOff(kioskLimit, freshLimit, START).tries).toBe(20);
    expect(offMinutes(untilOff(kioskLimit, freshLimit, START).state, START + 19_000)).toBe(30);
    let slow = freshLimit;
    for (let count = 0; count < 100; count += 1) {
      const next = afterWrong(kioskLimit, slow, START + count * 4 * MINUTE, day);
      expect(next.reached).toBe(false);
      slow = next.state;
    }
  });

  it('[AC12] the hall is off after 100 wrong in a day until the day ends', () => {
    const off = untilOff(hallLimit, freshLimit, START);
    expect(off.tries).toBe(100);
    expect(off.state.offUntil).toBe(day.end);
  });

  it('[AC12] a right code forgets the tries before it but not the level', () => {
    const off = untilOff(subjectLimit, freshLimit, START);
    let state = off.state;
    for (let count = 0; count < 4; count += 1)
      state = afterWrong(subjectLimit, state, off.state.offUntil + count, day).state;
    state = afterRight(state, off.state.offUntil + 10);
    expect(state.wrong).toEqual([]);
    expect(
      offMinutes(untilOff(subjectLimit, state, off.state.offUntil + 20).state, off.state.offUntil + 4020),
    ).toBe(30);
  });

  it('[AC12] whatever the clock does, a pause is never longer than it was set and never more tries pass than allowed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: -3 * DAY_MS, max: 3600_000 })), {
          minLength: 1,
          maxLength: 60,
        }),
        (acts) => {
          let state = freshLimit;
          let at = START;
          let inRow = 0;
          for (const [tries, by] of acts) {
            at += by;
            const minutes = offMinutes(state, at);
            expect(minutes ?? 1).toBeLessThanOrEqual(24 * 60);
            if (!tries || minutes !== undefined) continue;
            const next = afterWrong(subjectLimit, state, at, day);
            inRow = next.reached ? 0 : inRow + 1;
            expect(inRow).toBeLessThan(5);
            state = next.state;
          }
        },
      ),
    );
  });
});
