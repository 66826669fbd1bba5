import type { Migration } from './migration.ts';

/** The last occupancy told to central, so that a restart repeats nothing. */
export const occupancy: Migration = {
  number: 65,
  name: 'occupancy',
  up: `
    CREATE TABLE occupancy_told (
      resource INTEGER PRIMARY KEY,
      state TEXT NOT NULL CHECK (state IN ('occupied', 'empty', 'unknown')),
      confidence REAL NOT NULL,
      at TEXT NOT NULL
    ) STRICT;
  `,
};
