import { canonicalJson } from '../../contract/facts.ts';
import { feedBodies, feedId } from '../../contract/feed.ts';
import type { FeedBody, FeedChange, FeedPage, FeedType } from '../../contract/feed.ts';
import type { Clock } from '../../contract/ports.ts';
import type { InboxPort } from '../../contract/sync-ports.ts';
import { toInstant } from '../../contract/time.ts';
import type { FeedListener, Store, Transaction } from '../ports.ts';

export interface Inbox extends InboxPort {
  position(): { feedEpoch: string; cursor: string } | undefined;
  apply(page: FeedPage): { applied: number; parked: number };
  replace(snapshot: FeedPage): { applied: number; parked: number };
  records(): Record<string, { id: string; version: number }[]>;
}

/** What a page did, told after its commit. */
export interface InboxNews {
  readonly types: ReadonlySet<FeedType>;
  readonly parked: number;
}

/**
 * The inbox over the hall's tables [SY5..SY10]: a page, its cursor and what the features make of it are one
 * transaction. A change that does not parse, or that a feature cannot take, is parked for staff with its text.
 */
export function createInbox(parts: {
  readonly store: Store;
  readonly clock: Clock;
  readonly listeners: () => readonly FeedListener[];
  readonly news?: (news: InboxNews) => void;
}): Inbox {
  const { store, clock } = parts;
  const { db } = store;
  const position = db.prepare<[], { feedEpoch: string; cursor: string }>(
    'SELECT feed_epoch AS feedEpoch, cursor FROM feed_position WHERE one = 1',
  );
  const setPosition = db.prepare(
    'INSERT INTO feed_position (one, feed_epoch, cursor) VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET feed_epoch = excluded.feed_epoch, cursor = excluded.cursor',
  );
  const versionOf = db
    .prepare<[string, string, string, string], number | null>(
      'SELECT max(version) FROM (SELECT version FROM feed_record WHERE type = ? AND id = ? UNION ALL SELECT version FROM feed_tombstone WHERE type = ? AND id = ?)',
    )
    .pluck();
  const put = db.prepare(
    'INSERT INTO feed_record (type, id, version, body) VALUES (?, ?, ?, ?) ON CONFLICT (type, id) DO UPDATE SET version = excluded.version, body = excluded.body',
  );
  const drop = db.prepare('DELETE FROM feed_record WHERE type = ? AND id = ?');
  const bury = db.prepare(
    'INSERT INTO feed_tombstone (type, id, version) VALUES (?, ?, ?) ON CONFLICT (type, id) DO UPDATE SET version = excluded.version',
  );
  const unbury = db.prepare('DELETE FROM feed_tombstone WHERE type = ? AND id = ?');
  const park = db.prepare(
    'INSERT INTO parked_change (cursor, type, id, change, reason, at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const isParked = db
    .prepare<[string, string, string], number>(
      'SELECT 1 FROM parked_change WHERE type = ? AND id = ? AND change = ? LIMIT 1',
    )
    .pluck();
  const allIds = db.prepare<[], { type: string; id: string; version: number }>(
    'SELECT type, id, version FROM feed_record ORDER BY type, id',
  );
  const bodyOf = db
    .prepare<[string, string], string>('SELECT body FROM feed_record WHERE type = ? AND id = ?')
    .pluck();
  const forgetTombstones = db.prepare('DELETE FROM feed_tombstone');

  type Applied =
    { readonly done: true; readonly type: FeedType } | { readonly done: false; readonly reason?: string };

  const tell = (type: FeedType, id: string, body: FeedBody<FeedType> | null, tx: Transaction): void => {
    for (const listener of parts.listeners()) listener.onFeed(type, id, body, tx);
  };

  const applyOne = (change: FeedChange, tx: Transaction, force: boolean): Applied => {
    const type = knownType(change.type);
    if (type === undefined) return { done: false, reason: `unknown type ${change.type}` };
    const seen = versionOf.get(type, change.id, type, change.id) ?? 0;
    // The same page twice, or a late answer: what is here is newer or the same [SY6].
    if (!force && change.version <= seen) return { done: false };
    if (change.op === 'remove') {
      drop.run(type, change.id);
      bury.run(type, change.id, change.version);
      tell(type, change.id, null, tx);
      return { done: true, type };
    }
    const parsed = feedBodies[type].safeParse(change.body);
    if (!parsed.success)
      return {
        done: false,
        reason: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
      };
    const body = parsed.data as FeedBody<FeedType> & Record<string, unknown>;
    if (feedId(type, body) !== change.id)
      return { done: false, reason: `id ${change.id} does not name its body` };
    const text = canonicalJson(body);
    const same = bodyOf.get(type, change.id) === text;
    put.run(type, change.id, change.version, text);
    unbury.run(type, change.id);
    if (!same) tell(type, change.id, body, tx);
    return { done: true, type };
  };

  /** A feature that cannot take a change undoes that change only, with the facts it recorded for it. */
  const guarded = (change: FeedChange, tx: Transaction, force: boolean): Applied => {
    try {
      return tx.attempt(() => applyOne(change, tx, force));
    } catch (error) {
      // Storage that fails is not the change's fault: the whole page is taken back and tried again.
      if (error instanceof Error && error.name === 'SqliteError' && !isConstraint(error)) throw error;
      return { done: false, reason: error instanceof Error ? error.message : String(error) };
    }
  };

  const applyAll = (page: FeedPage, tx: Transaction, force: boolean): { applied: number; parked: number } => {
    const types = new Set<FeedType>();
    let applied = 0;
    let parked = 0;
    for (const change of page.changes) {
      const result = guarded(change, tx, force);
      if (result.done) {
        applied += 1;
        types.add(result.type);
      } else if (result.reason !== undefined) {
        parked += 1;
        const text = canonicalJson(change);
        if (isParked.get(change.type, change.id, text) === undefined)
          park.run(change.cursor, change.type, change.id, text, result.reason, toInstant(clock.now()));
      }
    }
    setPosition.run(page.feedEpoch, page.next);
    tx.afterCommit(() => parts.news?.({ types, parked }));
    return { applied, parked };
  };

  return {
    position: () => position.get(),
    apply: (page) =>
      store.transaction((tx) => {
        const here = position.get();
        if (here !== undefined && here.feedEpoch !== page.feedEpoch)
          throw new RangeError(
            `a page of feed epoch ${page.feedEpoch} cannot follow ${here.feedEpoch}; a snapshot is needed`,
          );
        // Cursors never go back: a page that arrives late is already here [SY6].
        if (here !== undefined && BigInt(page.next) < BigInt(here.cursor)) return { applied: 0, parked: 0 };
        return applyAll(page, tx, false);
      }),
    replace: (snapshot) =>
      store.transaction((tx) => {
        const kept = new Set(
          snapshot.changes
            .filter((change) => change.op === 'put')
            .map((change) => `${change.type}\t${change.id}`),
        );
        let gone = 0;
        for (const row of allIds.all()) {
          if (kept.has(`${row.type}\t${row.id}`)) continue;
          const removed = guarded(
            {
              cursor: snapshot.next,
              type: row.type,
              id: row.id,
              version: row.version,
              op: 'remove',
              body: null,
            },
            tx,
            true,
          );
          if (removed.done) gone += 1;
        }
        forgetTombstones.run();
        const result = applyAll(snapshot, tx, true);
        return { applied: result.applied + gone, parked: result.parked };
      }),
    records: () => {
      const byType: Record<string, { id: string; version: number }[]> = {};
      for (const row of allIds.all()) (byType[row.type] ??= []).push({ id: row.id, version: row.version });
      return byType;
    },
  };
}

function knownType(type: string): FeedType | undefined {
  return Object.hasOwn(feedBodies, type) ? (type as FeedType) : undefined;
}

function isConstraint(error: Error): boolean {
  return 'code' in error && String(error.code).startsWith('SQLITE_CONSTRAINT');
}
