import type { CompartmentConfig } from '../../contract/config.ts';
import type { FactBody } from '../../contract/facts.ts';
import type { DoorCommandView } from '../../contract/hall-api.ts';
import { COMMAND_LIFE_MS } from '../../contract/messages.ts';
import type { DoorPosition } from '../../contract/messages.ts';
import type { CancelTimer, UnixMillis } from '../../contract/ports.ts';
import { refused } from '../../contract/refusals.ts';
import type { Refusal } from '../../contract/refusals.ts';
import { toInstant } from '../../contract/time.ts';
import type { DeviceListener, HallContext, Transaction } from '../ports.ts';
import { createDoorSensors } from './door-sensors.ts';
import type { Seen } from './door-sensors.ts';
import { doorMachine } from './door.machine.ts';
import type { DoorEventName } from './door.machine.ts';
import type { Leases } from './leases.ts';
import { doorRefusal, OUTCOME_WAIT_MS } from './lockers.rules.ts';
import type { DoorRow, LockersStore } from './lockers.store.ts';

/** A compartment and the lock board it hangs on. */
export interface Place {
  readonly device: string;
  readonly config: CompartmentConfig;
}

export interface Intent {
  readonly compartment: number;
  readonly lease: string | undefined;
  readonly cause: DoorRow['cause'];
  /** Who: `member:<ref>`, `visitor`, `staff:wang`. */
  readonly by: string;
  /** Where: `kiosk:kiosk-1`, `staff:wang`. */
  readonly actor: string;
  readonly kiosk: string | undefined;
  readonly credential: FactBody<'door.intended'>['credential'];
  readonly clockUnproved: boolean;
  readonly reason?: string;
}

export interface Doors {
  /** Why no door, or not this one, may be commanded now; undefined when it may. */
  busy(compartment: number): Refusal | undefined;
  /** Writes intent, fact and audit; the unlock leaves after COMMIT and expires 5 s later at most [LK4, LK6]. */
  intend(tx: Transaction, intent: Intent): DoorRow;
  view(row: DoorRow): DoorCommandView;
  position(compartment: number): { position: DoorPosition; at: UnixMillis | null };
  readonly listener: DeviceListener;
  /** Commands of an earlier run become unknown and the board is asked; nothing is opened again [LK8]. */
  recover(): void;
  /** Doors left open, doors still unknown, doors that will not give way any more. */
  sweep(): void;
  stop(): void;
}

