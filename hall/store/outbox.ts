import type { FactsResponse, WireFact } from '../../contract/facts.ts';
import { factHash } from '../../contract/facts.ts';
import type { Clock, Millis } from '../../contract/ports.ts';
import type { OutboxPort } from '../../contract/sync-ports.ts';
import { fromInstant, toInstant } from '../../contract/time.ts';
import type { ClockState } from '../../contract/time.ts';
import type { Store } from '../ports.ts';

/** Facts stay this long after their acknowledgement. */
export const KEPT_AFTER_ACK_MS: Millis = 30 * 86_400_000;

interface Row {
  readonly epoch: number;
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly occurred_at: string;
  readonly clock: ClockState;
  readonly prev_hash: string;
  readonly hash: string;
  readonly body: string;
}

/** A quarantined fact as staff see it. */
export interface ParkedFact {
  readonly seq: number;
  readonly type: string;
  readonly reason: string;
  readonly at: string;
}

export interface Outbox extends OutboxPort {
  head(): { epoch: number; seq: number; hash: string };
  pending(limit: number): { epoch: number; facts: readonly WireFact[] };
  acknowledged(epoch: number, answer: FactsResponse): void;
  waiting(): { count: number; oldestAt: string | null; quarantined: number };
  /** Facts central put aside, and changes of central's that did not parse here; newest first. */
  parked(): ParkedFact[];
  /** Removes facts acknowledged longer ago than 30 days, never a quarantined one and never the newest of an epoch. @returns how many. */
  prune(): number;
}

