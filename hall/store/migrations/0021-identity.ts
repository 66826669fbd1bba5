import type { Migration } from './migration.ts';

/** Who may call: kiosks, staff and their sessions. Secrets are stored hashed only. */
export const identity: Migration = {
  number: 21,
  name: 'identity',
  up: `
    CREATE TABLE kiosk_code (
      code_hash TEXT PRIMARY KEY,
      kiosk TEXT NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE kiosk_token (
      kiosk TEXT PRIMARY KEY,
      token_hash TEXT NOT NULL UNIQUE,
      enrolled_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE staff (
      name TEXT PRIMARY KEY,
      role TEXT NOT NULL CHECK (role IN ('clerk', 'manager')),
      salt TEXT NOT NULL,
      password_hash TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE staff_session (
      token_hash TEXT PRIMARY KEY,
      name TEXT NOT NULL REFERENCES staff (name),
      started_at INTEGER NOT NULL,
      used_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX staff_session_started ON staff_session (started_at);

    CREATE TABLE failed_try (
      subject TEXT PRIMARY KEY,
      count INTEGER NOT NULL,
      last_at INTEGER NOT NULL,
      blocked_until INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
