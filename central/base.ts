import type { Clock, Ids, Random } from '../contract/ports.ts';
import type { Refusal, Result } from '../contract/refusals.ts';
import type { FeedStore } from './store/feed.store.ts';
import type { Database, Tx } from './store/sql.ts';

/** What every part of central is handed. */
export interface Base {
  readonly db: Database;
  readonly feed: FeedStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly log: Log;
}

export interface Log {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** A refusal on its way out of a transaction that must be rolled back. */
export class RolledBack extends Error {
  override readonly name = 'RolledBack';
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

/** One transaction whose refusals leave nothing behind. */
export async function attempt<T>(db: Database, work: (tx: Tx) => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await db.transaction(async (tx) => {
      const result = await work(tx);
      if (!result.ok) throw new RolledBack(result.refusal);
      return result;
    });
  } catch (error) {
    if (error instanceof RolledBack) return { ok: false, refusal: error.refusal };
    throw error;
  }
}
