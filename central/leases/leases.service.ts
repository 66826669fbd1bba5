import { deriveKey, typedDigits } from '../../contract/access-code.ts';
import type { z } from 'zod';
import type { PhoneLease } from '../../contract/central-api.ts';
import type { Holder } from '../../contract/facts.ts';
import type { CentralLease } from '../../contract/feed.ts';
import type { Result } from '../../contract/refusals.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import { toInstant } from '../../contract/time.ts';
import type { Base } from '../base.ts';
import type { Grants } from '../grants/grants.service.ts';
import type { Keys } from '../keys/keys.service.ts';
import type { Sql, Tx } from '../store/sql.ts';
import { one } from '../store/sql.ts';

const MINUTE = 60_000;
/** A locker grant lives two hours longer than the lease, so that goods can be fetched late. */
const GRANT_EXTRA = 120 * MINUTE;

export type Size = 'small' | 'medium' | 'large';

export interface LeaseRow {
  readonly hall: number;
  readonly id: string;
  readonly grant_id: string | null;
  readonly compartment: number;
  readonly holder: string;
  readonly member_ref: string | null;
  readonly starts_at: number;
  readonly ends_at: number;
  readonly generation: number;
  readonly state: CentralLease['state'];
  readonly origin: 'central' | 'hall' | 'grant';
  readonly key_epoch: number | null;
}

export interface Leases {
  /** Rents a free compartment of the ceded pool, lowest number first. The hall must be locked. */
  rent(
    tx: Tx,
    hall: number,
    memberRef: string,
    wish: { size: Size; minutes: number },
  ): Promise<Result<LeaseRow>>;
  /** A new typed code: generation + 1. */
  reissue(tx: Tx, hall: number, memberRef: string, id: string): Promise<Result<LeaseRow>>;
  ofMember(sql: Sql, hall: number, memberRef: string): Promise<LeaseRow[]>;
  toPhone(sql: Sql, row: LeaseRow): Promise<z.infer<typeof PhoneLease>>;
  free(sql: Sql, hall: number): Promise<Record<Size, number>>;
  replacePool(
    tx: Tx,
    hall: number,
    compartments: readonly { readonly number: number; readonly size: Size }[],
  ): Promise<void>;
  /** By lease UUID, or by grant id when the hall first learnt it from a grant. */
  find(sql: Sql, hall: number, ref: string): Promise<LeaseRow | undefined>;
  setState(tx: Tx, row: LeaseRow, state: CentralLease['state']): Promise<void>;
  /** A lease the hall made: kept as it is told. */
  recordHallLease(
    tx: Tx,
    hall: number,
    lease: {
      ref: string;
      compartment: number;
      holder: Holder;
      startsAt: number;
      endsAt: number;
      origin: 'hall' | 'grant';
    },
  ): Promise<LeaseRow>;
  /** Central's live lease on the compartment, if there is one. */
  centralOn(sql: Sql, hall: number, compartment: number): Promise<LeaseRow | undefined>;
  /** Gives the holder another compartment of the pool with a new code; undefined when none is free (the lease ends then). */
  move(tx: Tx, row: LeaseRow): Promise<LeaseRow | undefined>;
}

/** A compartment of the pool that nobody, central or hall, has leased. */
const FREE = `
  FROM pool p WHERE p.hall = $1
    AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.hall = p.hall AND l.compartment = p.compartment AND l.state <> 'ended')`;

