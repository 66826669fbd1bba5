import type { Instant } from '../../contract/time.ts';
import type { Database } from '../store/database.ts';

export interface HelpRow {
  readonly id: string;
  readonly kiosk: string;
  readonly page: string;
  readonly note: string | null;
  readonly calledAt: Instant;
  readonly takenBy: string | null;
  readonly takenAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly outcome: 'helped' | 'withdrawn' | null;
}

/** The texts of the hot queries, for the test of their plans. */
export const helpSql = {
  openAt:
    'SELECT id, kiosk, page, note, called_at AS calledAt, taken_by AS takenBy, taken_at AS takenAt, ended_at AS endedAt, outcome FROM help_call WHERE kiosk = ? AND ended_at IS NULL',
  ended:
    'SELECT id, kiosk, page, note, called_at AS calledAt, taken_by AS takenBy, taken_at AS takenAt, ended_at AS endedAt, outcome FROM help_call WHERE ended_at >= ? ORDER BY ended_at DESC LIMIT ?',
  answered:
    'SELECT called_at AS calledAt, taken_at AS takenAt FROM help_call WHERE taken_at >= ? ORDER BY taken_at DESC LIMIT 20',
} as const;

/** Prepared statements over `help_call`. */
export function createHelpStore(db: Database) {
  const insert = db.prepare(
    'INSERT INTO help_call (id, kiosk, page, note, called_at) VALUES (@id, @kiosk, @page, @note, @calledAt)',
  );
  const one = db.prepare<[string], HelpRow>(
    'SELECT id, kiosk, page, note, called_at AS calledAt, taken_by AS takenBy, taken_at AS takenAt, ended_at AS endedAt, outcome FROM help_call WHERE id = ?',
  );
  const openAt = db.prepare<[string], HelpRow>(helpSql.openAt);
  const open = db.prepare<[], HelpRow>(
    'SELECT id, kiosk, page, note, called_at AS calledAt, taken_by AS takenBy, taken_at AS takenAt, ended_at AS endedAt, outcome FROM help_call INDEXED BY help_open WHERE ended_at IS NULL ORDER BY called_at, id',
  );
  const ended = db.prepare<[string, number], HelpRow>(helpSql.ended);
  const answered = db.prepare<[string], { calledAt: string; takenAt: string }>(helpSql.answered);
  const where = db.prepare('UPDATE help_call SET page = ?, note = coalesce(?, note) WHERE id = ?');
  const take = db.prepare('UPDATE help_call SET taken_by = ?, taken_at = coalesce(taken_at, ?) WHERE id = ?');
  const end = db.prepare('UPDATE help_call SET ended_at = ?, outcome = ? WHERE id = ?');
  return {
    insert: (row: Pick<HelpRow, 'id' | 'kiosk' | 'page' | 'note' | 'calledAt'>): void => void insert.run(row),
    one: (id: string): HelpRow | undefined => one.get(id),
    openAt: (kiosk: string): HelpRow | undefined => openAt.get(kiosk),
    open: (): HelpRow[] => open.all(),
    ended: (since: Instant, limit: number): HelpRow[] => ended.all(since, limit),
    answered: (since: Instant): { calledAt: string; takenAt: string }[] => answered.all(since),
    /** The newest page, and a note when there is one. */
    where: (id: string, page: string, note: string | null): void => void where.run(page, note, id),
    take: (id: string, by: string, at: Instant): void => void take.run(by, at, id),
    end: (id: string, at: Instant, outcome: 'helped' | 'withdrawn'): void => void end.run(at, outcome, id),
  };
}
