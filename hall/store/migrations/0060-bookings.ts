import type { Migration } from './migration.ts';

/** Bookings, and the minutes each of them holds: two bookings of one place cannot hold the same minute [BK1]. */
export const bookings: Migration = {
  number: 60,
  name: 'bookings',
  up: `
    CREATE TABLE booking (
      id TEXT PRIMARY KEY,
      resource INTEGER NOT NULL,
      member_ref TEXT NOT NULL,
      starts_at TEXT NOT NULL,
      ends_at TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('booked', 'checked-in', 'cancelled', 'released', 'lost')),
      origin TEXT NOT NULL CHECK (origin IN ('central', 'hall')),
      -- 1: came down by the feed onto minutes that another booking holds; waits for central's ruling
      waiting INTEGER NOT NULL DEFAULT 0 CHECK (waiting IN (0, 1)),
      known_at TEXT NOT NULL,
      CHECK (starts_at < ends_at)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX booking_resource ON booking (resource, starts_at);
    CREATE INDEX booking_member ON booking (member_ref, starts_at);
    CREATE INDEX booking_open ON booking (starts_at) WHERE state = 'booked';
    CREATE INDEX booking_waiting ON booking (resource) WHERE waiting = 1;

    CREATE TABLE booking_slot (
      resource INTEGER NOT NULL,
      minute INTEGER NOT NULL,
      booking TEXT NOT NULL REFERENCES booking (id),
      PRIMARY KEY (resource, minute)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX booking_slot_booking ON booking_slot (booking);
  `,
};
