import type { UnixMillis } from '../../contract/ports.ts';

/** Days in the hall's own time zone. Pure. */

const DAY_MS = 86_400_000;

/** `2026-11-24`: the calendar day of an instant in a zone. */
export function dayOf(at: UnixMillis, timeZone: string): string {
  // The Swedish form is the ISO form.
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(at);
}

/** `count` days from `first` on, `first` included. */
export function daysFrom(first: string, count: number): string[] {
  const start = Date.parse(`${first}T00:00:00.000Z`);
  return Array.from({ length: count }, (_, index) =>
    new Date(start + index * DAY_MS).toISOString().slice(0, 10),
  );
}

/** Noon of a day, in UTC: an instant that shows the right date and weekday when formatted in UTC. */
export function noonOf(day: string): UnixMillis {
  return Date.parse(`${day}T12:00:00.000Z`);
}
