import type { Resource } from '../../contract/feed.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import type { Day } from '../../contract/time.ts';
import { atLocal, minutesOf } from '../../contract/local-time.ts';

const MINUTE = 60_000;
/** Bookings hold rows of five minutes: fine enough for every slot length, so that two overlapping bookings always meet in one row (CE12). */
const GRAIN = 5 * MINUTE;

export interface Slot {
  readonly startsAt: UnixMillis;
  readonly endsAt: UnixMillis;
}

/** The slots a resource offers on a day, in order. */
export function slotsOf(resource: Resource, day: Day, timeZone: string): Slot[] {
  const opens = atLocal(day, resource.opens, timeZone);
  const count = Math.floor((minutesOf(resource.closes) - minutesOf(resource.opens)) / resource.slotMinutes);
  const length = resource.slotMinutes * MINUTE;
  return Array.from({ length: Math.max(0, count) }, (_, index) => ({
    startsAt: opens + index * length,
    endsAt: opens + (index + 1) * length,
  }));
}

/** The rows a period takes. */
export function grainsOf(startsAt: UnixMillis, endsAt: UnixMillis): UnixMillis[] {
  const grains: UnixMillis[] = [];
  for (let at = Math.floor(startsAt / GRAIN) * GRAIN; at < endsAt; at += GRAIN) grains.push(at);
  return grains;
}

/** Whether a wish is one slot, or several slots on end, of that day. */
export function fitsSlots(slots: readonly Slot[], startsAt: UnixMillis, endsAt: UnixMillis): boolean {
  return (
    startsAt < endsAt &&
    slots.some((slot) => slot.startsAt === startsAt) &&
    slots.some((slot) => slot.endsAt === endsAt)
  );
}
