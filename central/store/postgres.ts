import pg from 'pg';
import type { Database, Sql, Value } from './sql.ts';
import { afterCommitList } from './sql.ts';

/** int8 arrives as text by default; ours are times and counters below 2^53. */
const types = new pg.TypeOverrides();
types.setTypeParser(20, Number);

/** PostgreSQL over a pool. `onIdleError` hears of connections that break while nobody uses them. */
export function openPostgres(url: string, onIdleError: (error: Error) => void, max = 10): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    types,
    connectionTimeoutMillis: 10_000,
    application_name: 'union-hall-central',
  });
  pool.on('error', onIdleError);
  return {
    kind: 'postgresql',
    query: (text, values) => runOn(pool, text, values),
    script: async (text) => {
      await pool.query(text);
    },
    transaction: async (work) => {
      const client = await pool.connect();
      const after = afterCommitList();
      let broken: Error | undefined;
      try {
        await client.query('BEGIN');
        const tx: Sql = { query: (text, values) => runOn(client, text, values) };
        const result = await work({ ...tx, afterCommit: after.add });
        await client.query('COMMIT');
        after.run();
        return result;
      } catch (error) {
        // A connection that cannot even roll back must not return to the pool.
        broken = await client.query('ROLLBACK').then(
          () => undefined,
          (fault: unknown) => (fault instanceof Error ? fault : new Error(String(fault))),
        );
        throw error;
      } finally {
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}

async function runOn<R extends object>(
  target: pg.Pool | pg.PoolClient,
  text: string,
  values: readonly Value[] = [],
): Promise<R[]> {
  const result = await target.query<R>(text, [...values]);
  return result.rows;
}
