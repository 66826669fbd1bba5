import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** The broker's own database file. WAL and FULL: a commit that returned survives power loss. */
export type BrokerDatabase = Database.Database;

const SCHEMA_VERSION = 2;

/** Since version 2: a queued message once, and beside it who is owed it (see queue-rows.ts). */
const QUEUE = `
CREATE TABLE message (
  seq INTEGER PRIMARY KEY,
  broker_id TEXT,
  broker_counter INTEGER,
  cmd TEXT NOT NULL,
  topic TEXT,
  qos INTEGER NOT NULL,
  retain INTEGER NOT NULL,
  dup INTEGER NOT NULL,
  text INTEGER NOT NULL,
  payload BLOB NOT NULL,
  bytes INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE TABLE owed (
  seq INTEGER PRIMARY KEY,
  receivers TEXT NOT NULL
) STRICT;
`;

/** Version 1 had a row with the whole message for each receiver; those of one message stood together. */
const FROM_VERSION_1 = `
${QUEUE}
CREATE TEMP TABLE first AS
  SELECT id, coalesce(min(id) OVER (PARTITION BY broker_id, broker_counter), id) AS seq
  FROM outgoing WHERE broker_id IS NOT NULL AND broker_counter IS NOT NULL
  UNION ALL SELECT id, id FROM outgoing WHERE broker_id IS NULL OR broker_counter IS NULL;
INSERT INTO message
  SELECT id, broker_id, broker_counter, cmd, topic, qos, retain, dup, text, coalesce(payload, x''), bytes, at
  FROM outgoing WHERE id IN (SELECT seq FROM first);
INSERT INTO owed
  SELECT seq, json_group_array(json_array(client_id, message_id, json(iif(cmd = 'pubrel', 'true', 'false'))))
  FROM outgoing JOIN first USING (id) GROUP BY seq;
DROP TABLE first;
DROP TABLE outgoing;
`;

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
      db.exec(QUEUE);
      db.pragma(`user_version = ${String(SCHEMA_VERSION)}`);
    })();
  } else if (version === 1) {
    db.transaction(() => {
      db.exec(FROM_VERSION_1);
      db.pragma(`user_version = ${String(SCHEMA_VERSION)}`);
    })();
  }
  db.exec(LATER);
  return db;
}
