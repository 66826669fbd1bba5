import type { DoorPosition, OutcomeKind } from '../../contract/messages.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { feedBodies } from '../../contract/feed.ts';
import type { CentralLease } from '../../contract/feed.ts';
import type { Database } from '../store/database.ts';
import type { DoorState } from './door.machine.ts';
import type { LeaseState } from './lease.machine.ts';

export interface LeaseRow {
  readonly ref: string;
  readonly uuid: string | null;
  readonly grant_id: string | null;
  readonly compartment: number;
  readonly origin: 'hall' | 'central' | 'grant';
  readonly member_ref: string | null;
  readonly visitor: string | null;
  readonly starts_at: UnixMillis;
  readonly ends_at: UnixMillis;
  readonly generation: number;
  readonly state: LeaseState;
  readonly made_at: UnixMillis;
  readonly maybe_used: 0 | 1;
  readonly overdue: 0 | 1;
  readonly end_requested: 0 | 1;
}

export interface DoorRow {
  readonly command_id: string;
  readonly compartment: number;
  readonly device: string;
  readonly lease: string | null;
  readonly cause: 'rent' | 'open-again' | 'finish' | 'staff';
  readonly actor: string;
  readonly kiosk: string | null;
  readonly state: DoorState;
  readonly created_at: UnixMillis;
  readonly expires_at: UnixMillis;
  readonly outcome: OutcomeKind | null;
  readonly opened_at: UnixMillis | null;
  readonly closed_at: UnixMillis | null;
  readonly left_open: 0 | 1;
  readonly query_id: string | null;
  readonly queried_at: UnixMillis | null;
  readonly settled: 0 | 1;
}

export interface CompartmentRow {
  readonly number: number;
  readonly out_of_service: 0 | 1;
  readonly position: DoorPosition;
  readonly position_at: UnixMillis | null;
}

const LEASE =
  'ref, uuid, grant_id, compartment, origin, member_ref, visitor, starts_at, ends_at, generation, state, made_at, maybe_used, overdue, end_requested';
const DOOR =
  'command_id, compartment, device, lease, cause, actor, kiosk, state, created_at, expires_at, outcome, opened_at, closed_at, left_open, query_id, queried_at, settled';

/** Texts of the hot queries, so that a test can ask SQLite for their plans. */
export const hotQueries = {
  liveLease: `SELECT ${LEASE} FROM lease WHERE compartment = ? AND state <> 'ended'`,
  leaseByGrant: `SELECT ${LEASE} FROM lease WHERE grant_id = ?`,
  liveOfMember: `SELECT ${LEASE} FROM lease WHERE member_ref = ? AND state <> 'ended'`,
  liveOfVisitor: `SELECT ${LEASE} FROM lease WHERE visitor = ? AND state <> 'ended'`,
  pendingDoor: `SELECT ${DOOR} FROM door_command WHERE settled = 0 AND state IN ('intended', 'sent') LIMIT 1`,
  latestDoor: `SELECT ${DOOR} FROM door_command WHERE compartment = ? ORDER BY created_at DESC, command_id DESC LIMIT 1`,
  feedLeaseByGrant: `SELECT body FROM feed_record WHERE type = 'lease' AND json_extract(body, '$.grantId') = ?`,
  feedLeaseOf: `SELECT body FROM feed_record WHERE type = 'lease' AND json_extract(body, '$.compartment') = ?`,
} as const;

