import type { Instant } from '../../contract/time.ts';
import type { Database } from '../store/database.ts';
import type { Decision } from './applications.machine.ts';

export interface DraftRow {
  readonly id: string;
  readonly definition: string;
  readonly answers: string;
  readonly sealed: string;
  readonly page: string;
  readonly expiresAt: Instant;
}

export interface ApplicationRow {
  readonly id: string;
  readonly number: string;
  readonly definition: string;
  readonly submittedAt: Instant;
  readonly deadline: Instant;
  readonly answers: string;
  readonly sealed: string;
  readonly queryHash: string;
  readonly factId: string;
  readonly state: 'submitted' | Decision;
  readonly reason: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Instant | null;
}

export interface PendingRow {
  readonly application: string;
  readonly decision: Decision;
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
}

/** The texts of the hot queries, for the test of their plans. */
export const serviceSql = {
  byCode:
    'SELECT id, definition, answers, sealed, page, expires_at AS expiresAt FROM draft WHERE code_hash = ?',
  expired: 'DELETE FROM draft WHERE expires_at <= ?',
  byNumber:
    'SELECT id, number, definition, submitted_at AS submittedAt, deadline, answers, sealed, query_hash AS queryHash, fact_id AS factId, state, reason, decided_by AS decidedBy, decided_at AS decidedAt FROM application WHERE number = ?',
  open: "SELECT id, number, definition, submitted_at AS submittedAt, deadline, answers, sealed, query_hash AS queryHash, fact_id AS factId, state, reason, decided_by AS decidedBy, decided_at AS decidedAt FROM application WHERE state = 'submitted' AND id NOT IN (SELECT application FROM pending_decision) ORDER BY deadline LIMIT ?",
} as const;

/** Prepared statements over drafts, applications and decisions. */
export function createServiceStore(db: Database) {
  // A deleted draft is overwritten in the file, not only unlinked from its page [SV5].
  db.pragma('secure_delete = ON');
  const insertDraft = db.prepare(
    'INSERT INTO draft (id, code_hash, definition, answers, sealed, page, expires_at) VALUES (@id, @codeHash, @definition, @answers, @sealed, @page, @expiresAt)',
  );
  const draft = db.prepare<[string], DraftRow>(
    'SELECT id, definition, answers, sealed, page, expires_at AS expiresAt FROM draft WHERE id = ?',
  );
  const draftByCode = db.prepare<[string], DraftRow>(serviceSql.byCode);
  const updateDraft = db.prepare('UPDATE draft SET answers = ?, sealed = ?, page = ? WHERE id = ?');
  const dropDraft = db.prepare('DELETE FROM draft WHERE id = ?');
  const dropExpired = db.prepare(serviceSql.expired);
  const nextNumber = db
    .prepare<[string], number>(
      'INSERT INTO application_number (day, last) VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET last = last + 1 RETURNING last',
    )
    .pluck();
  const insertApplication = db.prepare(
    "INSERT INTO application (id, number, definition, submitted_at, deadline, answers, sealed, query_hash, fact_id, state) VALUES (@id, @number, @definition, @submittedAt, @deadline, @answers, @sealed, @queryHash, @factId, 'submitted')",
  );
  const application = db.prepare<[string], ApplicationRow>(
    'SELECT id, number, definition, submitted_at AS submittedAt, deadline, answers, sealed, query_hash AS queryHash, fact_id AS factId, state, reason, decided_by AS decidedBy, decided_at AS decidedAt FROM application WHERE id = ?',
  );
  const byNumber = db.prepare<[string], ApplicationRow>(serviceSql.byNumber);
  const open = db.prepare<[number], ApplicationRow>(serviceSql.open);
  const countOpen = db
    .prepare<[], number>(
      "SELECT count(*) FROM application WHERE state = 'submitted' AND id NOT IN (SELECT application FROM pending_decision)",
    )
    .pluck();
  const decide = db.prepare(
    'UPDATE application SET state = ?, reason = ?, decided_by = ?, decided_at = ? WHERE id = ?',
  );
  const insertPending = db.prepare(
    'INSERT INTO pending_decision (application, decision, reason, by, at) VALUES (@application, @decision, @reason, @by, @at)',
  );
  const pendingOf = db.prepare<[string], PendingRow>(
    'SELECT application, decision, reason, by, at FROM pending_decision WHERE application = ?',
  );
  const pending = db.prepare<[], PendingRow>(
    'SELECT application, decision, reason, by, at FROM pending_decision ORDER BY at, application',
  );
  const dropPending = db.prepare('DELETE FROM pending_decision WHERE application = ?');
  const sent = db
    .prepare<[string], number>(
      'SELECT outbox.seq <= epoch.acked_seq FROM outbox JOIN epoch USING (epoch) WHERE outbox.id = ?',
    )
    .pluck();

  return {
    insertDraft: (row: DraftRow & { codeHash: string }): void => void insertDraft.run(row),
    draft: (id: string): DraftRow | undefined => draft.get(id),
    draftByCode: (codeHash: string): DraftRow | undefined => draftByCode.get(codeHash),
    updateDraft: (row: Pick<DraftRow, 'id' | 'answers' | 'sealed' | 'page'>): void =>
      void updateDraft.run(row.answers, row.sealed, row.page, row.id),
    dropDraft: (id: string): boolean => dropDraft.run(id).changes > 0,
    dropExpired: (now: Instant): number => dropExpired.run(now).changes,
    /** The next number of a day, from 1; unique because it is counted in the same transaction. */
    nextNumber: (day: string): number => Number(nextNumber.get(day)),
    insertApplication: (row: Omit<ApplicationRow, 'state' | 'reason' | 'decidedBy' | 'decidedAt'>): void =>
      void insertApplication.run(row),
    application: (id: string): ApplicationRow | undefined => application.get(id),
    byNumber: (number: string): ApplicationRow | undefined => byNumber.get(number),
    open: (limit: number): ApplicationRow[] => open.all(limit),
    countOpen: (): number => Number(countOpen.get()),
    decide: (id: string, row: PendingRow): void =>
      void decide.run(row.decision, row.reason === '' ? null : row.reason, row.by, row.at, id),
    insertPending: (row: PendingRow): void => void insertPending.run(row),
    pendingOf: (id: string): PendingRow | undefined => pendingOf.get(id),
    pending: (): PendingRow[] => pending.all(),
    dropPending: (id: string): void => void dropPending.run(id),
    /** Whether central has acknowledged a fact; one that is pruned from the outbox was acknowledged long ago. */
    sentToCentral: (factId: string): boolean => (sent.get(factId) ?? 1) === 1,
  };
}
