import type { Migration } from './migration.ts';

/** Epochs, outbox, audit, what came down by the feed, and single values. */
export const core: Migration = {
  number: 10,
  name: 'core',
  up: `
    CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

    CREATE TABLE epoch (
      epoch INTEGER PRIMARY KEY,
      started_at TEXT NOT NULL,
      acked_seq INTEGER NOT NULL DEFAULT 0
    ) STRICT;

    CREATE TABLE outbox (
      epoch INTEGER NOT NULL REFERENCES epoch (epoch),
      seq INTEGER NOT NULL,
      id TEXT NOT NULL UNIQUE,
      type TEXT NOT NULL,
      version INTEGER NOT NULL,
      occurred_at TEXT NOT NULL,
      clock TEXT NOT NULL CHECK (clock IN ('synced', 'free', 'jumped')),
      prev_hash TEXT NOT NULL,
      hash TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (epoch, seq)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE quarantined_fact (
      epoch INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      reason TEXT NOT NULL,
      at TEXT NOT NULL,
      PRIMARY KEY (epoch, seq)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE audit (
      number INTEGER PRIMARY KEY,
      at TEXT NOT NULL,
      actor TEXT NOT NULL,
      action TEXT NOT NULL,
      subject TEXT NOT NULL,
      detail TEXT NOT NULL,
      prev_hash TEXT NOT NULL,
      hash TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
    CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

    CREATE TABLE feed_position (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      feed_epoch TEXT NOT NULL,
      cursor TEXT NOT NULL
    ) STRICT;

    CREATE TABLE feed_record (
      type TEXT NOT NULL,
      id TEXT NOT NULL,
      version INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (type, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX feed_member_number ON feed_record (json_extract(body, '$.memberNumber')) WHERE type = 'member';
    CREATE INDEX feed_registration_member ON feed_record (json_extract(body, '$.memberRef')) WHERE type = 'registration';
    CREATE INDEX feed_registration_session ON feed_record (json_extract(body, '$.session')) WHERE type = 'registration';

    CREATE TABLE parked_change (
      number INTEGER PRIMARY KEY,
      cursor TEXT NOT NULL,
      type TEXT NOT NULL,
      id TEXT NOT NULL,
      change TEXT NOT NULL,
      reason TEXT NOT NULL,
      at TEXT NOT NULL
    ) STRICT;
  `,
};
