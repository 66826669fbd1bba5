import type { Migration } from './migration.ts';

/** Sensors found on the bus: which place each was given to, its last value, and minutes for seven days. */
export const sensors: Migration = {
  number: 100,
  name: 'sensors',
  up: `
    CREATE TABLE sensor_place (
      entity TEXT PRIMARY KEY,
      resource INTEGER NOT NULL,
      device TEXT NOT NULL,
      name TEXT NOT NULL,
      quantity TEXT NOT NULL,
      unit TEXT,
      silent_after_ms INTEGER NOT NULL,
      at TEXT NOT NULL,
      by TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE sensor_last (
      sensor INTEGER PRIMARY KEY,
      entity TEXT NOT NULL UNIQUE,
      value REAL,
      at INTEGER
    ) STRICT;

    CREATE TABLE sensor_minute (
      sensor INTEGER NOT NULL,
      minute INTEGER NOT NULL,
      low REAL NOT NULL,
      high REAL NOT NULL,
      total REAL NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (sensor, minute)
    ) STRICT, WITHOUT ROWID;
  `,
};