/** The outbox over the hall's tables [SY1..SY4]. */
export function createOutbox(store: Store, clock: Clock): Outbox {
  const { db } = store;
  const newest = db.prepare<[], { epoch: number; seq: number | null; hash: string | null }>(
    'SELECT epoch.epoch, outbox.seq, outbox.hash FROM epoch LEFT JOIN outbox ON outbox.epoch = epoch.epoch ORDER BY epoch.epoch DESC, outbox.seq DESC LIMIT 1',
  );
  const firstWaiting = db.prepare<[], { epoch: number; acked_seq: number }>(
    'SELECT epoch, acked_seq FROM epoch WHERE EXISTS (SELECT 1 FROM outbox WHERE outbox.epoch = epoch.epoch AND outbox.seq > epoch.acked_seq) ORDER BY epoch LIMIT 1',
  );
  const after = db.prepare<[number, number, number], Row>(
    'SELECT * FROM outbox WHERE epoch = ? AND seq > ? ORDER BY seq LIMIT ?',
  );
  const ackedOf = db.prepare<[number], number>('SELECT acked_seq FROM epoch WHERE epoch = ?').pluck();
  const lastSeqOf = db
    .prepare<[number], number | null>('SELECT max(seq) FROM outbox WHERE epoch = ?')
    .pluck();
  const setAcked = db.prepare('UPDATE epoch SET acked_seq = ? WHERE epoch = ?');
  const logAck = db.prepare('INSERT INTO ack_log (epoch, acked_seq, at) VALUES (?, ?, ?)');
  const quarantine = db.prepare(
    'INSERT INTO quarantined_fact (epoch, seq, reason, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const counts = db.prepare<[], { count: number; oldest: string | null; quarantined: number }>(
    `SELECT (SELECT coalesce(sum(coalesce((SELECT max(seq) FROM outbox WHERE outbox.epoch = epoch.epoch), epoch.acked_seq) - epoch.acked_seq), 0) FROM epoch) AS count,
            (SELECT occurred_at FROM outbox JOIN epoch USING (epoch) WHERE outbox.seq = epoch.acked_seq + 1 ORDER BY outbox.epoch LIMIT 1) AS oldest,
            (SELECT count(*) FROM quarantined_fact) AS quarantined`,
  );
  const parkedRows = db.prepare<[], ParkedFact>(
    `SELECT q.seq AS seq, coalesce(o.type, 'unknown') AS type, q.reason AS reason, q.at AS at FROM quarantined_fact q LEFT JOIN outbox o ON o.epoch = q.epoch AND o.seq = q.seq
     UNION ALL SELECT number, type, reason, at FROM parked_change ORDER BY at DESC LIMIT 200`,
  );
  const prunable = db.prepare<[string], { epoch: number; seq: number }>(
    'SELECT epoch, max(acked_seq) AS seq FROM ack_log WHERE at < ? GROUP BY epoch',
  );
  const removeFacts = db.prepare<[number, number, number]>(
    'DELETE FROM outbox WHERE epoch = ? AND seq <= ? AND seq < ? AND NOT EXISTS (SELECT 1 FROM quarantined_fact q WHERE q.epoch = outbox.epoch AND q.seq = outbox.seq)',
  );
  const removeAcks = db.prepare('DELETE FROM ack_log WHERE at < ?');

  const currentHead = (): { epoch: number; seq: number; hash: string } => {
    const row = newest.get();
    return { epoch: row?.epoch ?? 0, seq: row?.seq ?? 0, hash: row?.hash ?? '0'.repeat(64) };
  };

  return {
    head: currentHead,
    pending: (limit) => {
      const first = firstWaiting.get();
      if (first === undefined) return { epoch: currentHead().epoch, facts: [] };
      return { epoch: first.epoch, facts: after.all(first.epoch, first.acked_seq, limit).map(toWire) };
    },
    acknowledged: (epoch, answer) => {
      store.transaction((tx) => {
        const before = ackedOf.get(epoch);
        if (before === undefined)
          throw new RangeError(`acknowledgement for epoch ${String(epoch)}, which is not ours`);
        const last = lastSeqOf.get(epoch) ?? 0;
        if (answer.ackedSeq > last)
          throw new RangeError(
            `acknowledged ${String(answer.ackedSeq)} of epoch ${String(epoch)}, but only ${String(last)} exist`,
          );
        const at = toInstant(clock.now());
        for (const result of answer.results) {
          if (result.status !== 'quarantined') continue;
          quarantine.run(epoch, result.seq, result.reason ?? 'no reason given', at);
          tx.audit({
            actor: 'central',
            action: 'fact.quarantine',
            subject: `${String(epoch)}/${String(result.seq)}`,
          });
        }
        // An answer that arrives late never takes back what a later one acknowledged.
        if (answer.ackedSeq > before) {
          setAcked.run(answer.ackedSeq, epoch);
          logAck.run(epoch, answer.ackedSeq, at);
        }
        return undefined;
      });
    },
    waiting: () => {
      const row = counts.get();
      return { count: row?.count ?? 0, oldestAt: row?.oldest ?? null, quarantined: row?.quarantined ?? 0 };
    },
    parked: () => parkedRows.all(),
    prune: () => {
      const limit = toInstant(clock.now() - KEPT_AFTER_ACK_MS);
      return store.transaction(() => {
        let removed = 0;
        for (const { epoch, seq } of prunable.all(limit)) {
          // The newest row carries the hash that the next fact, or the next epoch, continues.
          removed += removeFacts.run(epoch, seq, lastSeqOf.get(epoch) ?? 0).changes;
        }
        removeAcks.run(limit);
        return removed;
      });
    },
  };
}

function toWire(row: Row): WireFact {
  return {
    seq: row.seq,
    id: row.id,
    type: row.type,
    version: row.version,
    occurredAt: row.occurred_at,
    clock: row.clock,
    prevHash: row.prev_hash,
    body: JSON.parse(row.body) as Record<string, unknown>,
  };
}

/**
 * Walks the stored facts and checks seq, predecessor and hash of each [ST3].
 * @returns the first fault in words, or undefined when all hold.
 */
export function verifyFacts(store: Pick<Store, 'db'>): string | undefined {
  let previous: Row | undefined;
  for (const row of store.db.prepare<[], Row>('SELECT * FROM outbox ORDER BY epoch, seq').iterate()) {
    const where = `fact ${String(row.epoch)}/${String(row.seq)}`;
    if (factHash(row.epoch, toWire(row)) !== row.hash) return `${where} does not match its hash`;
    if (previous?.epoch === row.epoch && previous.seq + 1 === row.seq && previous.hash !== row.prev_hash)
      return `${where} does not continue its predecessor`;
    if (!Number.isFinite(fromInstant(row.occurred_at))) return `${where} has no time`;
    previous = row;
  }
  return undefined;
}
