import type { Migration } from './migration.ts';

/** When acknowledgements came (facts are kept 30 days after), and tombstones (versions never go back). */
export const sync: Migration = {
  number: 20,
  name: 'sync',
  up: `
    CREATE TABLE ack_log (
      number INTEGER PRIMARY KEY,
      epoch INTEGER NOT NULL,
      acked_seq INTEGER NOT NULL,
      at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX ack_log_at ON ack_log (at);

    CREATE TABLE feed_tombstone (
      type TEXT NOT NULL,
      id TEXT NOT NULL,
      version INTEGER NOT NULL,
      PRIMARY KEY (type, id)
    ) STRICT, WITHOUT ROWID;
  `,
};
