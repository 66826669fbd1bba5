import type { Purpose } from '../../contract/access-code.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { fromInstant } from '../../contract/time.ts';
import type { Database } from '../store/database.ts';
import type { LimitState } from './limits.rules.ts';
import { freshLimit } from './limits.rules.ts';

export interface GrantUse {
  /** Step of the last accepted moving part. */
  readonly lastStep: number | undefined;
  readonly uses: number;
}

/** Texts of the hot queries, so that a test can ask SQLite for their plans. */
export const hotQueries = {
  use: 'SELECT last_step, uses FROM grant_use WHERE grant_id = ?',
  dropUses: 'DELETE FROM grant_use WHERE ends_at < ?',
  limit: 'SELECT wrong, level, off_until, at FROM typed_limit WHERE scope = ?',
  denyGrant:
    "SELECT json_extract(body, '$.until') FROM feed_record WHERE type = 'deny' AND json_extract(body, '$.grantId') = ?",
  denyMember:
    "SELECT json_extract(body, '$.until') FROM feed_record WHERE type = 'deny' AND json_extract(body, '$.memberRef') = ?",
  believedFact: "SELECT occurred_at FROM outbox WHERE clock = 'synced' ORDER BY epoch DESC, seq DESC LIMIT 1",
} as const;

/** SQL of the access feature, prepared once: it is on the way of every check-in and every opening. */
export function createAccessStore(db: Database) {
  const use = db.prepare<[string], { last_step: number | null; uses: number }>(hotQueries.use);
  const putUse = db.prepare<[string, string, number | null, number, number, number]>(
    `INSERT INTO grant_use (grant_id, purpose, last_step, uses, unproved_uses, last_used_at, ends_at) VALUES (?, ?, ?, 1, ?, ?, ?)
     ON CONFLICT (grant_id) DO UPDATE SET
       last_step = max(coalesce(last_step, -1), coalesce(excluded.last_step, -1)),
       uses = uses + 1,
       unproved_uses = unproved_uses + excluded.unproved_uses,
       last_used_at = excluded.last_used_at,
       ends_at = max(ends_at, excluded.ends_at)`,
  );
  // The steps stay used: only the once-per-grant count goes back.
  const freeUse = db.prepare<[string]>('UPDATE grant_use SET uses = 0 WHERE grant_id = ?');
  const dropUses = db.prepare<[number]>(hotQueries.dropUses);

  const limit = db.prepare<[string], { wrong: string; level: number; off_until: number; at: number }>(
    hotQueries.limit,
  );
  const putLimit = db.prepare<[string, string, number, number, number]>(
    `INSERT INTO typed_limit (scope, wrong, level, off_until, at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (scope) DO UPDATE SET wrong = excluded.wrong, level = excluded.level, off_until = excluded.off_until, at = excluded.at`,
  );
  const dropLimits = db.prepare<[number, number]>('DELETE FROM typed_limit WHERE at < ? AND off_until < ?');

  const denyGrant = db.prepare<[string], string>(hotQueries.denyGrant).pluck();
  const denyMember = db.prepare<[string], string>(hotQueries.denyMember).pluck();
  const believedFact = db.prepare<[], string>(hotQueries.believedFact).pluck();

  return {
    use: (grantId: string): GrantUse | undefined => {
      const row = use.get(grantId);
      if (row === undefined) return undefined;
      return {
        uses: row.uses,
        lastStep: row.last_step === null || row.last_step < 0 ? undefined : row.last_step,
      };
    },
    recordUse: (row: {
      grantId: string;
      purpose: Purpose;
      step: number | undefined;
      unproved: boolean;
      at: UnixMillis;
      endsAt: UnixMillis;
    }): void => {
      putUse.run(row.grantId, row.purpose, row.step ?? null, row.unproved ? 1 : 0, row.at, row.endsAt);
    },
    freeUse: (grantId: string): void => {
      freeUse.run(grantId);
    },
    limit: (scope: string): LimitState => {
      const row = limit.get(scope);
      if (row === undefined) return freshLimit;
      return {
        wrong: JSON.parse(row.wrong) as number[],
        level: row.level,
        offUntil: row.off_until,
        at: row.at,
      };
    },
    putLimit: (scope: string, state: LimitState): void => {
      putLimit.run(scope, JSON.stringify(state.wrong), state.level, state.offUntil, state.at);
    },
    /** Until when entries of the deny list hold for this grant, this member or both. */
    deniedUntil: (grantId: string | undefined, memberRef: string): UnixMillis[] =>
      [...(grantId === undefined ? [] : denyGrant.all(grantId)), ...denyMember.all(memberRef)].map(
        fromInstant,
      ),
    /** Time of the newest fact that was written by a believed clock. */
    lastBelievedAt: (): UnixMillis | undefined => {
      const at = believedFact.get();
      return at === undefined ? undefined : fromInstant(at);
    },
    /** Forgets grants whose window ended before `usesBefore` and limits untouched since `limitsBefore`. */
    prune: (usesBefore: UnixMillis, limitsBefore: UnixMillis, now: UnixMillis): void => {
      dropUses.run(usesBefore);
      dropLimits.run(limitsBefore, now);
    },
  };
}

export type AccessStore = ReturnType<typeof createAccessStore>;
