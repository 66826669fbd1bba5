import type { Migration } from './migration.ts';

/** Cards bound to members. `token` is what readers say of a card: a keyed hash of its number. */
export const cards: Migration = {
  number: 121,
  name: 'cards',
  up: `
    CREATE TABLE card (
      token TEXT PRIMARY KEY,
      binding TEXT NOT NULL UNIQUE,
      member_ref TEXT NOT NULL,
      at INTEGER NOT NULL,
      by TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX card_member ON card (member_ref);
  `,
};
