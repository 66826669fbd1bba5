import type { Migration } from './migration.ts';

/** Which member an ID card belongs to: a keyed hash of its number, and nothing that is printed on it [CI31]. */
export const idCards: Migration = {
  number: 120,
  name: 'id-cards',
  up: `
    CREATE TABLE id_card (
      member_ref TEXT PRIMARY KEY,
      hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
      at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
