import type { Instant } from '../../contract/time.ts';
import type { Database } from '../store/database.ts';

export interface AlarmRow {
  readonly id: string;
  readonly at: Instant;
  readonly kind: string;
  readonly zh: string;
  readonly en: string;
}

/** The texts of the hot queries, for the test of their plans. */
export const deskSql = {
  alarms:
    'SELECT id, at, kind, words_zh AS zh, words_en AS en FROM alarm WHERE seen_at IS NULL ORDER BY at DESC LIMIT 100',
} as const;

const PARKED_SHOWN = 100;

/** Prepared statements over alarms, what staff have seen, and what was parked for them. */
export function createDeskStore(db: Database) {
  const insertAlarm = db.prepare(
    'INSERT INTO alarm (id, at, kind, words_zh, words_en) VALUES (@id, @at, @kind, @zh, @en)',
  );
  const sameAlarm = db
    .prepare<[string, string], number>(
      'SELECT 1 FROM alarm WHERE seen_at IS NULL AND kind = ? AND words_zh = ? LIMIT 1',
    )
    .pluck();
  const alarms = db.prepare<[], AlarmRow>(deskSql.alarms);
  const seeAlarm = db.prepare('UPDATE alarm SET seen_at = ?, seen_by = ? WHERE id = ? AND seen_at IS NULL');
  const seeConflict = db.prepare(
    'INSERT INTO conflict_seen (id, at, by) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const seenConflicts = db.prepare<[], string>('SELECT id FROM conflict_seen').pluck();
  const quarantined = db.prepare<[number], { seq: number; type: string | null; reason: string; at: Instant }>(
    'SELECT q.seq, o.type, q.reason, q.at FROM quarantined_fact q LEFT JOIN outbox o ON o.epoch = q.epoch AND o.seq = q.seq ORDER BY q.at DESC LIMIT ?',
  );
  const parked = db.prepare<[number], { seq: number; type: string; reason: string; at: Instant }>(
    'SELECT number AS seq, type, reason, at FROM parked_change ORDER BY number DESC LIMIT ?',
  );
  return {
    insertAlarm: (row: AlarmRow): void => void insertAlarm.run(row),
    sameAlarm: (kind: string, zh: string): boolean => sameAlarm.get(kind, zh) !== undefined,
    alarms: (): AlarmRow[] => alarms.all(),
    seeAlarm: (id: string, at: Instant, by: string): boolean => seeAlarm.run(at, by, id).changes > 0,
    seeConflict: (id: string, at: Instant, by: string): void => void seeConflict.run(id, at, by),
    seenConflicts: (): Set<string> => new Set(seenConflicts.all()),
    /** Facts that central put aside, and changes that this hall could not apply. */
    parked: (): { seq: number; type: string; reason: string; at: Instant }[] => [
      ...quarantined.all(PARKED_SHOWN).map((row) => ({ ...row, type: row.type ?? '' })),
      ...parked.all(PARKED_SHOWN).map((row) => ({ ...row, type: `feed:${row.type}` })),
    ],
  };
}
