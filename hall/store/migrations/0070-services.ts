import type { Migration } from './migration.ts';

/** Drafts, applications and decisions. No sensitive answer is stored here in clear: only boxes, masks and keyed hashes [SV4]. */
export const services: Migration = {
  number: 70,
  name: 'services',
  up: `
    CREATE TABLE draft (
      id TEXT PRIMARY KEY,
      code_hash TEXT NOT NULL UNIQUE,
      definition TEXT NOT NULL,
      answers TEXT NOT NULL,
      sealed TEXT NOT NULL,
      page TEXT NOT NULL,
      expires_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX draft_expiry ON draft (expires_at);

    CREATE TABLE application_number (
      day TEXT PRIMARY KEY,
      last INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE application (
      id TEXT PRIMARY KEY,
      number TEXT NOT NULL UNIQUE,
      definition TEXT NOT NULL,
      submitted_at TEXT NOT NULL,
      deadline TEXT NOT NULL,
      answers TEXT NOT NULL,
      sealed TEXT NOT NULL,
      query_hash TEXT NOT NULL,
      fact_id TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('submitted', 'approved', 'refused', 'returned')),
      reason TEXT,
      decided_by TEXT,
      decided_at TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX application_open ON application (deadline) WHERE state = 'submitted';

    -- a decision that may still be taken back; becomes a fact when its time is over
    CREATE TABLE pending_decision (
      application TEXT PRIMARY KEY REFERENCES application (id),
      decision TEXT NOT NULL CHECK (decision IN ('approved', 'refused', 'returned')),
      reason TEXT NOT NULL,
      by TEXT NOT NULL,
      at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
