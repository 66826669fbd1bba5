import type { UnixMillis } from '../../contract/ports.ts';
import { fromInstant } from '../../contract/time.ts';
import type { PhoneBookingView, PhoneLeaseView, PhoneSessionView } from './agenda.rules.ts';

/** Shapes of the state marks, as the pages draw them. */
type Shape = 'ok' | 'free' | 'full' | 'attention' | 'refused' | 'unknown';
/** A state's shape and the key of its word [PP7]. */
export interface StateWord<Key extends string> {
  readonly shape: Shape;
  readonly word: Key;
}

const MINUTE = 60_000;

export type SessionWord =
  | 'cancelledByHall'
  | 'checkedIn'
  | 'checkInNow'
  | 'registered'
  | 'waiting'
  | 'over'
  | 'started'
  | 'full'
  | 'left'
  | 'missed';

/** How a session stands for this member. */
export function sessionState(each: PhoneSessionView, now: UnixMillis): StateWord<SessionWord> {
  const { session } = each;
  if (session.cancelled) return { shape: 'refused', word: 'cancelledByHall' };
  if (each.state === 'checked-in') return { shape: 'ok', word: 'checkedIn' };
  const starts = fromInstant(session.startsAt);
  const closes = starts + session.checkInAfter * MINUTE;
  const mine = each.state === 'registered' || each.state === 'waiting';
  if (now >= fromInstant(session.endsAt))
    return { shape: 'unknown', word: each.state === 'registered' ? 'missed' : 'over' };
  if (each.state === 'registered' && now >= starts - session.checkInBefore * MINUTE && now <= closes)
    return { shape: 'ok', word: 'checkInNow' };
  if (each.state === 'registered') return { shape: 'ok', word: 'registered' };
  if (each.state === 'waiting') return { shape: 'attention', word: 'waiting' };
  if (!mine && now > closes) return { shape: 'unknown', word: 'started' };
  return each.left > 0 ? { shape: 'free', word: 'left' } : { shape: 'full', word: 'full' };
}

/** Whether a place can still be asked for or given back. */
export function sessionOpen(each: PhoneSessionView, now: UnixMillis): boolean {
  return !each.session.cancelled && now < fromInstant(each.session.endsAt) && each.state !== 'checked-in';
}

export type BookingWord = 'booked' | 'useNow' | 'cancelled' | 'checkedIn' | 'released' | 'lost' | 'over';

/** How a booking stands. */
export function bookingState({ booking }: PhoneBookingView, now: UnixMillis): StateWord<BookingWord> {
  switch (booking.state) {
    case 'booked':
      if (now >= fromInstant(booking.endsAt)) return { shape: 'unknown', word: 'over' };
      return now >= fromInstant(booking.startsAt)
        ? { shape: 'ok', word: 'useNow' }
        : { shape: 'ok', word: 'booked' };
    case 'checked-in':
      return { shape: 'ok', word: 'checkedIn' };
    case 'cancelled':
      return { shape: 'unknown', word: 'cancelled' };
    case 'released':
      return { shape: 'attention', word: 'released' };
    case 'lost':
      return { shape: 'attention', word: 'lost' };
  }
}

export type LeaseWord = 'made' | 'active' | 'late' | 'endRequested' | 'ended';

/** How a compartment stands. */
export function leaseState(lease: PhoneLeaseView, now: UnixMillis): StateWord<LeaseWord> {
  if (lease.state === 'ended') return { shape: 'unknown', word: 'ended' };
  if (lease.state === 'end-requested') return { shape: 'attention', word: 'endRequested' };
  if (now > fromInstant(lease.endsAt)) return { shape: 'attention', word: 'late' };
  return { shape: 'ok', word: lease.state };
}
