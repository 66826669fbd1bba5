import type { Migration } from './migration.ts';

/** Power of rooms switched by hand from the desk, until a time. */
export const power: Migration = {
  number: 110,
  name: 'power',
  up: `
    CREATE TABLE power_override (
      id TEXT PRIMARY KEY,
      is_on INTEGER NOT NULL,
      until INTEGER NOT NULL,
      by TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
