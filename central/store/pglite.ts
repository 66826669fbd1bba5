import { PGlite } from '@electric-sql/pglite';
import type { Transaction } from '@electric-sql/pglite';
import type { Database, Value } from './sql.ts';
import { afterCommitList } from './sql.ts';

/**
 * PostgreSQL in this process, for demos and small installations. It has one connection:
 * PGlite queues transactions itself, so two writers never overlap.
 *
 * What is known of its durability: with `relaxedDurability: false` (set here) a query answers
 * only after the file layer's sync. In a plain folder that layer writes through Node's file
 * calls; a killed process loses nothing acknowledged, but PGlite makes no promise about a power
 * cut, so real installations set CENTRAL_DATABASE_URL.
 */
export async function openPglite(folder: string | undefined): Promise<Database> {
  const db =
    folder === undefined ? await PGlite.create() : await PGlite.create(folder, { relaxedDurability: false });
  return {
    kind: 'pglite',
    query: (text, values) => runOn(db, text, values),
    script: async (text) => {
      await db.exec(text);
    },
    transaction: async (work) => {
      const after = afterCommitList();
      const result = await db.transaction((tx) =>
        work({ query: (text, values) => runOn(tx, text, values), afterCommit: after.add }),
      );
      after.run();
      return result;
    },
    close: () => db.close(),
  };
}

async function runOn<R extends object>(
  target: PGlite | Transaction,
  text: string,
  values: readonly Value[] = [],
): Promise<R[]> {
  return (await target.query<R>(text, [...values])).rows;
}
