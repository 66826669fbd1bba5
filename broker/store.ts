import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** The broker's own database file. WAL and FULL: a commit that returned survives power loss. */
export type BrokerDatabase = Database.Database;

const SCHEMA_VERSION = 1;

const SCHEMA = `
CREATE TABLE credential (
  id TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  salt BLOB NOT NULL,
  hash BLOB NOT NULL,
  issued_at INTEGER NOT NULL
) STRICT;
CREATE TABLE retained (
  topic TEXT PRIMARY KEY,
  client_id TEXT,
  broker_id TEXT,
  broker_counter INTEGER,
  qos INTEGER NOT NULL,
  text INTEGER NOT NULL,
  payload BLOB NOT NULL
) STRICT;
CREATE TABLE subscription (
  client_id TEXT NOT NULL,
  topic TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (client_id, topic)
) STRICT;
CREATE TABLE outgoing (
  id INTEGER PRIMARY KEY,
  client_id TEXT NOT NULL,
  broker_id TEXT,
  broker_counter INTEGER,
  message_id INTEGER,
  cmd TEXT NOT NULL,
  topic TEXT,
  qos INTEGER NOT NULL,
  retain INTEGER NOT NULL,
  dup INTEGER NOT NULL,
  text INTEGER NOT NULL,
  payload BLOB,
  bytes INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX outgoing_message ON outgoing (client_id, broker_id, broker_counter);
CREATE INDEX outgoing_ack ON outgoing (client_id, message_id);
CREATE INDEX outgoing_order ON outgoing (client_id, id);
CREATE TABLE incoming (
  client_id TEXT NOT NULL,
  message_id INTEGER NOT NULL,
  topic TEXT NOT NULL,
  qos INTEGER NOT NULL,
  retain INTEGER NOT NULL,
  dup INTEGER NOT NULL,
  text INTEGER NOT NULL,
  payload BLOB NOT NULL,
  PRIMARY KEY (client_id, message_id)
) STRICT;
CREATE TABLE will (
  client_id TEXT PRIMARY KEY,
  broker_id TEXT NOT NULL,
  topic TEXT NOT NULL,
  qos INTEGER NOT NULL,
  retain INTEGER NOT NULL,
  text INTEGER NOT NULL,
  payload BLOB NOT NULL
) STRICT;
`;

/** Added beside the schema: a program that does not know them has no use for them. */
const LATER = `
CREATE TABLE IF NOT EXISTS certificate (
  serial TEXT PRIMARY KEY,
  client_id TEXT NOT NULL,
  issuer TEXT NOT NULL,
  not_after INTEGER NOT NULL,
  issued_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS enrolled (
  client_id TEXT PRIMARY KEY
) STRICT;
`;

/**
 * Opens `<dataDir>/broker.sqlite`, making it when it is not there; readable by its owner only.
 * @throws when the file was written by a newer version of the program.
 */
export function openBrokerDatabase(dataDir: string): BrokerDatabase {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, 'broker.sqlite');
  const db = new Database(file);
  chmodSync(file, 0o600);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('busy_timeout = 2000');
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > SCHEMA_VERSION) {
    db.close();
    throw new Error(`${file}: written by a newer version (schema ${String(version)}); update the program`);
  }
  if (version === 0) {
    db.transaction(() => {
      db.exec(SCHEMA);
      db.pragma(`user_version = ${String(SCHEMA_VERSION)}`);
    })();
  }
  db.exec(LATER);
  return db;
}
