import type { DeskView } from '../../contract/hall-api.ts';
import type { Words } from '../../contract/ids.ts';
import type { Instant } from '../../contract/time.ts';

/** What is not normal in the hall, from the board as it stands. Pure. */

export type Door = DeskView['doors'][number];
export type Device = DeskView['devices'][number];
export type Kiosk = DeskView['kiosks'][number];

export type Trouble =
  | { kind: 'device'; id: string; device: Device; since: Instant | null; advice: Words | null }
  | { kind: 'kiosk'; id: string; kiosk: Kiosk; since: Instant | null }
  | { kind: 'door'; id: string; door: Door; since: Instant | null };

/** Doors first (a person may stand before one), then faults, what went away, and what was never there [CN5]. */
export function notNormal(desk: Pick<DeskView, 'devices' | 'kiosks' | 'doors'>): Trouble[] {
  const doors = desk.doors
    .filter((door) => door.mismatch)
    .map((door): Trouble => ({
      kind: 'door',
      id: `door-${String(door.compartment.number)}`,
      door,
      since: door.observedAt ?? door.commandedAt,
    }));
  const devices = desk.devices
    .filter((device) => device.state !== 'online')
    .map((device): Trouble => ({
      kind: 'device',
      id: `device-${device.id}`,
      device,
      since: device.since,
      advice: device.advice,
    }));
  const kiosks = desk.kiosks
    .filter((kiosk) => kiosk.state !== 'online')
    .map((kiosk): Trouble => ({ kind: 'kiosk', id: `kiosk-${kiosk.id}`, kiosk, since: kiosk.lastSeenAt }));
  return [...doors, ...devices, ...kiosks].sort((a, b) => rank(a) - rank(b));
}

function rank(trouble: Trouble): number {
  switch (trouble.kind) {
    case 'door':
      return 0;
    case 'device':
      return { fault: 1, offline: 2, never: 5, online: 9 }[trouble.device.state];
    case 'kiosk':
      return { offline: 3, never: 6, online: 9 }[trouble.kiosk.state];
  }
}

/** How many things of the house work as they should. */
export function normalCount(desk: Pick<DeskView, 'devices' | 'kiosks'>): number {
  return (
    desk.devices.filter((device) => device.state === 'online').length +
    desk.kiosks.filter((kiosk) => kiosk.state === 'online').length
  );
}

/** Conflicts and alarms nobody has marked yet, the newest first [CN14]. */
export interface Unseen {
  id: string;
  kind: 'conflict' | 'alarm';
  at: Instant;
  words: Words;
  alternative: Words | null;
}

export function unseen(desk: Pick<DeskView, 'conflicts' | 'alarms'>): Unseen[] {
  const conflicts = desk.conflicts
    .filter((conflict) => !conflict.seen)
    .map((conflict): Unseen => ({
      id: conflict.id,
      kind: 'conflict',
      at: conflict.at,
      words: conflict.message,
      alternative: conflict.alternative,
    }));
  const alarms = desk.alarms.map((alarm): Unseen => ({
    id: alarm.id,
    kind: 'alarm',
    at: alarm.at,
    words: alarm.words,
    alternative: null,
  }));
  return [...conflicts, ...alarms].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

/** Trust of the worst sensor of a place: what staff should know first [CN12]. */
export function worstTrust(
  sensors: readonly { trust: 'fresh' | 'silent' | 'stuck' }[],
): 'none' | 'fresh' | 'silent' | 'stuck' {
  if (sensors.length === 0) return 'none';
  if (sensors.some((sensor) => sensor.trust === 'stuck')) return 'stuck';
  return sensors.some((sensor) => sensor.trust === 'silent') ? 'silent' : 'fresh';
}

/** A door as one state: what its mark on the cabinet says. */
export type DoorMark = 'mismatch' | 'open' | 'out' | 'leased' | 'free';

export function doorMark(door: Door): DoorMark {
  if (door.mismatch) return 'mismatch';
  if (door.observed === 'open') return 'open';
  switch (door.compartment.state) {
    case 'out':
    case 'leased':
    case 'free':
      return door.compartment.state;
  }
}
