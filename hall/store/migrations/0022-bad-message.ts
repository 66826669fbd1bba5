import type { Migration } from './migration.ts';

/** Messages from devices that no schema knows: the newest few, for the person who finds out why. */
export const badMessage: Migration = {
  number: 22,
  name: 'bad-message',
  up: `
    CREATE TABLE bad_message (
      number INTEGER PRIMARY KEY,
      topic TEXT NOT NULL,
      reason TEXT NOT NULL,
      payload TEXT NOT NULL,
      at TEXT NOT NULL
    ) STRICT;
  `,
};
