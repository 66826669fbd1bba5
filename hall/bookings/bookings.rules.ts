import type { Resource } from '../../contract/feed.ts';
import { refused } from '../../contract/refusals.ts';
import type { Refusal } from '../../contract/refusals.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { fromInstant } from '../../contract/time.ts';
import type { Day, Instant } from '../../contract/time.ts';
import { addDays, atLocal, localDay, localTime } from '../../contract/local-time.ts';

/** What may be booked, cancelled and checked in, and whether a place is free. Pure. */

export const MINUTE = 60_000;
/** An empty place must have been measured as empty for this long before a booking is released [BK12]. */
export const EMPTY_FOR_MS = 2 * MINUTE;
/** Least confidence of the sensors for a release [BK12]. */
export const RELEASE_CONFIDENCE = 0.6;

export interface Span {
  readonly startsAt: UnixMillis;
  readonly endsAt: UnixMillis;
}

/** The slots of one day in the hall's time zone; a last piece shorter than a slot is not offered. */
export function slotsOf(resource: Resource, day: Day, zone: string): Span[] {
  const { opens, closes } = hoursOf(resource, day, zone);
  const length = resource.slotMinutes * MINUTE;
  const slots: Span[] = [];
  for (let at = opens; at + length <= closes; at += length) slots.push({ startsAt: at, endsAt: at + length });
  return slots;
}

/** Opening and closing on one day. */
export function hoursOf(
  resource: Resource,
  day: Day,
  zone: string,
): { opens: UnixMillis; closes: UnixMillis } {
  return { opens: atLocal(day, resource.opens, zone), closes: atLocal(day, resource.closes, zone) };
}

/**
 * Why a wish cannot be booked, or undefined. Whether somebody else holds the minutes is not
 * judged here: the database refuses that [BK1].
 * @param usedMinutes minutes this member holds that day on places of this kind.
 */
export function judgeWish(wish: {
  resource: Resource;
  span: Span;
  now: UnixMillis;
  zone: string;
  usedMinutes: number;
}): Refusal | undefined {
  const { resource, span, now, zone } = wish;
  if (!resource.bookable) return refused('resource-unknown').refusal;
  const day = localDay(span.startsAt, zone);
  const slots = slotsOf(resource, day, zone);
  const first = slots.findIndex((slot) => slot.startsAt === span.startsAt);
  const last = slots.findIndex((slot) => slot.endsAt === span.endsAt);
  if (first < 0 || last < first) return refused('slot-outside-hours').refusal;
  // A slot that is running may still be taken: that is how a released one finds a new player [BK4].
  const firstEnd = slots[first]?.endsAt ?? span.endsAt;
  if (firstEnd <= now) return refused('slot-in-past').refusal;
  if (day > addDays(localDay(now, zone), resource.daysAhead))
    return refused('too-far-ahead', { days: resource.daysAhead }).refusal;
  const minutes = (span.endsAt - span.startsAt) / MINUTE;
  if (wish.usedMinutes + minutes > resource.dailyMinutesPerMember)
    return refused('daily-quota', { minutes: resource.dailyMinutesPerMember }).refusal;
  return undefined;
}

/** When one may arrive. A slot booked after its start gives the same minutes, counted from the booking. */
export function arrivalWindow(
  resource: Resource,
  booking: { startsAt: Instant; endsAt: Instant; knownAt: Instant },
): { from: UnixMillis; until: UnixMillis } {
  const start = fromInstant(booking.startsAt);
  const end = fromInstant(booking.endsAt);
  const begin = Math.max(start, fromInstant(booking.knownAt));
  return {
    from: start - resource.checkInBefore * MINUTE,
    until: Math.min(end, begin + resource.checkInAfter * MINUTE),
  };
}

/** Why arriving is refused now, or undefined. Late arrival is accepted as long as the place is still kept [BK8]. */
export function judgeArrival(
  window: { from: UnixMillis },
  endsAt: Instant,
  now: UnixMillis,
  zone: string,
): Refusal | undefined {
  if (now < window.from) return refused('booking-too-early', { from: localTime(window.from, zone) }).refusal;
  if (now >= fromInstant(endsAt)) return refused('booking-over').refusal;
  return undefined;
}

/** Why cancelling is refused now, or undefined. */
export function judgeCancel(resource: Resource, startsAt: Instant, now: UnixMillis): Refusal | undefined {
  const until = fromInstant(startsAt) - resource.cancelBefore * MINUTE;
  return now > until ? refused('cancel-too-late', { minutes: resource.cancelBefore }).refusal : undefined;
}

/** What the sensors say, as far as bookings care. */
export interface Measured {
  readonly state: 'occupied' | 'empty' | 'unknown';
  readonly confidence: number;
  /** Since when the state has been the same; null before the first measurement. */
  readonly since: UnixMillis | null;
  /** False when no sensor is mapped to the place. */
  readonly hasSensors: boolean;
}

/** Whether a booking nobody came for may be given to others: never on a guess [BK12]. */
export function mayRelease(input: {
  until: UnixMillis;
  now: UnixMillis;
  measured: Measured;
  clockProved: boolean;
}): boolean {
  const { measured, now } = input;
  return (
    input.clockProved &&
    now > input.until &&
    measured.state === 'empty' &&
    measured.confidence >= RELEASE_CONFIDENCE &&
    measured.since !== null &&
    now - measured.since >= EMPTY_FOR_MS
  );
}

/**
 * Can a person walk in now [BK13]. Booked or measured as occupied: busy. Sensors that cannot tell: unknown.
 * @param booked spans held today, in order of time.
 */
export function walkIn(
  resource: Resource,
  booked: readonly Span[],
  measured: Measured,
  now: UnixMillis,
  zone: string,
): { free: 'free' | 'busy' | 'unknown'; until: UnixMillis | null } {
  const { opens, closes } = hoursOf(resource, localDay(now, zone), zone);
  if (now < opens) return { free: 'busy', until: opens };
  if (now >= closes) return { free: 'busy', until: null };
  let busyUntil = now;
  for (const span of booked)
    if (span.startsAt <= busyUntil && span.endsAt > busyUntil) busyUntil = span.endsAt;
  if (busyUntil > now) return { free: 'busy', until: busyUntil };
  if (measured.state === 'occupied') return { free: 'busy', until: null };
  if (measured.state === 'unknown' && measured.hasSensors) return { free: 'unknown', until: null };
  const next = booked.find((span) => span.startsAt > now);
  return { free: 'free', until: Math.min(next?.startsAt ?? closes, closes) };
}

/** Whole unix minutes touched by a span: [from, to). */
export function minutesOf(startsAt: Instant, endsAt: Instant): { from: number; to: number } {
  return { from: Math.floor(fromInstant(startsAt) / MINUTE), to: Math.ceil(fromInstant(endsAt) / MINUTE) };
}

export function spanOf(row: { startsAt: Instant; endsAt: Instant }): Span {
  return { startsAt: fromInstant(row.startsAt), endsAt: fromInstant(row.endsAt) };
}
