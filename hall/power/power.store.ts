import type { UnixMillis } from '../../contract/ports.ts';
import type { Database } from '../store/database.ts';

export interface OverrideRow {
  readonly id: string;
  readonly on: 0 | 1;
  readonly until: UnixMillis;
  readonly by: string;
}

/** Overrides by staff: they outlive a restart, and end by themselves. */
export function createPowerStore(db: Database) {
  const put = db.prepare('INSERT OR REPLACE INTO power_override (id, is_on, until, by) VALUES (?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM power_override WHERE id = ?');
  const all = db.prepare<[], OverrideRow>('SELECT id, is_on AS "on", until, by FROM power_override');
  return {
    put: (row: OverrideRow): void => void put.run(row.id, row.on, row.until, row.by),
    remove: (id: string): void => void remove.run(id),
    all: (): OverrideRow[] => all.all(),
  };
}
