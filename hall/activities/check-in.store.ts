import type { UnixMillis } from '../../contract/ports.ts';
import type { Database } from '../store/database.ts';

export interface CheckInRow {
  readonly id: string;
  readonly session: number;
  readonly member_ref: string;
  readonly at: UnixMillis;
  readonly kiosk: string;
  readonly credential: 'qr-app' | 'qr-printed' | 'typed' | 'card';
  readonly grant_id: string | null;
  readonly undone_at: UnixMillis | null;
}

/** Texts of the hot queries, so that a test can ask SQLite for their plans. */
export const hotQueries = {
  present: 'SELECT * FROM check_in WHERE session = ? AND member_ref = ? AND undone_at IS NULL',
  count: 'SELECT present FROM check_in_count WHERE session = ?',
} as const;

/** SQL of check-ins, prepared once. */
export function createCheckInStore(db: Database) {
  const insert = db.prepare<[string, number, string, number, string, string, string | null]>(
    'INSERT INTO check_in (id, session, member_ref, at, kiosk, credential, grant_id) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const present = db.prepare<[number, string], CheckInRow>(hotQueries.present);
  const count = db.prepare<[number], number>(hotQueries.count).pluck();
  const byId = db.prepare<[string], CheckInRow>('SELECT * FROM check_in WHERE id = ?');
  const undo = db.prepare<[number, string]>('UPDATE check_in SET undone_at = ? WHERE id = ?');
  return {
    insert: (row: CheckInRow): void => {
      insert.run(row.id, row.session, row.member_ref, row.at, row.kiosk, row.credential, row.grant_id);
    },
    /** The check-in that stands, if any. */
    present: (session: number, memberRef: string) => present.get(session, memberRef),
    count: (session: number): number => count.get(session) ?? 0,
    byId: (id: string) => byId.get(id),
    undo: (id: string, at: UnixMillis): void => {
      undo.run(at, id);
    },
  };
}
