import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { UnixMillis } from '../contract/ports.ts';
import type { DeviceChannel } from '../contract/topics.ts';

/** What a gateway must not forget: ids of commands it accepted, and words the hall has not acknowledged. */

export interface CommandRow {
  readonly device: string;
  readonly id: string;
  readonly name: string;
  readonly compartment: number | null;
}

export interface OutboxRow {
  readonly seq: number;
  readonly channel: 'event' | 'outcome';
  readonly payload: string;
}

export interface GatewayStore {
  /**
   * Remembers a command durably before anything is done for it [DV16].
   * @returns `new`, or how the same id ended before: its outcome as JSON, or undefined while it is still running.
   */
  accept(command: CommandRow, expiresAt: UnixMillis): 'new' | { readonly outcome: string | undefined };
  /** The single end of a command and its message to the hall, in one durable commit. False when it had ended already. */
  finish(device: string, id: string, outcome: string): boolean;
  /** Commands accepted by an earlier run that have no end. */
  unfinished(device: string): CommandRow[];
  /** Keeps an event until the hall acknowledged it. False when the box is full and the event was not kept. */
  keep(device: string, channel: OutboxRow['channel'], payload: string): boolean;
  /** The oldest messages not yet acknowledged, after `seq`. */
  waiting(device: string, after: number, limit: number): OutboxRow[];
  acknowledged(seq: number): void;
  /** Forgets ended commands that expired before `before`; their ids are refused as expired anyway. */
  prune(before: UnixMillis): number;
  close(): void;
}

/** Another gateway works in the folder, or the file cannot be used; a person must act. */
export class GatewayStoreRefused extends Error {
  override readonly name = 'GatewayStoreRefused';
}

/** More than this waiting for one gateway means that nobody has listened for days. */
const OUTBOX_LIMIT = 50_000;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS command (
  device TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, compartment INTEGER,
  expires_at INTEGER NOT NULL, outcome TEXT, PRIMARY KEY (device, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS command_running ON command (device) WHERE outcome IS NULL;
CREATE TABLE IF NOT EXISTS outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, channel TEXT NOT NULL, payload TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS outbox_device ON outbox (device, seq);
`;

/**
 * Opens `<dataDir>/gateway.db`, for this process alone (WAL, synchronous FULL).
 * @throws GatewayStoreRefused when another gateway holds it or the file is damaged.
 */
export function openGatewayStore(dataDir: string, outboxLimit: number = OUTBOX_LIMIT): GatewayStore {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, 'gateway.db');
  const db = open(file);
  const insertCommand = db.prepare(
    'INSERT OR IGNORE INTO command (device, id, name, compartment, expires_at) VALUES (?, ?, ?, ?, ?)',
  );
  const outcomeOf = db.prepare('SELECT outcome FROM command WHERE device = ? AND id = ?').pluck();
  const setOutcome = db.prepare(
    'UPDATE command SET outcome = ? WHERE device = ? AND id = ? AND outcome IS NULL',
  );
  const running = db.prepare(
    'SELECT device, id, name, compartment FROM command WHERE device = ? AND outcome IS NULL ORDER BY id',
  );
  const insertOutbox = db.prepare('INSERT INTO outbox (device, channel, payload) VALUES (?, ?, ?)');
  const countOutbox = db.prepare('SELECT count(*) FROM outbox').pluck();
  const pending = db.prepare(
    'SELECT seq, channel, payload FROM outbox WHERE device = ? AND seq > ? ORDER BY seq LIMIT ?',
  );
  const remove = db.prepare('DELETE FROM outbox WHERE seq = ?');
  const prune = db.prepare('DELETE FROM command WHERE outcome IS NOT NULL AND expires_at < ?');
  let waitingCount = Number(countOutbox.get());

  const finish = db.transaction((device: string, id: string, outcome: string): boolean => {
    if (setOutcome.run(outcome, device, id).changes === 0) return false;
    insertOutbox.run(device, 'outcome' satisfies DeviceChannel, outcome);
    return true;
  });

  return {
    accept: (command, expiresAt) => {
      const inserted =
        insertCommand.run(
          command.device,
          command.id,
          command.name,
          command.compartment,
          Math.floor(expiresAt),
        ).changes === 1;
      if (inserted) return 'new';
      const outcome = outcomeOf.get(command.device, command.id);
      return { outcome: typeof outcome === 'string' ? outcome : undefined };
    },
    finish: (device, id, outcome) => {
      const ended = finish(device, id, outcome);
      if (ended) waitingCount += 1;
      return ended;
    },
    unfinished: (device) => running.all(device) as CommandRow[],
    keep: (device, channel, payload) => {
      // Outcomes always find room; only events may be turned away.
      if (channel === 'event' && waitingCount >= outboxLimit) return false;
      insertOutbox.run(device, channel, payload);
      waitingCount += 1;
      return true;
    },
    waiting: (device, after, limit) => pending.all(device, after, limit) as OutboxRow[],
    acknowledged: (seq) => {
      waitingCount -= remove.run(seq).changes;
    },
    prune: (before) => prune.run(Math.floor(before)).changes,
    close: () => {
      db.close();
    },
  };
}

function open(file: string): Sqlite.Database {
  const db = new Sqlite(file);
  try {
    db.pragma('busy_timeout = 200');
    // Exclusive: two gateways on one folder would each believe they are the only one to execute an id.
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.exec(SCHEMA);
    db.exec('BEGIN IMMEDIATE; COMMIT');
    return db;
  } catch (error) {
    db.close();
    const text = error instanceof Error ? error.message : String(error);
    throw new GatewayStoreRefused(
      /locked|busy/i.test(text)
        ? `${file} is in use by another gateway; stop it first`
        : `${file} cannot be used: ${text}`,
    );
  }
}
