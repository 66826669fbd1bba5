import { LockBoardState } from '../../contract/messages.ts';
import type { DeviceEvent, DoorPosition, Outcome } from '../../contract/messages.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { fromInstant, toInstant } from '../../contract/time.ts';
import type { DeviceListener, HallContext } from '../ports.ts';
import type { DoorEventName } from './door.machine.ts';
import type { Place } from './doors.ts';
import { ASK_AGAIN_MS, BOUNCE_MS, GIVES_WAY_MS, LEFT_OPEN_MS, SENSOR_SKEW_MS } from './lockers.rules.ts';
import type { DoorRow, LockersStore } from './lockers.store.ts';

export interface Seen {
  readonly position: DoorPosition;
  /** By the board's own clock. */
  readonly at: UnixMillis | null;
}

/** What the sensors may do to commands: give the table an event, or ask the board. Never more [LK6]. */
export interface CommandSteps {
  step: (
    commandId: string,
    event: DoorEventName,
    told?: { at?: UnixMillis; reason?: string | undefined; position?: DoorPosition | undefined },
  ) => void;
  askBoard: (commandId: string) => void;
}

/** What lock boards say, by event, telemetry and outcome, turned into events of the door table. */
export function createDoorSensors(
  context: HallContext,
  rows: LockersStore,
  places: ReadonlyMap<number, Place>,
  positions: Map<number, Seen>,
  { step, askBoard }: CommandSteps,
): { readonly listener: DeviceListener; sweep(): void } {
  const { clock, store, live, alarms } = context;
  const position = (compartment: number): Seen =>
    positions.get(compartment) ?? { position: 'unknown', at: null };

  /** What a sensor says about one door, once per change. `event`: it came as an event, not as telemetry. */
  function seen(compartment: number, next: DoorPosition, at: UnixMillis, event: boolean): void {
    const before = position(compartment);
    if (before.at !== null && at < before.at) return;
    if (before.position !== next) {
      store.transaction(() => {
        rows.putPosition(compartment, next, at);
        return undefined;
      });
    }
    positions.set(compartment, { position: next, at });
    switch (next) {
      case 'open':
        seenOpen(compartment, at, event);
        break;
      case 'closed':
        for (const row of rows.unsettledDoors())
          if (row.compartment === compartment && row.state === 'opened' && at >= (row.opened_at ?? 0))
            step(row.command_id, 'seen-closed', { at });
        break;
      case 'unknown':
        break;
    }
    if (before.position !== next) live.changed('doors');
  }

  function seenOpen(compartment: number, at: UnixMillis, event: boolean): void {
    const latest = rows.latestDoor(compartment);
    if (latest !== undefined && at >= latest.created_at - SENSOR_SKEW_MS) {
      const waits = ['intended', 'sent', 'unknown'].includes(latest.state);
      const givesWay = latest.state === 'failed' && at - latest.created_at < GIVES_WAY_MS;
      if (waits || givesWay) return step(latest.command_id, 'seen-open', { at });
      if (latest.state === 'opened') return;
      if (latest.closed_at !== null && at - latest.closed_at < BOUNCE_MS) return;
    }
    if (event) forced(compartment, at);
  }

  function forced(compartment: number, at: UnixMillis): void {
    store.transaction((tx) => {
      tx.record('door.forced', { compartment, at: toInstant(at) });
      tx.audit({ actor: 'hall', action: 'door.forced', subject: `compartment:${String(compartment)}` });
      tx.afterCommit(() => {
        const number = String(compartment);
        alarms.raise('door-forced', {
          zh: `${number} 号门没有指令却开了，请马上去看。`,
          en: `Door ${number} opened without a command. Please go there now.`,
        });
        live.changed('doors');
      });
      return undefined;
    });
  }

  function onOutcome(device: string, outcome: Outcome): void {
    const at = fromInstant(outcome.at);
    const asked = rows.doorByQuery(outcome.id);
    if (asked !== undefined) {
      if (asked.device === device) answered(asked, outcome.position ?? 'unknown', at);
      return;
    }
    const row = rows.door(outcome.id);
    // A board speaks for its own doors only.
    if (row?.device !== device) return;
    step(row.command_id, eventOf(outcome), { at, reason: outcome.reason, position: outcome.position });
    if (outcome.position !== undefined && outcome.position !== 'unknown')
      seen(row.compartment, outcome.position, at, false);
  }

  /** The board's answer about a door nobody was sure of: the sensor decides. */
  function answered(row: DoorRow, next: DoorPosition, at: UnixMillis): void {
    seen(row.compartment, next, at, false);
    const now = rows.door(row.command_id);
    if (next === 'closed' && now?.state === 'unknown' && now.settled === 0)
      step(row.command_id, 'seen-closed', { at });
  }

  function onEvent(device: string, event: DeviceEvent): void {
    if (event.kind !== 'door-opened' && event.kind !== 'door-closed' && event.kind !== 'door-forced') return;
    if (places.get(event.compartment)?.device !== device) return;
    const at = fromInstant(event.at);
    if (event.kind === 'door-closed') return seen(event.compartment, 'closed', at, true);
    if (event.kind === 'door-opened') return seen(event.compartment, 'open', at, true);
    const before = position(event.compartment);
    if (before.at !== null && at < before.at) return;
    store.transaction(() => {
      rows.putPosition(event.compartment, 'open', at);
      return undefined;
    });
    positions.set(event.compartment, { position: 'open', at });
    forced(event.compartment, at);
    // The gateway may have forgotten our command (its own restart): we still learn that the door is open.
    const latest = rows.latestDoor(event.compartment);
    if (latest?.state === 'unknown' && latest.settled === 0) step(latest.command_id, 'seen-open', { at });
  }

  function onState(device: string, payload: unknown): void {
    const parsed = LockBoardState.safeParse(payload);
    if (!parsed.success) return;
    for (const [number, door] of Object.entries(parsed.data.doors)) {
      const compartment = Number(number);
      if (places.get(compartment)?.device !== device) continue;
      const before = position(compartment);
      if (before.position !== door.position || before.at === null)
        seen(compartment, door.position, fromInstant(door.at), false);
    }
  }

  function askUnknown(device?: string): void {
    const now = clock.now();
    for (const row of rows.unsettledDoors()) {
      if (device !== undefined && row.device !== device) continue;
      const waiting = row.state === 'unknown' || (row.state === 'opened' && device !== undefined);
      const due =
        device !== undefined || row.queried_at === null || Math.abs(now - row.queried_at) >= ASK_AGAIN_MS;
      if (waiting && due) askBoard(row.command_id);
    }
  }

  function sweep(): void {
    const now = clock.now();
    for (const row of rows.unsettledDoors()) {
      if (row.state === 'failed' && Math.abs(now - row.created_at) >= GIVES_WAY_MS)
        store.transaction(() => {
          rows.updateDoor({ ...row, settled: 1 });
          return undefined;
        });
      if (row.state === 'opened' && row.left_open === 0 && now - (row.opened_at ?? now) >= LEFT_OPEN_MS)
        leftOpen(row);
    }
    askUnknown();
  }

  function leftOpen(row: DoorRow): void {
    const number = String(row.compartment);
    store.transaction((tx) => {
      rows.updateDoor({ ...row, left_open: 1 });
      tx.audit({ actor: 'hall', action: 'door.left-open', subject: `compartment:${number}` });
      tx.afterCommit(() =>
        alarms.raise('door-left-open', {
          zh: `${number} 号门开着超过 3 分钟。请提醒本人关门，人不在就帮忙关好。`,
          en: `Door ${number} has been open for over 3 minutes. Remind the person, or close it for them.`,
        }),
      );
      return undefined;
    });
  }

  return {
    listener: {
      onOutcome,
      onEvent,
      onState,
      onAvailability: (device, online) => {
        if (online) askUnknown(device);
        live.changed('doors');
      },
    },
    sweep,
  };
}

function eventOf(outcome: Outcome): DoorEventName {
  // Delivered twice: the first delivery was executed, so this says nothing about the door.
  if (outcome.outcome === 'refused' && outcome.reason === 'already-executed') return 'outcome-unknown';
  switch (outcome.outcome) {
    case 'done':
      return 'outcome-done';
    case 'refused':
      return 'outcome-refused';
    case 'failed':
      return 'outcome-failed';
    case 'unknown':
      return 'outcome-unknown';
  }
}
