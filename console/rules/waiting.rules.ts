import type { DeskView } from '../../contract/hall-api.ts';
import type { Millis, UnixMillis } from '../../contract/ports.ts';
import { fromInstant } from '../../contract/time.ts';
import type { Instant } from '../../contract/time.ts';

/** Who waits, for how long, and what is due. Pure. */

export type HelpEntry = DeskView['help'][number];

/** Calls nobody has taken first, the longest waiting on top; then those somebody is on the way to [CN2]. */
export function inOrderOfWaiting(help: readonly HelpEntry[]): HelpEntry[] {
  return [...help].sort(
    (a, b) =>
      Number(a.help.state !== 'called') - Number(b.help.state !== 'called') ||
      fromInstant(a.help.calledAt) - fromInstant(b.help.calledAt),
  );
}

/** The hall's time now: the browser's clock moved by what the last answer showed [CN3]. */
export function hallNow(
  browserNow: UnixMillis,
  answer: { now: Instant; receivedAt: UnixMillis },
): UnixMillis {
  return browserNow + (fromInstant(answer.now) - answer.receivedAt);
}

/** `2026-11-24` in the hall's time zone. */
export function localDay(at: UnixMillis, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(at);
}

type Application = DeskView['applications'][number];

/** Today's and overdue ones, the earliest deadline first [CN4]. */
export function dueApplications(
  applications: readonly Application[],
  now: UnixMillis,
  timeZone: string,
): Application[] {
  const today = localDay(now, timeZone);
  return byDeadline(applications).filter((each) => localDay(fromInstant(each.deadline), timeZone) <= today);
}

/** All, the earliest deadline first; of the same day the oldest first. */
export function byDeadline(applications: readonly Application[]): Application[] {
  return [...applications].sort(
    (a, b) =>
      fromInstant(a.deadline) - fromInstant(b.deadline) ||
      fromInstant(a.submittedAt) - fromInstant(b.submittedAt),
  );
}

/** Which word fits an age, and its figure. */
export type Age = { unit: 'now' | 'seconds' | 'minutes' | 'hours' | 'days'; count: number };

export function ageOf(elapsed: Millis): Age {
  const seconds = Math.max(0, Math.floor(elapsed / 1000));
  if (seconds < 10) return { unit: 'now', count: 0 };
  if (seconds < 60) return { unit: 'seconds', count: seconds };
  if (seconds < 3600) return { unit: 'minutes', count: Math.floor(seconds / 60) };
  if (seconds < 86_400) return { unit: 'hours', count: Math.floor(seconds / 3600) };
  return { unit: 'days', count: Math.floor(seconds / 86_400) };
}
