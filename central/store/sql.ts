/** The one door to the database, the same for PostgreSQL and PGlite. */

export type Value = string | number | boolean | null | readonly string[] | readonly number[];
export type Row = Readonly<Record<string, unknown>>;

export interface Sql {
  /** One statement with `$1` parameters. bigint columns arrive as numbers (all of ours stay below 2^53). */
  query<R extends object = Row>(text: string, values?: readonly Value[]): Promise<R[]>;
}

export interface Tx extends Sql {
  /** Runs after COMMIT, in order; never when the transaction is rolled back. */
  afterCommit(run: () => void): void;
}

export interface Database extends Sql {
  readonly kind: 'postgresql' | 'pglite';
  /** One transaction (READ COMMITTED). A throw rolls everything back and passes through. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Several statements without parameters: migrations only. */
  script(text: string): Promise<void>;
  close(): Promise<void>;
}

/** The first row, or undefined. */
export async function one<R extends object>(
  sql: Sql,
  text: string,
  values: readonly Value[] = [],
): Promise<R | undefined> {
  return (await sql.query<R>(text, values))[0];
}

/** Collects what must happen after COMMIT. */
export function afterCommitList(): { readonly add: (run: () => void) => void; readonly run: () => void } {
  const list: (() => void)[] = [];
  return {
    add: (run) => list.push(run),
    run: () => {
      for (const each of list) each();
    },
  };
}
