import type { UnixMillis } from '../../contract/ports.ts';
import type { Database } from '../store/database.ts';

export interface CardRow {
  readonly token: string;
  /** Name of this binding, for taking it back. */
  readonly binding: string;
  readonly memberRef: string;
  readonly at: UnixMillis;
  /** Staff who bound it. */
  readonly by: string;
}

export function createCardsStore(db: Database) {
  const put = db.prepare(
    'INSERT OR REPLACE INTO card (token, binding, member_ref, at, by) VALUES (?, ?, ?, ?, ?)',
  );
  const memberOf = db.prepare<[string], string>('SELECT member_ref FROM card WHERE token = ?').pluck();
  const count = db.prepare<[], number>('SELECT count(*) FROM card').pluck();
  const byBinding = db.prepare('DELETE FROM card WHERE binding = ?');
  const byMember = db.prepare('DELETE FROM card WHERE member_ref = ?');
  return {
    put: (row: CardRow): void => void put.run(row.token, row.binding, row.memberRef, row.at, row.by),
    memberOf: (token: string): string | undefined => memberOf.get(token),
    count: (): number => count.get() ?? 0,
    endBinding: (binding: string): number => byBinding.run(binding).changes,
    endMember: (memberRef: string): number => byMember.run(memberRef).changes,
  };
}
