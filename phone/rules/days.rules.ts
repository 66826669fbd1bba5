import type { UnixMillis } from '../../contract/ports.ts';
import type { Day } from '../../contract/time.ts';

const DAY = 86_400_000;

/** The hall's calendar day at a moment. */
export function dayAt(at: UnixMillis, timeZone: string): Day {
  return new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    timeZone,
  }).format(at);
}

/** Today and the `ahead` days after it. */
export function daysFrom(now: UnixMillis, ahead: number, timeZone: string): Day[] {
  const first = Date.parse(`${dayAt(now, timeZone)}T00:00:00Z`);
  return Array.from({ length: ahead + 1 }, (_, index) =>
    new Date(first + index * DAY).toISOString().slice(0, 10),
  );
}

/** Noon of a day in UTC: good for writing the day's name in the zone UTC. */
export function noonOf(day: Day): UnixMillis {
  return Date.parse(`${day}T12:00:00Z`);
}

/** Rows under their day, in the order they come. */
export function byDay<T>(
  rows: readonly T[],
  at: (row: T) => UnixMillis,
  timeZone: string,
): { day: Day; rows: T[] }[] {
  const groups: { day: Day; rows: T[] }[] = [];
  for (const row of rows) {
    const day = dayAt(at(row), timeZone);
    const last = groups.at(-1);
    if (last?.day === day) last.rows.push(row);
    else groups.push({ day, rows: [row] });
  }
  return groups;
}

/** Booked hours of a day bar, neighbours joined; hours past the day's end go on past 24. */
export function bookedHours(
  slots: readonly { from: UnixMillis; to: UnixMillis; state: string }[],
  hourOf: (at: UnixMillis) => number,
): { from: number; to: number }[] {
  const spans: { from: number; to: number }[] = [];
  for (const slot of slots) {
    if (slot.state !== 'booked') continue;
    const from = hourOf(slot.from);
    const to = from + (slot.to - slot.from) / 3_600_000;
    const last = spans.at(-1);
    if (last !== undefined && last.to === from) last.to = to;
    else spans.push({ from, to });
  }
  return spans;
}
