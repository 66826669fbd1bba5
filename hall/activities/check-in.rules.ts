import type { Registration, Session } from '../../contract/feed.ts';
import type { SessionView } from '../../contract/hall-api.ts';
import type { Millis, UnixMillis } from '../../contract/ports.ts';
import type { Refusal } from '../../contract/refusals.ts';
import { fromInstant, toInstant } from '../../contract/time.ts';

/** When and for whom a session's check-in is open. Pure. */

/** A person may take a check-in back for so long, at the kiosk where it was made [CI5]. */
export const UNDO_MS: Millis = 10_000;

export interface CheckInWindow {
  readonly opens: UnixMillis;
  readonly closes: UnixMillis;
}

export function windowOf(session: Session): CheckInWindow {
  const start = fromInstant(session.startsAt);
  return { opens: start - session.checkInBefore * 60_000, closes: start + session.checkInAfter * 60_000 };
}

/**
 * Whether this session takes check-ins now [CI2]. An unproved clock judges neither early nor late: the
 * grant's own once-only use and the mark for staff stand in for it.
 */
export function judgeSession(
  session: Session,
  now: UnixMillis,
  clockProved: boolean,
  timeOfDay: (at: UnixMillis) => string,
): Refusal | undefined {
  if (session.cancelled) return { code: 'session-cancelled' };
  if (!clockProved) return undefined;
  const { opens, closes } = windowOf(session);
  if (now < opens) return { code: 'session-too-early', params: { from: timeOfDay(opens) } };
  return now > closes ? { code: 'session-over' } : undefined;
}

/** Whether a registration lets its member in. `granted`: central signed a grant for this session, which proves a place by itself [CI3]. */
export function judgeRegistration(
  registration: Registration | undefined,
  granted: boolean,
): Refusal | undefined {
  switch (registration?.state) {
    case undefined:
      return granted ? undefined : { code: 'not-registered' };
    case 'registered':
      return undefined;
    case 'waiting':
      return { code: 'session-full' };
    case 'cancelled':
      return { code: 'not-registered' };
  }
}

/** A session as the welcome screen shows it. `left` counts those who registered and those who came, whichever is more. */
export function sessionView(session: Session, checkedIn: number, now: UnixMillis): SessionView {
  const { opens } = windowOf(session);
  return {
    session,
    left: Math.max(0, session.capacity - Math.max(session.taken, checkedIn)),
    state: stateOf(session, checkedIn, now),
    checkInOpensAt: toInstant(opens),
    checkedIn,
  };
}

function stateOf(session: Session, checkedIn: number, now: UnixMillis): SessionView['state'] {
  const { opens, closes } = windowOf(session);
  if (session.cancelled) return 'cancelled';
  if (now >= fromInstant(session.endsAt)) return 'over';
  if (now < opens) return 'later';
  if (now > closes) return 'running';
  return checkedIn >= session.capacity ? 'full' : 'check-in-open';
}