export function createLeases(base: Base, keys: Keys, grants: Grants): Leases {
  const { clock, feed, ids } = base;
  const send = async (tx: Tx, row: LeaseRow): Promise<void> => {
    // Only central's leases go down: the hall knows its own.
    if (row.origin !== 'central' || row.grant_id === null) return;
    await feed.put(tx, row.hall, 'lease', {
      id: row.id,
      grantId: row.grant_id,
      compartment: row.compartment,
      holder: JSON.parse(row.holder) as Holder,
      startsAt: toInstant(row.starts_at),
      endsAt: toInstant(row.ends_at),
      generation: row.generation,
      state: row.state,
    });
  };
  const freeOf = async (tx: Tx, hall: number, size: Size): Promise<number | undefined> =>
    (
      await one<{ compartment: number }>(
        tx,
        `SELECT p.compartment ${FREE} AND p.size = $2 ORDER BY p.compartment LIMIT 1`,
        [hall, size],
      )
    )?.compartment;
  const find: Leases['find'] = (sql, hall, ref) =>
    one<LeaseRow>(sql, 'SELECT * FROM lease WHERE hall = $1 AND (id = $2 OR grant_id = $2)', [hall, ref]);
  const grantFor = (row: LeaseRow, memberRef: string, grantId: string) => ({
    subject: `lease:${row.id}`,
    purpose: 'locker' as const,
    memberRef,
    target: row.compartment,
    notBefore: row.starts_at,
    notAfter: row.ends_at + GRANT_EXTRA,
    grantId,
  });
  const setState: Leases['setState'] = async (tx, row, state) => {
    await tx.query('UPDATE lease SET state = $3 WHERE hall = $1 AND id = $2', [row.hall, row.id, state]);
    if (state === 'ended') await grants.revoke(tx, row.hall, `lease:${row.id}`);
    await send(tx, { ...row, state });
  };

  return {
    find,
    setState,
    rent: async (tx, hall, memberRef, wish) => {
      const mine = await one<LeaseRow>(
        tx,
        "SELECT * FROM lease WHERE hall = $1 AND member_ref = $2 AND state <> 'ended' LIMIT 1",
        [hall, memberRef],
      );
      if (mine !== undefined) return refused('member-has-lease', { compartment: mine.compartment });
      const compartment = await freeOf(tx, hall, wish.size);
      if (compartment === undefined) return refused('no-free-compartment');
      const now = Math.floor(clock.now() / 1000) * 1000;
      const { epoch } = await keys.hallKeyAt(tx, hall, now);
      const grantId = grants.newGrantId();
      const row: LeaseRow = {
        hall,
        id: ids.uuid(),
        grant_id: grantId,
        compartment,
        holder: JSON.stringify({ memberRef }),
        member_ref: memberRef,
        starts_at: now,
        ends_at: now + wish.minutes * MINUTE,
        generation: 0,
        state: 'made',
        origin: 'central',
        key_epoch: epoch,
      };
      await tx.query(
        "INSERT INTO lease (hall, id, grant_id, compartment, holder, member_ref, starts_at, ends_at, generation, state, origin, key_epoch) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 'made', 'central', $9)",
        [hall, row.id, grantId, compartment, row.holder, memberRef, row.starts_at, row.ends_at, epoch],
      );
      await grants.issue(tx, hall, grantFor(row, memberRef, grantId));
      await send(tx, row);
      return accepted(row);
    },
    reissue: async (tx, hall, memberRef, id) => {
      const row = await find(tx, hall, id);
      if (row === undefined || row.member_ref !== memberRef || row.origin !== 'central')
        return refused('not-found');
      if (row.state === 'ended' || row.generation >= 255) return refused('lease-over');
      const changed: LeaseRow = { ...row, generation: row.generation + 1 };
      await tx.query('UPDATE lease SET generation = $3 WHERE hall = $1 AND id = $2', [
        hall,
        row.id,
        changed.generation,
      ]);
      await send(tx, changed);
      return accepted(changed);
    },
    ofMember: (sql, hall, memberRef) =>
      sql.query<LeaseRow>(
        "SELECT * FROM lease WHERE hall = $1 AND member_ref = $2 AND origin = 'central' ORDER BY starts_at DESC, id DESC LIMIT 20",
        [hall, memberRef],
      ),
    toPhone: async (sql, row) => {
      const size =
        (
          await one<{ size: Size }>(sql, 'SELECT size FROM pool WHERE hall = $1 AND compartment = $2', [
            row.hall,
            row.compartment,
          ])
        )?.size ?? 'small';
      const typed = deriveKey(await keys.hallKey(sql, row.hall, row.key_epoch ?? 1), 'typed-code');
      return {
        id: row.id,
        compartment: row.compartment,
        size,
        startsAt: toInstant(row.starts_at),
        endsAt: toInstant(row.ends_at),
        state: row.state,
        digits: typedDigits(typed, row.id, row.compartment, row.generation),
        grantId: row.grant_id ?? '',
      };
    },
    free: async (sql, hall) => {
      const counts: Record<Size, number> = { small: 0, medium: 0, large: 0 };
      for (const row of await sql.query<{ size: Size; count: number }>(
        `SELECT p.size, count(*)::int AS count ${FREE} GROUP BY p.size`,
        [hall],
      ))
        counts[row.size] = row.count;
      return counts;
    },
    replacePool: async (tx, hall, compartments) => {
      await tx.query('DELETE FROM pool WHERE hall = $1', [hall]);
      for (const each of compartments)
        await tx.query(
          'INSERT INTO pool (hall, compartment, size) VALUES ($1, $2, $3) ON CONFLICT (hall, compartment) DO UPDATE SET size = $3',
          [hall, each.number, each.size],
        );
    },
    recordHallLease: async (tx, hall, lease) => {
      const memberRef = 'memberRef' in lease.holder ? lease.holder.memberRef : null;
      const byGrant = !lease.ref.includes('-');
      const row = await one<LeaseRow>(
        tx,
        "INSERT INTO lease (hall, id, grant_id, compartment, holder, member_ref, starts_at, ends_at, state, origin) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'made', $9) RETURNING *",
        [
          hall,
          lease.ref,
          byGrant ? lease.ref : null,
          lease.compartment,
          JSON.stringify(lease.holder),
          memberRef,
          lease.startsAt,
          lease.endsAt,
          lease.origin,
        ],
      );
      if (row === undefined) throw new Error('the lease was not written');
      return row;
    },
    centralOn: (sql, hall, compartment) =>
      one<LeaseRow>(
        sql,
        "SELECT * FROM lease WHERE hall = $1 AND compartment = $2 AND origin = 'central' AND state <> 'ended'",
        [hall, compartment],
      ),
    move: async (tx, row) => {
      const size =
        (
          await one<{ size: Size }>(tx, 'SELECT size FROM pool WHERE hall = $1 AND compartment = $2', [
            row.hall,
            row.compartment,
          ])
        )?.size ?? 'small';
      const compartment = await freeOf(tx, row.hall, size);
      if (compartment === undefined || row.member_ref === null) {
        await setState(tx, row, 'ended');
        return undefined;
      }
      const grantId = grants.newGrantId();
      const moved: LeaseRow = { ...row, compartment, grant_id: grantId };
      await tx.query('UPDATE lease SET compartment = $3, grant_id = $4 WHERE hall = $1 AND id = $2', [
        row.hall,
        row.id,
        compartment,
        grantId,
      ]);
      await grants.issue(tx, row.hall, grantFor(moved, row.member_ref, grantId));
      await send(tx, moved);
      return moved;
    },
  };
}
