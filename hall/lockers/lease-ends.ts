import type { FeedBody } from '../../contract/feed.ts';
import { fromInstant } from '../../contract/time.ts';
import type { Transaction } from '../ports.ts';
import { SLACK_MS } from './find-lease.ts';
import { NEVER_OPENED_MS } from './lockers.rules.ts';
import type { LockerParts } from './views.ts';

/** What time and the deny list do to leases. */
export function createLeaseEnds(parts: LockerParts) {
  const { rows, leases, access } = parts;
  const { store, live } = parts.context;

  /** Leases whose time is over, and rentals that never began [LK11]. */
  function sweepLeases(): void {
    const time = access.now();
    const due = rows.liveLeases().filter((row) => {
      if (
        row.origin === 'hall' &&
        row.state === 'made' &&
        row.maybe_used === 0 &&
        time.at - row.made_at >= NEVER_OPENED_MS
      )
        return true;
      // An unproved clock ends nothing: things would be locked in or given away.
      return time.proved && row.overdue === 0 && time.at > row.ends_at + SLACK_MS;
    });
    if (due.length === 0) return;
    const moving = rows.pendingDoor()?.compartment;
    store.transaction((tx) => {
      for (const row of due) {
        if (row.compartment === moving) continue;
        const why = { actor: 'hall' };
        if (row.maybe_used === 1 || row.state !== 'made') leases.apply(tx, row.ref, 'overdue', why);
        else leases.apply(tx, row.ref, time.at > row.ends_at ? 'lapsed' : 'never-opened', why);
      }
      tx.afterCommit(() => live.changed('doors'));
      return undefined;
    });
  }

  function onDeny(tx: Transaction, body: FeedBody<'deny'>): void {
    if (fromInstant(body.until) <= access.now().at) return;
    for (const row of rows.liveLeases()) {
      const byGrant = body.grantId !== undefined && row.grant_id === body.grantId;
      const byMember = body.memberRef !== undefined && row.member_ref === body.memberRef;
      if (byGrant || byMember) leases.withdraw(tx, row, 'central');
    }
  }

  return { sweepLeases, onDeny };
}
