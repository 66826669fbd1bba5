import type { UnixMillis } from './ports.ts';
import type { Day } from './time.ts';

/** Days and times of day in a hall's own time zone. Pure: the zone's rules come with the runtime. */

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(zone, made);
  return made;
}

/** The wall clock of `zone` at `at`, told as if it were UTC: milliseconds since 1970 of those digits. */
function wallOf(at: UnixMillis, zone: string): number {
  const found: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const part of formatFor(zone).formatToParts(at)) found[part.type] = Number(part.value);
  return Date.UTC(
    found.year ?? 1970,
    (found.month ?? 1) - 1,
    found.day ?? 1,
    found.hour ?? 0,
    found.minute ?? 0,
    found.second ?? 0,
  );
}

/** Calendar day at `at` in `zone`, `YYYY-MM-DD`. */
export function localDay(at: UnixMillis, zone: string): Day {
  return new Date(wallOf(at, zone)).toISOString().slice(0, 10);
}

/** Time of day at `at` in `zone`, `HH:MM`. */
export function localTime(at: UnixMillis, zone: string): string {
  return new Date(wallOf(at, zone)).toISOString().slice(11, 16);
}

/**
 * The moment when `zone` shows `HH:MM` on `day`. In an hour skipped by summer time: the moment
 * as far after the change; in an hour that happens twice: the first of the two. `24:00` is the end of the day.
 * @throws RangeError when day or time is not of that form.
 */
export function atLocal(day: Day, time: string, zone: string): UnixMillis {
  const parts = /^(\d{2}):(\d{2})$/.exec(time);
  const midnight = Date.parse(`${day}T00:00:00.000Z`);
  if (parts === null || !Number.isFinite(midnight))
    throw new RangeError(`not a day and time: ${day} ${time}`);
  const wanted = midnight + (Number(parts[1]) * 60 + Number(parts[2])) * 60_000;
  // The offset before any change that day, then the one after: whichever shows the wanted digits.
  const before = wanted - (wallOf(wanted - 86_400_000, zone) - (wanted - 86_400_000));
  if (wallOf(before, zone) === wanted) return before;
  const after = wanted - (wallOf(wanted + 86_400_000, zone) - (wanted + 86_400_000));
  return wallOf(after, zone) === wanted ? after : before;
}

/** Midnight at the start of the day that holds `at`, in `zone`. */
export function startOfDay(at: UnixMillis, zone: string): UnixMillis {
  return atLocal(localDay(at, zone), '00:00', zone);
}

/** Minutes since midnight of `HH:MM`. */
export function minutesOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/** The day `days` after `day` (or before, when negative). */
export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00.000Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
