import type { FeedBody, FeedPage, FeedType } from '../../contract/feed.ts';
import { checksumBuckets, feedBodies, feedId } from '../../contract/feed.ts';
import type { Checksums } from '../../contract/feed.ts';
import { canonicalJson } from '../../contract/facts.ts';
import type { Clock } from '../../contract/ports.ts';
import type { Notifier } from './notifier.ts';
import type { Database, Sql, Tx } from './sql.ts';
import { one } from './sql.ts';

/**
 * The feed of one hall: the newest form of every record (`feed_record`) under the number of its
 * last change, and a log of changes without bodies for checksums at a cursor.
 */

export interface HallRow {
  readonly id: number;
  readonly name: string;
  readonly time_zone: string;
  readonly help_phone: string;
  readonly created_at: number;
  readonly feed_epoch: string;
  readonly cursor: number;
  readonly pruned_through: number;
  readonly last_contact_at: number | null;
}

/** Locks the hall's row till COMMIT. Every transaction that writes for a hall begins with it (CE3): one order of locks, no deadlock, no feed number out of order. */
export async function lockHall(tx: Tx, hall: number): Promise<HallRow | undefined> {
  return one<HallRow>(tx, 'SELECT * FROM hall WHERE id = $1 FOR UPDATE', [hall]);
}

export interface FeedStore {
  /** Puts the whole record; unchanged bodies make no change. The hall must be locked. A body that does not fit its schema is a defect and throws. */
  put<T extends FeedType>(tx: Tx, hall: number, type: T, body: FeedBody<T>): Promise<void>;
  remove(tx: Tx, hall: number, type: FeedType, id: string): Promise<void>;
  /** Changes after the cursor, in order. `gone`: another feed epoch, or a cursor too old or from the future. */
  page(
    hall: number,
    from: { readonly feedEpoch?: string | undefined; readonly cursor: number },
    limit: number,
  ): Promise<FeedPage | 'gone' | 'unknown-hall'>;
  snapshot(hall: number): Promise<FeedPage | 'unknown-hall'>;
  checksums(hall: number, at: number | undefined): Promise<Checksums | 'gone' | 'unknown-hall'>;
  /** Forgets tombstones and log lines older than `before`; later requests from before them get `gone`. */
  prune(hall: number, before: number): Promise<void>;
}

interface RecordRow {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly cursor: number;
  readonly op: 'put' | 'remove';
  readonly body: string | null;
}

