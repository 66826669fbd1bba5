import type { Migration } from './migration.ts';

/** What staff must see until somebody says that it was dealt with. */
export const desk: Migration = {
  number: 90,
  name: 'desk',
  up: `
    CREATE TABLE alarm (
      id TEXT PRIMARY KEY,
      at TEXT NOT NULL,
      kind TEXT NOT NULL,
      words_zh TEXT NOT NULL,
      words_en TEXT NOT NULL,
      seen_at TEXT,
      seen_by TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX alarm_unseen ON alarm (at) WHERE seen_at IS NULL;

    CREATE TABLE conflict_seen (
      id TEXT PRIMARY KEY,
      at TEXT NOT NULL,
      by TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
