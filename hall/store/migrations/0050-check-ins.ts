import type { Migration } from './migration.ts';

/** Arrivals: append only, undone ones stay as rows. */
export const checkIns: Migration = {
  number: 50,
  name: 'check-ins',
  up: `
    CREATE TABLE check_in (
      id TEXT PRIMARY KEY,
      session INTEGER NOT NULL,
      member_ref TEXT NOT NULL,
      at INTEGER NOT NULL,
      kiosk TEXT NOT NULL,
      credential TEXT NOT NULL,
      grant_id TEXT,
      undone_at INTEGER
    ) STRICT, WITHOUT ROWID;
    -- once per person and session, by constraint and not by a check before
    CREATE UNIQUE INDEX check_in_once ON check_in (session, member_ref) WHERE undone_at IS NULL;
  `,
};
