import Sqlite from 'better-sqlite3';
import type { Migration } from './migrations/migration.ts';
import { migrations } from './migrations/list.ts';

export type Database = Sqlite.Database;

/** Below this SQLite may corrupt or lose commits in WAL mode with more than one connection. */
export const SQLITE_FLOOR = '3.51.3';

/** Raised when the database cannot be used at all; a person must act. */
export class DatabaseRefused extends Error {
  override readonly name = 'DatabaseRefused';
}

/**
 * Opens the hall's database (WAL, synchronous FULL, foreign keys on, checked at start) and
 * brings it to the newest migration. `file` may be `:memory:`.
 * @throws DatabaseRefused when SQLite is too old, the file is damaged, or from a newer program.
 */
export function openDatabase(file: string): Database {
  const db = new Sqlite(file);
  try {
    const version = String(db.prepare('SELECT sqlite_version()').pluck().get());
    if (isOlder(version, SQLITE_FLOOR))
      throw new DatabaseRefused(`SQLite ${version} is older than ${SQLITE_FLOOR}`);
    db.pragma('journal_mode = WAL');
    // better-sqlite3 compiles NORMAL as the WAL default, which may roll back acknowledged commits after a power cut [ST2].
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('busy_timeout = 5000');
    const check = String(db.pragma('quick_check', { simple: true }));
    if (check !== 'ok') throw new DatabaseRefused(`the database is damaged: ${check}`);
    migrate(db, migrations);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Runs the migrations the file has not seen, each in its own transaction. */
export function migrate(db: Database, list: readonly Migration[]): void {
  db.exec('CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT');
  const seen = new Set(db.prepare('SELECT number FROM migration').pluck().all() as number[]);
  const newest = Math.max(0, ...list.map((each) => each.number));
  const unknown = [...seen].find((number) => number > newest);
  if (unknown !== undefined)
    throw new DatabaseRefused(`the data was written by a newer version (migration ${String(unknown)})`);
  for (const each of [...list].sort((a, b) => a.number - b.number)) {
    if (seen.has(each.number)) continue;
    db.transaction(() => {
      db.exec(each.up);
      db.prepare('INSERT INTO migration (number, name) VALUES (?, ?)').run(each.number, each.name);
    })();
  }
}

function isOlder(version: string, floor: string): boolean {
  const [a, b] = [version, floor].map((text) => text.split('.').map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
