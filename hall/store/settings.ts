import type { Database } from './database.ts';

/** Single values by name: keys, proofs, marks. Small; never a place for lists. */
export interface Settings {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

/** Writes join the transaction that is open, if any. */
export function createSettings(db: Database): Settings {
  const read = db.prepare<[string], string>('SELECT value FROM setting WHERE name = ?').pluck();
  const write = db.prepare(
    'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  return {
    get: (name) => read.get(name),
    set: (name, value) => {
      write.run(name, value);
    },
  };
}
