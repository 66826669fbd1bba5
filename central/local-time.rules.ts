import type { UnixMillis } from '../contract/ports.ts';
import type { Day } from '../contract/time.ts';

/** Days and times of day in a hall's own time zone. */

const MINUTE = 60_000;

function parts(at: UnixMillis, timeZone: string): { day: Day; minutes: number } {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const found = Object.fromEntries(format.formatToParts(new Date(at)).map((part) => [part.type, part.value]));
  return {
    day: `${found['year'] ?? ''}-${found['month'] ?? ''}-${found['day'] ?? ''}`,
    minutes: Number(found['hour']) * 60 + Number(found['minute']),
  };
}

/** Calendar day at the hall. */
export function localDay(at: UnixMillis, timeZone: string): Day {
  return parts(at, timeZone).day;
}

/** `HH:MM` at the hall. */
export function localTime(at: UnixMillis, timeZone: string): string {
  const { minutes } = parts(at, timeZone);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** `HH:MM` of a day at the hall -> point in time. A time skipped by a clock change falls after the gap. */
export function atLocal(day: Day, time: string, timeZone: string): UnixMillis {
  const wanted = Date.parse(`${day}T00:00:00.000Z`) + minutesOf(time) * MINUTE;
  let guess = wanted;
  // Two rounds settle the offset, also next to a clock change.
  for (let round = 0; round < 2; round += 1) {
    const seen = parts(guess, timeZone);
    guess += wanted - (Date.parse(`${seen.day}T00:00:00.000Z`) + seen.minutes * MINUTE);
  }
  return guess;
}

/** Minutes since midnight of `HH:MM`. */
export function minutesOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/** Calendar arithmetic on a day. */
export function addDays(day: Day, count: number): Day {
  return new Date(Date.parse(`${day}T00:00:00.000Z`) + count * 86_400_000).toISOString().slice(0, 10);
}
