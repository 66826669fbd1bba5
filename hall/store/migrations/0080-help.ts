import type { Migration } from './migration.ts';

/** Calls for a person. */
export const help: Migration = {
  number: 80,
  name: 'help',
  up: `
    CREATE TABLE help_call (
      id TEXT PRIMARY KEY,
      kiosk TEXT NOT NULL,
      page TEXT NOT NULL,
      note TEXT,
      called_at TEXT NOT NULL,
      taken_by TEXT,
      taken_at TEXT,
      ended_at TEXT,
      outcome TEXT CHECK (outcome IN ('helped', 'withdrawn')),
      CHECK ((ended_at IS NULL) = (outcome IS NULL))
    ) STRICT, WITHOUT ROWID;
    -- one open call a kiosk
    CREATE UNIQUE INDEX help_open ON help_call (kiosk) WHERE ended_at IS NULL;
    CREATE INDEX help_ended ON help_call (ended_at) WHERE ended_at IS NOT NULL;
    CREATE INDEX help_taken ON help_call (taken_at) WHERE taken_at IS NOT NULL;
  `,
};
