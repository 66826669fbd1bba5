import type { Millis } from '../../contract/ports.ts';
import type { Result } from '../../contract/refusals.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Base } from '../base.ts';
import { one } from '../store/sql.ts';

const MINUTE = 60_000;

export interface TryLimit {
  /** Begins the subject's name in the table. */
  readonly kind: string;
  readonly count: number;
  readonly within: Millis;
}

/** Counts one try of a subject and says whether it is still allowed; tries are kept in the database, so a restart forgets nothing [PH3]. */
export async function countTry(base: Base, limit: TryLimit, subject: string): Promise<Result<void>> {
  const name = `${limit.kind}:${subject}`;
  const now = base.clock.now();
  return base.db.transaction(async (tx): Promise<Result<void>> => {
    // One subject's tries stand in line: two at the same moment are not both the last allowed one.
    await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [name]);
    await tx.query('DELETE FROM phone_try WHERE subject = $1 AND at <= $2', [name, now - limit.within]);
    const seen = await one<{ count: number; oldest: number | null }>(
      tx,
      'SELECT count(*)::int AS count, min(at) AS oldest FROM phone_try WHERE subject = $1',
      [name],
    );
    if (seen !== undefined && seen.count >= limit.count) {
      const wait = (seen.oldest ?? now) + limit.within - now;
      return refused('too-many-tries', { minutes: Math.max(1, Math.ceil(wait / MINUTE)) });
    }
    await tx.query('INSERT INTO phone_try (subject, at) VALUES ($1, $2)', [name, now]);
    return accepted(undefined);
  });
}
