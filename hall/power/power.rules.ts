import type { Millis, UnixMillis } from '../../contract/ports.ts';

/** Whether a room should have light and power now, and why. Pure [PW1..PW5]. */

export type PowerWhy = 'by-hand' | 'booked' | 'people' | 'lingering' | 'not-known' | 'nobody';

export interface PowerSetting {
  readonly leadMs: Millis;
  readonly lingerMs: Millis;
  /** How long power stays on while nobody knows whether people are inside. */
  readonly notKnownMs: Millis;
}

export interface PowerSituation {
  readonly now: UnixMillis;
  /** Bookings of today that still hold: released and cancelled ones are none. */
  readonly bookings: readonly { readonly from: UnixMillis; readonly to: UnixMillis }[];
  readonly presence: 'occupied' | 'empty' | 'unknown';
  readonly hasSensors: boolean;
  /** The last moment at which a booking or people held the room. */
  readonly heldAt: UnixMillis | undefined;
  readonly override: { readonly on: boolean; readonly until: UnixMillis } | undefined;
}

export interface PowerWish {
  readonly on: boolean;
  readonly why: PowerWhy;
  /** When this ends by itself, where that is known. */
  readonly until: UnixMillis | undefined;
  /** Held now: by a booking or by people. */
  readonly held: boolean;
}

export function powerWish(setting: PowerSetting, situation: PowerSituation): PowerWish {
  const { now, bookings, presence, hasSensors, heldAt, override } = situation;
  const booking = bookings.find(({ from, to }) => from - setting.leadMs <= now && now < to);
  const people = presence === 'occupied';
  const held = booking !== undefined || people;
  const answer = (on: boolean, why: PowerWhy, until?: UnixMillis): PowerWish => ({ on, why, until, held });
  // Whatever sensors and bookings say, a person has the last word, for a while [PW3].
  if (override !== undefined && now < override.until) return answer(override.on, 'by-hand', override.until);
  if (booking !== undefined) return answer(true, 'booked', booking.to);
  if (people) return answer(true, 'people');
  if (heldAt === undefined) return answer(false, 'nobody');
  const lingers = heldAt + setting.lingerMs;
  if (now < lingers) return answer(true, 'lingering', lingers);
  // Sensors that fell silent say nothing about people: the light is not turned off on them at once [PW2].
  const unsure = heldAt + setting.notKnownMs;
  if (hasSensors && presence === 'unknown' && now < unsure) return answer(true, 'not-known', unsure);
  return answer(false, 'nobody');
}
