import { createHash } from 'node:crypto';
import { canonicalJson, factBodies, factHash, FACT_VERSION, FIRST_PREV_HASH } from '../../contract/facts.ts';
import type { FactBody, FactType, WireFact } from '../../contract/facts.ts';
import type { Clock, Ids } from '../../contract/ports.ts';
import { toInstant } from '../../contract/time.ts';
import type { ClockState } from '../../contract/time.ts';
import type { AuditEntry, Store, Sync, Transaction } from '../ports.ts';
import type { Database } from './database.ts';

interface Head {
  epoch: number;
  seq: number;
  hash: string;
}

/**
 * The hall's one writer. Facts get the next gapless seq of the present epoch and the hash
 * of their predecessor; the audit has a hash chain of its own. Starts epoch 1 on an empty
 * database, and a new epoch when `restored` is true (backup restored, box swapped) [ST4].
 */
export function createStore(
  db: Database,
  parts: {
    clock: Clock;
    ids: Ids;
    clockState: () => ClockState;
    restored?: boolean;
    onDefect?: (error: unknown) => void;
    onFacts?: () => void;
  },
): Store {
  const insertFact = db.prepare(
    'INSERT INTO outbox (epoch, seq, id, type, version, occurred_at, clock, prev_hash, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const insertAudit = db.prepare(
    'INSERT INTO audit (at, actor, action, subject, detail, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const lastAudit = db.prepare<[], string>('SELECT hash FROM audit ORDER BY number DESC LIMIT 1').pluck();
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const savepoint = db.prepare('SAVEPOINT step');
  const undo = db.prepare('ROLLBACK TO step');
  const release = db.prepare('RELEASE step');

  let head = readHead(db);
  let auditHash = lastAudit.get() ?? FIRST_PREV_HASH;
  let open: { tx: Transaction; after: (() => void)[] } | undefined;

  function record<T extends FactType>(type: T, body: FactBody<T>): { seq: number; id: string } {
    const checked = factBodies[type].parse(body) as Record<string, unknown>;
    const fact: WireFact = {
      seq: head.seq + 1,
      id: parts.ids.uuid(),
      type,
      version: FACT_VERSION,
      occurredAt: toInstant(parts.clock.now()),
      clock: parts.clockState(),
      prevHash: head.hash,
      body: JSON.parse(JSON.stringify(checked)) as Record<string, unknown>,
    };
    const hash = factHash(head.epoch, fact);
    insertFact.run(
      head.epoch,
      fact.seq,
      fact.id,
      fact.type,
      fact.version,
      fact.occurredAt,
      fact.clock,
      fact.prevHash,
      hash,
      canonicalJson(fact.body),
    );
    head = { epoch: head.epoch, seq: fact.seq, hash };
    return { seq: fact.seq, id: fact.id };
  }

  function audit(entry: AuditEntry): void {
    const at = toInstant(parts.clock.now());
    const detail = canonicalJson(entry.detail ?? {});
    const hash = auditRowHash(auditHash, {
      at,
      actor: entry.actor,
      action: entry.action,
      subject: entry.subject,
      detail,
    });
    insertAudit.run(at, entry.actor, entry.action, entry.subject, detail, auditHash, hash);
    auditHash = hash;
  }

  /** A step that can be taken back alone: rows by a savepoint, heads and what waits for the commit by hand [ST5]. */
  function attempt<T>(after: (() => void)[], work: () => Sync<T>): T {
    const before = { head, auditHash, waiting: after.length };
    savepoint.run();
    try {
      const value = work();
      release.run();
      return value;
    } catch (error) {
      // SQLite ends the whole transaction by itself when storage fails.
      if (db.inTransaction) {
        undo.run();
        release.run();
      }
      ({ head, auditHash } = before);
      after.length = before.waiting;
      throw error;
    }
  }

  function transaction<T>(work: (tx: Transaction) => Sync<T>): T {
    if (open !== undefined) {
      const { tx, after } = open;
      return attempt(after, () => work(tx));
    }
    const after: (() => void)[] = [];
    const before = { head, auditHash };
    const tx: Transaction = {
      db,
      record,
      audit,
      afterCommit: (run) => after.push(run),
      attempt: (step) => attempt(after, step),
    };
    begin.run();
    open = { tx, after };
    let value: T;
    try {
      value = work(tx);
      commit.run();
    } catch (error) {
      if (db.inTransaction) rollback.run();
      ({ head, auditHash } = before);
      throw error;
    } finally {
      open = undefined;
    }
    if (head !== before.head) after.push(() => parts.onFacts?.());
    for (const run of after) {
      try {
        run();
      } catch (error) {
        // The commit stands, and the others must still run; the defect is told, not thrown at a caller who did commit.
        if (parts.onDefect === undefined) {
          queueMicrotask(() => {
            throw error;
          });
        } else parts.onDefect(error);
      }
    }
    return value;
  }

  if (head.epoch === 0 || parts.restored === true) {
    const previous = head;
    transaction(() => {
      const epoch = previous.epoch + 1;
      db.prepare('INSERT INTO epoch (epoch, started_at) VALUES (?, ?)').run(
        epoch,
        toInstant(parts.clock.now()),
      );
      head = { epoch, seq: 0, hash: FIRST_PREV_HASH };
      record('epoch.started', {
        previousEpoch: previous.epoch,
        previousHash: previous.epoch === 0 ? FIRST_PREV_HASH : previous.hash,
      });
      return undefined;
    });
  }
  return { db, transaction };
}

/** Hash of one audit row: SHA-256, hex, of the previous hash and the canonical row. */
export function auditRowHash(
  prevHash: string,
  row: { at: string; actor: string; action: string; subject: string; detail: string },
): string {
  return createHash('sha256').update(prevHash).update(canonicalJson(row)).digest('hex');
}

function readHead(db: Database): Head {
  const epoch = db.prepare<[], number | null>('SELECT max(epoch) FROM epoch').pluck().get();
  if (epoch === null || epoch === undefined) return { epoch: 0, seq: 0, hash: FIRST_PREV_HASH };
  const last = db
    .prepare<[number], { seq: number; hash: string }>(
      'SELECT seq, hash FROM outbox WHERE epoch = ? ORDER BY seq DESC LIMIT 1',
    )
    .get(epoch);
  return { epoch, seq: last?.seq ?? 0, hash: last?.hash ?? FIRST_PREV_HASH };
}
