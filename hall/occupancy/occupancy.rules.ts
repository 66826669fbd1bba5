import type { Millis, UnixMillis } from '../../contract/ports.ts';

/** From sensor readings to occupancy with confidence. Pure. Bookings are no input: occupancy is what is measured [OC1]. */

/** What the configuration can name. */
export type SensorKind = 'presence' | 'contact' | 'temperature';
export type Trust = 'fresh' | 'silent' | 'stuck';

/** What is known of one sensor. */
export interface Reading {
  readonly device: string;
  /** `presence` and `contact` speak about people; any other quantity is only shown. */
  readonly kind: string;
  readonly unit?: string | null;
  readonly silentAfterMs: Millis;
  readonly stuckAfterMs: Millis;
  /** Last value heard; undefined before the first. */
  readonly value: boolean | number | undefined;
  /** When it was measured; undefined when its age is not known (retained, or just after a reconnect) [OC4]. */
  readonly measuredAt: UnixMillis | undefined;
  /** When the value last became another one, or was first heard. */
  readonly changedAt: UnixMillis | undefined;
  /** Times of changes within memory, oldest first. */
  readonly changes: readonly UnixMillis[];
  /** False after the bridge said that the device is offline. */
  readonly available: boolean;
}

/** How many changes of its neighbours make an unmoving sensor look stuck. */
export const STUCK_AFTER_CHANGES = 2;

/** Whether a reading can be believed now; `others` are the readings of the same resource [OC2][OC3]. */
export function trustOf(reading: Reading, others: readonly Reading[], now: UnixMillis): Trust {
  if (!reading.available || reading.value === undefined || reading.measuredAt === undefined) return 'silent';
  if (now - reading.measuredAt > reading.silentAfterMs) return 'silent';
  const { changedAt } = reading;
  if (tellsOfPeople(reading.kind) && changedAt !== undefined && now - changedAt > reading.stuckAfterMs) {
    const moved = others
      .filter((other) => other !== reading && tellsOfPeople(other.kind))
      .reduce((sum, other) => sum + other.changes.filter((at) => at > changedAt).length, 0);
    if (moved >= STUCK_AFTER_CHANGES) return 'stuck';
  }
  return 'fresh';
}

/** Quantities from which occupancy is judged; the others are shown beside it. */
export function tellsOfPeople(kind: string): boolean {
  return kind === 'presence' || kind === 'contact';
}

export interface Occupancy {
  readonly state: 'occupied' | 'empty' | 'unknown';
  /** 0 = a guess, 1 = every sensor agrees and is fresh. */
  readonly confidence: number;
}

const UNKNOWN: Occupancy = { state: 'unknown', confidence: 0 };

/**
 * Joins the sensors of one resource. One fresh presence sensor that sees somebody is enough for
 * occupied. Empty needs every presence sensor to be fresh and to see nobody: a silent or stuck one
 * makes the place unknown, never empty [OC2]. A door contact alone says nothing about people [OC5].
 */
export function occupancyOf(readings: readonly Reading[], now: UnixMillis): Occupancy {
  const judged = readings
    .filter((reading) => tellsOfPeople(reading.kind))
    .map((reading) => ({ reading, trust: trustOf(reading, readings, now) }));
  const presence = judged.filter((each) => each.reading.kind === 'presence');
  const contacts = judged.filter((each) => each.reading.kind === 'contact');
  const fresh = presence.filter((each) => each.trust === 'fresh');
  if (fresh.length === 0) return UNKNOWN;
  const seeing = fresh.filter((each) => each.reading.value === true).length;
  const doubtful = presence.length - fresh.length;
  if (seeing > 0) {
    const share = seeing / fresh.length;
    return {
      state: 'occupied',
      confidence: round(Math.max(0.5, (share === 1 ? (seeing > 1 ? 0.95 : 0.85) : 0.6) - 0.1 * doubtful)),
    };
  }
  if (doubtful > 0) return { state: 'unknown', confidence: 0.3 };
  // A door sensor that cannot be believed does not make people appear, but the release of a booking shall not rest on it [OC5].
  if (contacts.some((each) => each.trust !== 'fresh')) return { state: 'empty', confidence: 0.55 };
  const doors = contacts.length > 0 ? 0.05 : 0;
  return { state: 'empty', confidence: round((fresh.length > 1 ? 0.9 : 0.8) + doors) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Zigbee2MQTT availability: `online`, or `{"state":"online"}`; undefined for anything else. */
export function availabilityOf(text: string): boolean | undefined {
  const plain = text.trim();
  if (plain === 'online') return true;
  if (plain === 'offline') return false;
  const state = propertyOf(plain, 'state');
  return state === 'online' ? true : state === 'offline' ? false : undefined;
}

/** One property of a JSON object in text, or undefined when the text is not one. */
export function propertyOf(text: string, property: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && Object.hasOwn(value, property)
      ? (value as Record<string, unknown>)[property]
      : undefined;
  } catch (_notJson) {
    return undefined;
  }
}

/** The value at a path of JSON text; an empty path is the whole. Own properties only. */
export function propertyAt(text: string, path: readonly (string | number)[]): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (_notJson) {
    return undefined;
  }
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** The value of a sensor of this kind, or undefined when the payload does not hold one. */
export function valueOf(kind: SensorKind, raw: unknown): boolean | number | undefined {
  switch (kind) {
    case 'presence':
    case 'contact':
      return typeof raw === 'boolean' ? raw : undefined;
    case 'temperature':
      return typeof raw === 'number' && Number.isFinite(raw) && raw > -60 && raw < 100 ? raw : undefined;
  }
}

/** The device's own time of measuring: `at` of our sensors, `last_seen` of Zigbee2MQTT (ISO 8601 or epoch ms). */
export function ownTimeOf(text: string, now: UnixMillis): UnixMillis | undefined {
  const raw = propertyOf(text, 'at') ?? propertyOf(text, 'last_seen');
  const at = typeof raw === 'number' ? raw : typeof raw === 'string' ? Date.parse(raw) : Number.NaN;
  // A clock ahead of ours must not make a reading younger than now.
  return Number.isFinite(at) ? Math.min(at, now) : undefined;
}