/** SQL of the lockers, prepared once. */
export function createLockersStore(db: Database) {
  const leaseByRef = db.prepare<[string], LeaseRow>('SELECT * FROM lease WHERE ref = ?');
  const leaseByUuid = db.prepare<[string], LeaseRow>('SELECT * FROM lease WHERE uuid = ?');
  const leaseByGrant = db.prepare<[string], LeaseRow>(hotQueries.leaseByGrant);
  const liveLease = db.prepare<[number], LeaseRow>(hotQueries.liveLease);
  const liveLeases = db.prepare<[], LeaseRow>(
    "SELECT * FROM lease WHERE state <> 'ended' ORDER BY compartment",
  );
  const liveOfMember = db.prepare<[string], LeaseRow>(hotQueries.liveOfMember);
  const liveOfVisitor = db.prepare<[string], LeaseRow>(hotQueries.liveOfVisitor);
  const insertLease = db.prepare<[LeaseRow]>(
    `INSERT INTO lease (ref, uuid, grant_id, compartment, origin, member_ref, visitor, starts_at, ends_at, generation, state, made_at, maybe_used, overdue, end_requested)
     VALUES (@ref, @uuid, @grant_id, @compartment, @origin, @member_ref, @visitor, @starts_at, @ends_at, @generation, @state, @made_at, @maybe_used, @overdue, @end_requested)`,
  );
  const updateLease = db.prepare<[LeaseRow & { ended_at: number | null; ended_cause: string | null }]>(
    `UPDATE lease SET uuid = @uuid, ends_at = @ends_at, generation = @generation, state = @state, maybe_used = @maybe_used, overdue = @overdue,
       end_requested = @end_requested, ended_at = coalesce(@ended_at, ended_at), ended_cause = coalesce(@ended_cause, ended_cause) WHERE ref = @ref`,
  );
  const feedByGrant = db.prepare<[string], string>(hotQueries.feedLeaseByGrant).pluck();
  const feedOf = db.prepare<[number], string>(hotQueries.feedLeaseOf).pluck();

  const insertDoor = db.prepare<[DoorRow]>(
    `INSERT INTO door_command (command_id, compartment, device, lease, cause, actor, kiosk, state, created_at, expires_at)
     VALUES (@command_id, @compartment, @device, @lease, @cause, @actor, @kiosk, @state, @created_at, @expires_at)`,
  );
  const updateDoor = db.prepare<[DoorRow & { outcome_reason: string | null; late_outcome: string | null }]>(
    `UPDATE door_command SET state = @state, outcome = @outcome, outcome_reason = coalesce(@outcome_reason, outcome_reason),
       late_outcome = coalesce(@late_outcome, late_outcome), opened_at = @opened_at, closed_at = @closed_at, left_open = @left_open,
       query_id = @query_id, queried_at = @queried_at, settled = @settled WHERE command_id = @command_id`,
  );
  const door = db.prepare<[string], DoorRow>('SELECT * FROM door_command WHERE command_id = ?');
  const doorByQuery = db.prepare<[string], DoorRow>('SELECT * FROM door_command WHERE query_id = ?');
  const pendingDoor = db.prepare<[], DoorRow>(hotQueries.pendingDoor);
  const unsettled = db.prepare<[], DoorRow>(
    'SELECT * FROM door_command WHERE settled = 0 ORDER BY created_at',
  );
  const latestDoor = db.prepare<[number], DoorRow>(hotQueries.latestDoor);

  const putCompartment = db.prepare<[number]>(
    'INSERT INTO compartment (number) VALUES (?) ON CONFLICT DO NOTHING',
  );
  const compartments = db.prepare<[], CompartmentRow>('SELECT * FROM compartment');
  const putPosition = db.prepare<[string, number, number]>(
    'UPDATE compartment SET position = ?, position_at = ? WHERE number = ?',
  );
  const putService = db.prepare<[number, number]>(
    'UPDATE compartment SET out_of_service = ? WHERE number = ?',
  );

  const ceded = db.prepare<[], { number: number; back_epoch: number | null; back_seq: number | null }>(
    'SELECT number, back_epoch, back_seq FROM ceded_compartment',
  );
  const cede = db.prepare<[number]>(
    'INSERT INTO ceded_compartment (number) VALUES (?) ON CONFLICT (number) DO UPDATE SET back_epoch = NULL, back_seq = NULL',
  );
  const takeBack = db.prepare<[number, number]>(
    'UPDATE ceded_compartment SET back_epoch = (SELECT max(epoch) FROM epoch), back_seq = ? WHERE number = ? AND back_seq IS NULL',
  );
  const forgetReturned = db.prepare(
    `DELETE FROM ceded_compartment WHERE back_seq IS NOT NULL
       AND EXISTS (SELECT 1 FROM epoch WHERE epoch.epoch = back_epoch AND epoch.acked_seq >= back_seq)`,
  );

  const parseFeed = (text: string): CentralLease => feedBodies.lease.parse(JSON.parse(text));

  return {
    leaseByRef: (ref: string) => leaseByRef.get(ref),
    leaseByUuid: (uuid: string) => leaseByUuid.get(uuid),
    leaseByGrant: (grantId: string) => leaseByGrant.get(grantId),
    liveLease: (compartment: number) => liveLease.get(compartment),
    liveLeases: () => liveLeases.all(),
    liveOfMember: (memberRef: string) => liveOfMember.get(memberRef),
    liveOfVisitor: (visitor: string) => liveOfVisitor.get(visitor),
    insertLease: (row: LeaseRow) => {
      insertLease.run(row);
    },
    updateLease: (row: LeaseRow, end?: { at: UnixMillis; cause: string }) => {
      updateLease.run({ ...row, ended_at: end?.at ?? null, ended_cause: end?.cause ?? null });
    },
    feedLeaseByGrant: (grantId: string): CentralLease | undefined => {
      const text = feedByGrant.get(grantId);
      return text === undefined ? undefined : parseFeed(text);
    },
    feedLeasesOf: (compartment: number): CentralLease[] => feedOf.all(compartment).map(parseFeed),

    insertDoor: (row: DoorRow) => {
      insertDoor.run(row);
    },
    updateDoor: (row: DoorRow, words: { reason?: string | undefined; late?: string | undefined } = {}) => {
      updateDoor.run({ ...row, outcome_reason: words.reason ?? null, late_outcome: words.late ?? null });
    },
    door: (commandId: string) => door.get(commandId),
    doorByQuery: (queryId: string) => doorByQuery.get(queryId),
    /** The one command without an outcome, if any. */
    pendingDoor: () => pendingDoor.get(),
    unsettledDoors: () => unsettled.all(),
    latestDoor: (compartment: number) => latestDoor.get(compartment),

    putCompartments: (numbers: readonly number[]) => {
      for (const number of numbers) putCompartment.run(number);
    },
    compartments: () => new Map(compartments.all().map((row) => [row.number, row])),
    putPosition: (compartment: number, position: DoorPosition, at: UnixMillis) => {
      putPosition.run(position, at, compartment);
    },
    putService: (compartment: number, out: boolean) => {
      putService.run(out ? 1 : 0, compartment);
    },

    ceded: () => ceded.all(),
    cede: (number: number) => {
      cede.run(number);
    },
    takeBack: (number: number, seq: number) => {
      takeBack.run(seq, number);
    },
    /** Compartments whose return central has acknowledged are the hall's own again. */
    forgetReturned: () => {
      forgetReturned.run();
    },
  };
}

export type LockersStore = ReturnType<typeof createLockersStore>;
