import type { Database } from '../store/database.ts';

export interface StaffRow {
  readonly name: string;
  readonly role: 'clerk' | 'manager';
  readonly salt: string;
  readonly password_hash: string;
}

export interface SessionRow {
  readonly name: string;
  readonly role: 'clerk' | 'manager';
  readonly started_at: number;
  readonly used_at: number;
}

export interface FailureRow {
  readonly count: number;
  readonly last_at: number;
  readonly blocked_until: number;
}

/** Statements over the identity tables; every look-up is by primary or unique key. */
export function createIdentityStore(db: Database) {
  const codeByHash = db.prepare<[string], { kiosk: string; expires_at: number }>(
    'SELECT kiosk, expires_at FROM kiosk_code WHERE code_hash = ?',
  );
  const addCode = db.prepare('INSERT INTO kiosk_code (code_hash, kiosk, expires_at) VALUES (?, ?, ?)');
  const dropCode = db.prepare('DELETE FROM kiosk_code WHERE code_hash = ?');
  const dropOldCodes = db.prepare('DELETE FROM kiosk_code WHERE expires_at < ?');
  const setToken = db.prepare(
    'INSERT INTO kiosk_token (kiosk, token_hash, enrolled_at) VALUES (?, ?, ?) ON CONFLICT (kiosk) DO UPDATE SET token_hash = excluded.token_hash, enrolled_at = excluded.enrolled_at',
  );
  const kioskByToken = db
    .prepare<[string], string>('SELECT kiosk FROM kiosk_token WHERE token_hash = ?')
    .pluck();
  const staffByName = db.prepare<[string], StaffRow>(
    'SELECT name, role, salt, password_hash FROM staff WHERE name = ?',
  );
  const setStaff = db.prepare(
    'INSERT INTO staff (name, role, salt, password_hash) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET role = excluded.role, salt = excluded.salt, password_hash = excluded.password_hash',
  );
  const countStaff = db.prepare<[], number>('SELECT count(*) FROM staff').pluck();
  const addSession = db.prepare(
    'INSERT INTO staff_session (token_hash, name, started_at, used_at) VALUES (?, ?, ?, ?)',
  );
  const sessionByToken = db.prepare<[string], SessionRow>(
    'SELECT s.name, staff.role, s.started_at, s.used_at FROM staff_session s JOIN staff USING (name) WHERE token_hash = ?',
  );
  const touchSession = db.prepare('UPDATE staff_session SET used_at = ? WHERE token_hash = ?');
  const dropSession = db.prepare('DELETE FROM staff_session WHERE token_hash = ?');
  const dropOldSessions = db.prepare('DELETE FROM staff_session WHERE started_at < ?');
  const failure = db.prepare<[string], FailureRow>(
    'SELECT count, last_at, blocked_until FROM failed_try WHERE subject = ?',
  );
  const setFailure = db.prepare(
    'INSERT INTO failed_try (subject, count, last_at, blocked_until) VALUES (?, ?, ?, ?) ON CONFLICT (subject) DO UPDATE SET count = excluded.count, last_at = excluded.last_at, blocked_until = excluded.blocked_until',
  );
  const dropFailure = db.prepare('DELETE FROM failed_try WHERE subject = ?');
  return {
    codeByHash,
    addCode,
    dropCode,
    dropOldCodes,
    setToken,
    kioskByToken,
    staffByName,
    setStaff,
    countStaff,
    addSession,
    sessionByToken,
    touchSession,
    dropSession,
    dropOldSessions,
    failure,
    setFailure,
    dropFailure,
  };
}
