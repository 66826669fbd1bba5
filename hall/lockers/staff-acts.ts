import type { CompartmentView, DoorCommandView, LeaseView } from '../../contract/hall-api.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import type { LockerParts, LockerViews } from './views.ts';

/** What staff may do with lockers, each with a reason [LK16]. */
export function createStaffActs(parts: LockerParts, views: LockerViews) {
  const { rows, leases, doors, places } = parts;
  const { store, live } = parts.context;

  function openByStaff(compartment: number, reason: string, staff: string): Result<DoorCommandView> {
    if (reason.trim() === '') return refused('reason-missing');
    if (!places.has(compartment)) return refused('not-found');
    const refusal = doors.busy(compartment);
    if (refusal !== undefined) return { ok: false, refusal };
    const lease = rows.liveLease(compartment)?.ref;
    const command = store.transaction((tx) =>
      doors.intend(tx, {
        compartment,
        lease,
        cause: 'staff',
        by: `staff:${staff}`,
        actor: `staff:${staff}`,
        kiosk: undefined,
        credential: 'staff',
        clockUnproved: false,
        reason: reason.trim(),
      }),
    );
    return accepted(doors.view(rows.door(command.command_id) ?? command));
  }

  function endLease(ref: string, reason: string, staff: string): Result<LeaseView> {
    if (reason.trim() === '') return refused('reason-missing');
    const row = rows.leaseByRef(ref);
    if (row === undefined) return refused('not-found');
    if (row.state === 'ended') return refused('lease-over');
    if (rows.pendingDoor()?.compartment === row.compartment) return refused('door-busy');
    const ended = store.transaction((tx) => {
      tx.afterCommit(() => live.changed('doors'));
      return leases.apply(tx, ref, 'staff-ended', { actor: `staff:${staff}`, reason: reason.trim() });
    });
    return accepted(views.lease(ended));
  }

  function setService(
    compartment: number,
    out: boolean,
    reason: string,
    staff: string,
  ): Result<CompartmentView> {
    if (reason.trim() === '') return refused('reason-missing');
    if (!places.has(compartment)) return refused('not-found');
    store.transaction((tx) => {
      rows.putService(compartment, out);
      tx.audit({
        actor: `staff:${staff}`,
        action: out ? 'compartment.out' : 'compartment.back',
        subject: `compartment:${String(compartment)}`,
        detail: { reason: reason.trim() },
      });
      tx.afterCommit(() => live.changed('doors'));
      return undefined;
    });
    const view = views.compartments().find((each) => each.number === compartment);
    return view === undefined ? refused('not-found') : accepted(view);
  }

  return { openByStaff, endLease, setService };
}
