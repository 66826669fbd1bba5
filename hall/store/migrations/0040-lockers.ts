import type { Migration } from './migration.ts';

/** Compartments, their leases, and every opening from intent to end. Times are unix ms. */
export const lockers: Migration = {
  number: 40,
  name: 'lockers',
  up: `
    CREATE TABLE compartment (
      number INTEGER PRIMARY KEY,
      out_of_service INTEGER NOT NULL DEFAULT 0 CHECK (out_of_service IN (0, 1)),
      position TEXT NOT NULL DEFAULT 'unknown' CHECK (position IN ('open', 'closed', 'unknown')),
      position_at INTEGER
    ) STRICT;

    CREATE TABLE lease (
      ref TEXT PRIMARY KEY,
      -- NULL while only a grant is known: the typed code needs the UUID
      uuid TEXT UNIQUE,
      grant_id TEXT UNIQUE,
      compartment INTEGER NOT NULL,
      origin TEXT NOT NULL CHECK (origin IN ('hall', 'central', 'grant')),
      member_ref TEXT,
      visitor TEXT,
      starts_at INTEGER NOT NULL,
      ends_at INTEGER NOT NULL,
      generation INTEGER NOT NULL DEFAULT 0,
      state TEXT NOT NULL CHECK (state IN ('made', 'active', 'finishing', 'ended')),
      made_at INTEGER NOT NULL,
      -- the door was open for this lease, or may have been: things can be inside
      maybe_used INTEGER NOT NULL DEFAULT 0 CHECK (maybe_used IN (0, 1)),
      overdue INTEGER NOT NULL DEFAULT 0 CHECK (overdue IN (0, 1)),
      end_requested INTEGER NOT NULL DEFAULT 0 CHECK (end_requested IN (0, 1)),
      ended_at INTEGER,
      ended_cause TEXT
    ) STRICT, WITHOUT ROWID;
    -- one live lease a compartment, by constraint and not by a check before
    CREATE UNIQUE INDEX lease_live ON lease (compartment) WHERE state <> 'ended';
    CREATE INDEX lease_live_member ON lease (member_ref) WHERE state <> 'ended' AND member_ref IS NOT NULL;
    CREATE INDEX lease_live_visitor ON lease (visitor) WHERE state <> 'ended' AND visitor IS NOT NULL;

    CREATE TABLE door_command (
      command_id TEXT PRIMARY KEY,
      compartment INTEGER NOT NULL,
      device TEXT NOT NULL,
      lease TEXT REFERENCES lease (ref),
      cause TEXT NOT NULL CHECK (cause IN ('rent', 'open-again', 'finish', 'staff')),
      actor TEXT NOT NULL,
      kiosk TEXT,
      state TEXT NOT NULL CHECK (state IN ('intended', 'sent', 'opened', 'closed', 'refused', 'failed', 'unknown')),
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      -- door.ended is recorded once; what comes later is kept in late_outcome
      outcome TEXT,
      outcome_reason TEXT,
      late_outcome TEXT,
      opened_at INTEGER,
      closed_at INTEGER,
      left_open INTEGER NOT NULL DEFAULT 0 CHECK (left_open IN (0, 1)),
      -- the last question asked to the board about this door
      query_id TEXT UNIQUE,
      queried_at INTEGER,
      queries INTEGER NOT NULL DEFAULT 0,
      -- nothing more will be learnt for this command
      settled INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1))
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX door_command_open ON door_command (state, compartment) WHERE settled = 0;
    CREATE INDEX door_command_latest ON door_command (compartment, created_at);

    CREATE TABLE ceded_compartment (
      number INTEGER PRIMARY KEY,
      -- set when the hall takes it back: free here only after central has acknowledged that fact
      back_epoch INTEGER,
      back_seq INTEGER
    ) STRICT;
  `,
};