export function createFeedStore(db: Database, clock: Clock, notifier: Notifier): FeedStore {
  const change = async (
    tx: Tx,
    hall: number,
    type: FeedType,
    id: string,
    version: number,
    body: string | null,
  ): Promise<void> => {
    const numbered = await one<{ cursor: number }>(
      tx,
      'UPDATE hall SET cursor = cursor + 1 WHERE id = $1 RETURNING cursor',
      [hall],
    );
    if (numbered === undefined) throw new Error(`hall ${String(hall)} is not there`);
    const op = body === null ? 'remove' : 'put';
    const at = clock.now();
    await tx.query(
      `INSERT INTO feed_record (hall, type, id, version, cursor, op, body, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (hall, type, id) DO UPDATE SET version = $4, cursor = $5, op = $6, body = $7, changed_at = $8`,
      [hall, type, id, version, numbered.cursor, op, body, at],
    );
    await tx.query(
      'INSERT INTO feed_change (hall, cursor, type, id, version, op, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [hall, numbered.cursor, type, id, version, op, at],
    );
    tx.afterCommit(() => {
      notifier.wake(hall);
    });
  };
  const present = (tx: Tx, hall: number, type: string, id: string) =>
    one<{ version: number; op: string; body: string | null }>(
      tx,
      'SELECT version, op, body FROM feed_record WHERE hall = $1 AND type = $2 AND id = $3',
      [hall, type, id],
    );

  return {
    put: async (tx, hall, type, body) => {
      const parsed = feedBodies[type].parse(body) as FeedBody<typeof type> & Record<string, unknown>;
      const id = feedId(type, parsed);
      const text = canonicalJson(parsed);
      const before = await present(tx, hall, type, id);
      if (before?.body === text) return;
      await change(tx, hall, type, id, (before?.version ?? 0) + 1, text);
    },
    remove: async (tx, hall, type, id) => {
      const before = await present(tx, hall, type, id);
      if (before === undefined || before.op === 'remove') return;
      await change(tx, hall, type, id, before.version + 1, null);
    },
    page: async (hall, from, limit) => {
      const row = await one<HallRow>(db, 'SELECT * FROM hall WHERE id = $1', [hall]);
      if (row === undefined) return 'unknown-hall';
      if (isGone(row, from)) return 'gone';
      const rows = await db.query<RecordRow>(
        'SELECT type, id, version, cursor, op, body FROM feed_record WHERE hall = $1 AND cursor > $2 ORDER BY cursor LIMIT $3',
        [hall, from.cursor, limit + 1],
      );
      // A prune between the two reads could have taken tombstones away from under this page.
      const again = await one<HallRow>(db, 'SELECT * FROM hall WHERE id = $1', [hall]);
      if (again === undefined || isGone(again, from)) return 'gone';
      const changes = rows.slice(0, limit);
      return {
        feedEpoch: row.feed_epoch,
        changes: changes.map(toChange),
        next: String(changes.at(-1)?.cursor ?? from.cursor),
        more: rows.length > limit,
      };
    },
    snapshot: (hall) =>
      db.transaction(async (tx) => {
        const row = await lockHall(tx, hall);
        if (row === undefined) return 'unknown-hall';
        const rows = await tx.query<RecordRow>(
          "SELECT type, id, version, cursor, op, body FROM feed_record WHERE hall = $1 AND op = 'put' ORDER BY cursor",
          [hall],
        );
        return {
          feedEpoch: row.feed_epoch,
          changes: rows.map(toChange),
          next: String(row.cursor),
          more: false,
        };
      }),
    checksums: async (hall, at) => {
      const row = await one<HallRow>(db, 'SELECT * FROM hall WHERE id = $1', [hall]);
      if (row === undefined) return 'unknown-hall';
      const cursor = at ?? row.cursor;
      if (cursor > row.cursor || cursor < row.pruned_through) return 'gone';
      const rows = await db.query<{ type: string; id: string; version: number; op: string }>(
        'SELECT DISTINCT ON (type, id) type, id, version, op FROM feed_change WHERE hall = $1 AND cursor <= $2 ORDER BY type, id, cursor DESC',
        [hall, cursor],
      );
      const types: Checksums['types'] = {};
      for (const type of Object.keys(feedBodies)) {
        const live = rows.filter((each) => each.type === type && each.op === 'put');
        if (live.length > 0) types[type] = checksumBuckets(live);
      }
      return { feedEpoch: row.feed_epoch, cursor: String(cursor), types };
    },
    prune: (hall, before) =>
      db.transaction(async (tx) => {
        if ((await lockHall(tx, hall)) === undefined) return;
        // Only lines that no longer describe the newest form of a live record may go.
        const gone = await tx.query<{ cursor: number }>(
          `DELETE FROM feed_change c WHERE hall = $1 AND changed_at < $2
             AND NOT EXISTS (SELECT 1 FROM feed_record r WHERE r.hall = c.hall AND r.cursor = c.cursor AND r.op = 'put') RETURNING cursor`,
          [hall, before],
        );
        await tx.query("DELETE FROM feed_record WHERE hall = $1 AND op = 'remove' AND changed_at < $2", [
          hall,
          before,
        ]);
        const through = Math.max(0, ...gone.map((each) => each.cursor));
        await tx.query('UPDATE hall SET pruned_through = greatest(pruned_through, $2) WHERE id = $1', [
          hall,
          through,
        ]);
      }),
  };
}

function isGone(
  hall: HallRow,
  from: { readonly feedEpoch?: string | undefined; readonly cursor: number },
): boolean {
  return (
    (from.feedEpoch !== undefined && from.feedEpoch !== hall.feed_epoch) ||
    from.cursor > hall.cursor ||
    from.cursor < hall.pruned_through
  );
}

function toChange(row: RecordRow): FeedPage['changes'][number] {
  return {
    cursor: String(row.cursor),
    type: row.type,
    id: row.id,
    version: row.version,
    op: row.op,
    body: row.body === null ? null : (JSON.parse(row.body) as Record<string, unknown>),
  };
}

/** The body of a live record as it stands, or undefined. */
export async function liveBody(
  sql: Sql,
  hall: number,
  type: FeedType,
  id: string,
): Promise<Record<string, unknown> | undefined> {
  const row = await one<{ body: string | null }>(
    sql,
    "SELECT body FROM feed_record WHERE hall = $1 AND type = $2 AND id = $3 AND op = 'put'",
    [hall, type, id],
  );
  const body = row?.body ?? null;
  return body === null ? undefined : (JSON.parse(body) as Record<string, unknown>);
}
