import type { UnixMillis } from '../../contract/ports.ts';
import { addDays, atLocal, localDay } from '../../contract/local-time.ts';

/** When the demonstration's sessions are: a fixed two-hourly grid, so that a second seed finds the same ones. Pure. */

const MINUTE = 60_000;
export const SESSION_MINUTES = 90;
/** The windows of two neighbours overlap by a quarter of an hour: one is open at every minute [DM2]. */
export const CHECK_IN_BEFORE = 60;
export const CHECK_IN_AFTER = 75;
const SLOTS = 12;
/** Twelve of the grid and the small class. */
const NUMBERS_A_DAY = SLOTS + 1;
const DAYS_IN_RING = 5000;

export interface Planned {
  /** Follows from day and slot; comes round after 13 years. */
  readonly number: number;
  readonly slot: number | 'small-class';
  readonly startsAt: UnixMillis;
  readonly endsAt: UnixMillis;
  /** Its check-in is open. */
  readonly open: boolean;
}

/** Today's and tomorrow's programme as it should be known now: by day from 8 to 20, at night only what is next [DM2]. */
export function programmeAround(now: UnixMillis, timeZone: string): Planned[] {
  const today = localDay(now, timeZone);
  return [today, addDays(today, 1)].flatMap((day) => {
    const first = ((Date.parse(`${day}T00:00:00.000Z`) / 86_400_000) % DAYS_IN_RING) * NUMBERS_A_DAY + 1;
    const planned = (slot: Planned['slot'], index: number, time: string): Planned => {
      const startsAt = atLocal(day, time, timeZone);
      return {
        number: first + index,
        slot,
        startsAt,
        endsAt: startsAt + SESSION_MINUTES * MINUTE,
        open: startsAt - CHECK_IN_BEFORE * MINUTE <= now && now <= startsAt + CHECK_IN_AFTER * MINUTE,
      };
    };
    const grid = Array.from({ length: SLOTS }, (_, slot) =>
      planned(slot, slot, `${String(slot * 2).padStart(2, '0')}:00`),
    ).filter(({ slot, startsAt }) => {
      const byDay = slot !== 'small-class' && slot >= 4 && slot <= 10;
      return byDay || Math.abs(startsAt - now) <= 120 * MINUTE;
    });
    return [...grid, ...(day === today ? [] : [planned('small-class', SLOTS, '18:30')])];
  });
}
