import type { Slot } from '../../contract/hall-api.ts';
import type { Instant } from '../../contract/time.ts';
import { fromInstant } from '../../contract/time.ts';

/** Which minutes a person has chosen: neighbouring free slots. Pure. */

export interface SlotSpan {
  readonly startsAt: Instant;
  readonly endsAt: Instant;
}

const MINUTE = 60_000;

/**
 * The choice after touching a slot: a neighbour makes it longer while the day's allowance
 * (`maxMinutes`) permits, an end of it makes it shorter, any other slot begins anew [KB2].
 */
export function chooseSlots(
  span: SlotSpan | undefined,
  touched: Slot,
  slots: readonly Slot[],
  maxMinutes: number,
): SlotSpan | undefined {
  if (touched.state !== 'free') return span;
  const alone = { startsAt: touched.startsAt, endsAt: touched.endsAt };
  if (span === undefined) return alone;
  if (isChosen(span, touched)) {
    if (span.startsAt === touched.startsAt && span.endsAt === touched.endsAt) return undefined;
    if (span.endsAt === touched.endsAt) return { startsAt: span.startsAt, endsAt: touched.startsAt };
    if (span.startsAt === touched.startsAt) return { startsAt: touched.endsAt, endsAt: span.endsAt };
    return alone;
  }
  const longer =
    touched.startsAt === span.endsAt
      ? { startsAt: span.startsAt, endsAt: touched.endsAt }
      : touched.endsAt === span.startsAt
        ? { startsAt: touched.startsAt, endsAt: span.endsAt }
        : undefined;
  if (longer === undefined || minutesOf(longer) > maxMinutes) return alone;
  return slots.every((slot) => !isChosen(longer, slot) || slot.state === 'free') ? longer : alone;
}

/** Whether a slot lies in the choice. */
export function isChosen(span: SlotSpan | undefined, slot: Slot): boolean {
  return (
    span !== undefined &&
    fromInstant(slot.startsAt) >= fromInstant(span.startsAt) &&
    fromInstant(slot.endsAt) <= fromInstant(span.endsAt)
  );
}

/** Length of a span in minutes. */
export function minutesOf(span: SlotSpan): number {
  return (fromInstant(span.endsAt) - fromInstant(span.startsAt)) / MINUTE;
}
