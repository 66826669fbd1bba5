import type { FactBody } from '../../contract/facts.ts';
import type { CentralLease } from '../../contract/feed.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { fromInstant, toInstant } from '../../contract/time.ts';
import type { HallContext, Transaction } from '../ports.ts';
import { leaseMachine } from './lease.machine.ts';
import type { LeaseEventName } from './lease.machine.ts';
import type { LeaseRow, LockersStore } from './lockers.store.ts';

/** Leases: the only place that writes their state, always through the table. */
export interface Leases {
  /** One event of the table; returns the row as it is afterwards. */
  apply(
    tx: Transaction,
    ref: string,
    event: LeaseEventName,
    why: { actor: string; reason?: string },
  ): LeaseRow;
  /** Things may be inside from now on, whatever the machine says. */
  markUsed(ref: string): void;
  insert(tx: Transaction, row: LeaseRow): void;
  /** A lease central made, as a row; undefined when it is over or its compartment is not free. */
  fromCentral(body: CentralLease): LeaseRow;
  /** What central says about a lease now (null: nothing any more). */
  heard(
    tx: Transaction,
    uuid: string,
    body: CentralLease | null,
    hasCompartment: (number: number) => boolean,
  ): void;
  /** Ends what is unused, marks what may be in use. */
  withdraw(tx: Transaction, row: LeaseRow, actor: string): void;
}

export function createLeases(context: Pick<HallContext, 'clock' | 'alarms'>, rows: LockersStore): Leases {
  const { clock, alarms } = context;

  function apply(
    tx: Transaction,
    ref: string,
    event: LeaseEventName,
    why: { actor: string; reason?: string },
  ): LeaseRow {
    const row = rows.leaseByRef(ref);
    if (row === undefined) throw new Error(`no lease ${ref}`);
    const cell = leaseMachine[row.state][event];
    const at = clock.now();
    let next: LeaseRow = { ...row, state: cell.next };
    let end: { at: UnixMillis; cause: FactBody<'lease.ended'>['cause'] } | undefined;
    for (const effect of cell.effects) {
      switch (effect) {
        case 'record-activated':
          next = { ...next, maybe_used: 1 };
          tx.record('lease.activated', { lease: ref, at: toInstant(at) });
          break;
        case 'record-ended-finished':
          end = { at, cause: 'finished' };
          break;
        case 'record-ended-never-opened':
          end = { at, cause: 'never-opened' };
          break;
        case 'record-ended-expired':
          end = { at, cause: 'expired' };
          break;
        case 'record-ended-staff':
          end = { at, cause: 'staff' };
          break;
        case 'mark-overdue':
          if (row.overdue === 0) tell(tx, 'lease-overdue', row.compartment, 'overdue');
          next = { ...next, overdue: 1 };
          break;
        case 'mark-end-requested':
          if (row.end_requested === 0) tell(tx, 'lease-end-requested', row.compartment, 'end-requested');
          next = { ...next, end_requested: 1 };
          break;
      }
    }
    rows.updateLease(next, end);
    if (end !== undefined) {
      tx.record('lease.ended', { lease: ref, at: toInstant(end.at), cause: end.cause });
      tx.audit({
        actor: why.actor,
        action: 'lease.end',
        subject: ref,
        detail: {
          compartment: row.compartment,
          cause: end.cause,
          ...(why.reason === undefined ? {} : { reason: why.reason }),
        },
      });
    }
    return next;
  }

  function tell(tx: Transaction, kind: string, compartment: number, why: 'overdue' | 'end-requested'): void {
    const zh = why === 'overdue' ? '租用到时间了，东西可能还在里面' : '租用已停用，东西可能还在里面';
    const en =
      why === 'overdue'
        ? 'the time is over and things may be inside'
        : 'the lease was withdrawn and things may be inside';
    tx.afterCommit(() =>
      alarms.raise(kind, {
        zh: `${String(compartment)} 号柜${zh}。请联系本人，再由工作人员开柜。`,
        en: `Locker ${String(compartment)}: ${en}. Contact the person, then open it by staff.`,
      }),
    );
  }

  const fromCentral = (body: CentralLease): LeaseRow => ({
    ref: body.id,
    uuid: body.id,
    grant_id: body.grantId,
    compartment: body.compartment,
    origin: 'central',
    member_ref: 'memberRef' in body.holder ? body.holder.memberRef : null,
    visitor: 'visitor' in body.holder ? body.holder.visitor : null,
    starts_at: fromInstant(body.startsAt),
    ends_at: fromInstant(body.endsAt),
    generation: body.generation,
    // Active at central but unknown here (a restored hall): somebody's things are inside.
    state: body.state === 'made' ? 'made' : 'active',
    made_at: clock.now(),
    maybe_used: body.state === 'made' ? 0 : 1,
    overdue: 0,
    end_requested: 0,
  });

  function withdraw(tx: Transaction, row: LeaseRow, actor: string): void {
    if (row.state === 'ended') return;
    apply(tx, row.ref, row.maybe_used === 1 ? 'end-requested' : 'withdrawn', { actor });
  }

  function heard(
    tx: Transaction,
    uuid: string,
    body: CentralLease | null,
    hasCompartment: (number: number) => boolean,
  ): void {
    const row = rows.leaseByUuid(uuid) ?? (body === null ? undefined : rows.leaseByGrant(body.grantId));
    if (body === null || body.state === 'ended' || body.state === 'end-requested') {
      // The hall rules the door: an end from outside is a request [LK10]. Central drops ended leases too.
      if (row !== undefined) withdraw(tx, row, 'central');
      return;
    }
    if (row !== undefined) {
      if (row.state === 'ended') return;
      rows.updateLease({
        ...row,
        uuid: row.uuid ?? uuid,
        ends_at: fromInstant(body.endsAt),
        generation: body.generation,
      });
      return;
    }
    if (!hasCompartment(body.compartment) || fromInstant(body.endsAt) <= clock.now()) return;
    if (rows.liveLease(body.compartment) !== undefined) {
      tx.audit({
        actor: 'central',
        action: 'lease.collides',
        subject: uuid,
        detail: { compartment: body.compartment },
      });
      tx.afterCommit(() =>
        alarms.raise('lease-collides', {
          zh: `${String(body.compartment)} 号柜已有人用，中心又租给了别人。来人时请安排别的柜子。`,
          en: `Locker ${String(body.compartment)} is in use and central rented it to somebody else. Give that person another locker.`,
        }),
      );
      return;
    }
    rows.insertLease(fromCentral(body));
  }

  return {
    apply,
    markUsed: (ref) => {
      const row = rows.leaseByRef(ref);
      if (row !== undefined && row.maybe_used === 0) rows.updateLease({ ...row, maybe_used: 1 });
    },
    insert: (tx, row) => {
      rows.insertLease(row);
      // Central knows its own leases; it learns the others from this fact.
      if (row.origin === 'central') return;
      tx.record('lease.made', {
        lease: row.ref,
        compartment: row.compartment,
        holder: row.member_ref === null ? { visitor: row.visitor ?? '' } : { memberRef: row.member_ref },
        startsAt: toInstant(row.starts_at),
        endsAt: toInstant(row.ends_at),
        origin: row.origin,
      });
    },
    fromCentral,
    heard,
    withdraw,
  };
}
