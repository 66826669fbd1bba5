import type { Migration } from './migration.ts';

/** What must outlive a restart for codes to be safe: used grants and wrong tries. */
export const access: Migration = {
  number: 30,
  name: 'access',
  up: `
    CREATE TABLE grant_use (
      grant_id TEXT PRIMARY KEY,
      purpose TEXT NOT NULL CHECK (purpose IN ('locker', 'check-in', 'booking')),
      -- step of the last accepted moving part; NULL for printed grants
      last_step INTEGER,
      uses INTEGER NOT NULL,
      unproved_uses INTEGER NOT NULL,
      last_used_at INTEGER NOT NULL,
      -- end of the grant's own window: afterwards the row guards nothing
      ends_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX grant_use_end ON grant_use (ends_at);

    CREATE TABLE typed_limit (
      scope TEXT PRIMARY KEY,
      -- times of wrong tries, JSON array of unix ms, at most 100
      wrong TEXT NOT NULL,
      level INTEGER NOT NULL,
      off_until INTEGER NOT NULL,
      at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX typed_limit_at ON typed_limit (at);

    CREATE INDEX feed_deny_grant ON feed_record (json_extract(body, '$.grantId')) WHERE type = 'deny';
    CREATE INDEX feed_deny_member ON feed_record (json_extract(body, '$.memberRef')) WHERE type = 'deny';
    CREATE INDEX feed_lease_grant ON feed_record (json_extract(body, '$.grantId')) WHERE type = 'lease';
    CREATE INDEX feed_lease_compartment ON feed_record (json_extract(body, '$.compartment')) WHERE type = 'lease';
  `,
};
