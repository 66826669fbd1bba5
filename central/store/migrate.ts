import { m0010 } from './migrations/0010-core.ts';
import type { Database } from './sql.ts';
import { one } from './sql.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

const migrations: readonly Migration[] = [m0010];

/** An arbitrary number shared by all central servers on one database: they migrate one after another. */
const LOCK = 728_311;

/** Brings the database to the newest form; each migration is one transaction, done once (CE1). */
export async function migrate(db: Database, list: readonly Migration[] = migrations): Promise<number[]> {
  await db.script('CREATE TABLE IF NOT EXISTS migration (number int PRIMARY KEY, name text NOT NULL)');
  const done: number[] = [];
  for (const migration of list) {
    await db.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      if (await one(tx, 'SELECT 1 AS found FROM migration WHERE number = $1', [migration.number])) return;
      for (const statement of migration.sql.split(/;\s*\n/)) {
        if (statement.trim() !== '') await tx.query(statement);
      }
      await tx.query('INSERT INTO migration (number, name) VALUES ($1, $2)', [
        migration.number,
        migration.name,
      ]);
      done.push(migration.number);
    });
  }
  return done;
}