/** Openings from intent to end, for all lock boards of the hall. */
export function createDoors(
  context: HallContext,
  rows: LockersStore,
  leases: Leases,
  places: ReadonlyMap<number, Place>,
): Doors {
  const { clock, store, ids, devices, live, alarms, log } = context;
  /** On the steady clock, so that a jumping wall clock neither blocks nor forgets a command. */
  const timers = new Map<string, CancelTimer>();
  const positions = new Map<number, Seen>();
  for (const row of rows.compartments().values())
    positions.set(row.number, { position: row.position, at: row.position_at });
  const position = (compartment: number): { position: DoorPosition; at: UnixMillis | null } =>
    positions.get(compartment) ?? { position: 'unknown', at: null };

  function view(row: DoorRow): DoorCommandView {
    const refusal = doorRefusal(row.state, row.outcome ?? undefined, row.compartment);
    return {
      commandId: row.command_id,
      compartment: row.compartment,
      cause: row.cause,
      state: row.state,
      ...(refusal === undefined ? {} : { refusal }),
      openedAt: row.opened_at === null ? null : toInstant(row.opened_at),
      closedAt: row.closed_at === null ? null : toInstant(row.closed_at),
    };
  }

  function busy(compartment: number): Refusal | undefined {
    if (rows.pendingDoor() !== undefined) return refused('door-busy').refusal;
    const device = places.get(compartment)?.device;
    if (device === undefined || devices.availability(device) !== 'online')
      return refused('lock-board-offline').refusal;
    if (position(compartment).position === 'open')
      return refused('close-door-first', { compartment }).refusal;
    return undefined;
  }

  function intend(tx: Transaction, intent: Intent): DoorRow {
    const place = places.get(intent.compartment);
    if (place === undefined) throw new Error(`no compartment ${String(intent.compartment)}`);
    const now = clock.now();
    const row: DoorRow = {
      command_id: ids.uuid(),
      compartment: intent.compartment,
      device: place.device,
      lease: intent.lease ?? null,
      cause: intent.cause,
      actor: intent.by,
      kiosk: intent.kiosk ?? null,
      state: 'intended',
      created_at: now,
      expires_at: now + COMMAND_LIFE_MS,
      outcome: null,
      opened_at: null,
      closed_at: null,
      left_open: 0,
      query_id: null,
      queried_at: null,
      settled: 0,
    };
    // An explicit new opening ends the waiting for what became of an older one at this door.
    for (const older of rows.unsettledDoors())
      if (older.compartment === row.compartment && (older.state === 'failed' || older.state === 'unknown'))
        rows.updateDoor({ ...older, settled: 1 });
    rows.insertDoor(row);
    tx.record('door.intended', {
      commandId: row.command_id,
      compartment: row.compartment,
      ...(intent.lease === undefined ? {} : { lease: intent.lease }),
      cause: intent.cause,
      by: intent.by,
      credential: intent.credential,
      ...(intent.reason === undefined ? {} : { reason: intent.reason }),
      ...(intent.clockUnproved ? { clockUnproved: true } : {}),
    });
    tx.audit({
      actor: intent.actor,
      action: 'door.open',
      subject: `compartment:${String(row.compartment)}`,
      detail: {
        commandId: row.command_id,
        cause: intent.cause,
        by: intent.by,
        credential: intent.credential,
        ...(intent.lease === undefined ? {} : { lease: intent.lease }),
        ...(intent.reason === undefined ? {} : { reason: intent.reason }),
      },
    });
    tx.afterCommit(() => send(row));
    return row;
  }

  function send(row: DoorRow): void {
    timers.set(
      row.command_id,
      clock.after(COMMAND_LIFE_MS + OUTCOME_WAIT_MS, () => step(row.command_id, 'timed-out')),
    );
    try {
      devices.unlock({
        commandId: row.command_id,
        device: row.device,
        compartment: row.compartment,
        expiresAt: toInstant(row.expires_at),
      });
    } catch (error) {
      // It may or may not have left: the timer makes it unknown and the board is asked.
      log.error({ commandId: row.command_id, error: String(error) }, 'the command could not be handed over');
      return;
    }
    step(row.command_id, 'sent');
  }

  /** One event of the table for one command, in one transaction with everything that follows from it. */
  function step(
    commandId: string,
    event: DoorEventName,
    told: { at?: UnixMillis; reason?: string | undefined; position?: DoorPosition | undefined } = {},
  ): void {
    store.transaction((tx) => {
      const row = rows.door(commandId);
      if (row === undefined) return undefined;
      const cell = doorMachine[row.state][event];
      if (cell.next === row.state && cell.effects.length === 0) return undefined;
      const at = told.at ?? clock.now();
      // An outcome for a door that has been opened anew since then is only noted.
      const overtaken =
        event.startsWith('outcome-') &&
        row.outcome !== null &&
        rows.latestDoor(row.compartment)?.command_id !== commandId;
      let next: DoorRow = overtaken ? row : { ...row, state: cell.next };
      if (!overtaken && next.state === 'opened' && row.opened_at === null) next = { ...next, opened_at: at };
      if (!overtaken && next.state === 'closed' && row.closed_at === null) next = { ...next, closed_at: at };
      let late: string | undefined;
      let ask = false;
      for (const effect of cell.effects) {
        switch (effect) {
          case 'record-ended':
            if (next.outcome === null) next = end(tx, next, event, at, told);
            break;
          case 'note-late':
            late = told.reason === undefined ? event : `${event} ${told.reason}`;
            tx.audit({
              actor: 'hall',
              action: 'door.late-outcome',
              subject: `compartment:${String(row.compartment)}`,
              detail: { commandId, outcome: late },
            });
            break;
          case 'ask-board':
            ask = !overtaken;
            break;
          case 'call-staff':
            tx.afterCommit(() => callStaff(next));
            break;
          case 'lease-opened':
          case 'lease-closed':
          case 'lease-not-opened':
          case 'lease-maybe-opened':
            if (!overtaken) followLease(tx, next, effect);
            break;
        }
      }
      next = { ...next, settled: settledAfter(row, next, overtaken) };
      rows.updateDoor(next, { reason: late === undefined ? told.reason : undefined, late });
      const done = next;
      tx.afterCommit(() => {
        if (done.outcome !== null) {
          timers.get(commandId)?.();
          timers.delete(commandId);
        }
        if (ask) askBoard(commandId);
        if (done.kiosk !== null) live.send(done.kiosk, { type: 'door', command: view(done) });
        live.changed('doors');
      });
      return undefined;
    });
  }

  /** The one outcome of a command, as a fact. */
  function end(
    tx: Transaction,
    row: DoorRow,
    event: DoorEventName,
    at: UnixMillis,
    told: { reason?: string | undefined; position?: DoorPosition | undefined },
  ): DoorRow {
    const outcome = outcomeOf(event, row);
    tx.record('door.ended', {
      commandId: row.command_id,
      compartment: row.compartment,
      outcome,
      ...(told.reason === undefined ? {} : { reason: told.reason }),
      position: told.position ?? (row.state === 'opened' ? 'open' : position(row.compartment).position),
      at: toInstant(at),
    });
    return { ...row, outcome };
  }

  function followLease(
    tx: Transaction,
    row: DoorRow,
    effect: 'lease-opened' | 'lease-closed' | 'lease-not-opened' | 'lease-maybe-opened',
  ): void {
    if (row.lease === null) return;
    const why = { actor: row.actor };
    switch (effect) {
      case 'lease-opened':
        leases.markUsed(row.lease);
        // Known late to have opened: the holder took things out after all.
        if (row.cause === 'finish') leases.apply(tx, row.lease, 'finish-intended', why);
        return;
      case 'lease-maybe-opened':
        leases.markUsed(row.lease);
        return;
      case 'lease-closed':
        if (row.cause === 'finish') leases.apply(tx, row.lease, 'emptied', why);
        else if (row.cause !== 'staff') leases.apply(tx, row.lease, 'used', why);
        return;
      case 'lease-not-opened':
        if (row.cause === 'finish') leases.apply(tx, row.lease, 'finish-failed', why);
        return;
    }
  }

  function askBoard(commandId: string): void {
    const row = rows.door(commandId);
    if (row === undefined || devices.availability(row.device) !== 'online') return;
    const queryId = ids.uuid();
    const now = clock.now();
    store.transaction(() => {
      rows.updateDoor({ ...row, query_id: queryId, queried_at: now });
      return undefined;
    });
    devices.query({
      commandId: queryId,
      device: row.device,
      compartment: row.compartment,
      expiresAt: toInstant(now + COMMAND_LIFE_MS),
    });
  }

  function callStaff(row: DoorRow): void {
    const number = String(row.compartment);
    alarms.raise(
      'door-trouble',
      row.state === 'failed'
        ? {
            zh: `${number} 号门没有弹开，请去看一下。`,
            en: `Door ${number} did not open. Please go and look.`,
          }
        : {
            zh: `不知道 ${number} 号门开了没有，请去看一下：开着还是关着。`,
            en: `It is not known whether door ${number} opened. Please go and look: open or shut.`,
          },
    );
  }

  const sensors = createDoorSensors(context, rows, places, positions, { step, askBoard });

  return {
    busy,
    intend,
    view,
    position,
    listener: sensors.listener,
    recover: () => {
      for (const row of rows.unsettledDoors()) step(row.command_id, 'restarted');
    },
    sweep: () => sensors.sweep(),
    stop: () => {
      for (const cancel of timers.values()) cancel();
      timers.clear();
    },
  };
}

/** A settled command is left alone by sensors and by recovery. Late news may open the case again, never the door. */
function settledAfter(before: DoorRow, after: DoorRow, overtaken: boolean): 0 | 1 {
  if (after.state === 'refused' || (after.state === 'closed' && after.outcome !== null)) return 1;
  const revived = !overtaken && after.state !== before.state && after.state !== 'failed';
  return revived ? 0 : before.settled;
}

function outcomeOf(event: DoorEventName, row: DoorRow): 'done' | 'refused' | 'failed' | 'unknown' {
  switch (event) {
    case 'outcome-done':
      return 'done';
    case 'outcome-refused':
      return 'refused';
    case 'outcome-failed':
      return 'failed';
    case 'outcome-unknown':
      return 'unknown';
    case 'sent':
    case 'seen-open':
    case 'seen-closed':
    case 'timed-out':
    case 'restarted':
      return row.opened_at === null ? 'unknown' : 'done';
  }
}
