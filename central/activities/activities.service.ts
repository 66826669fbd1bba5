import type { Session } from '../../contract/feed.ts';
import type { Words } from '../../contract/ids.ts';
import type { Result } from '../../contract/refusals.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import { toInstant } from '../../contract/time.ts';
import type { Base } from '../base.ts';
import type { GrantWish, Grants } from '../grants/grants.service.ts';
import type { Sql, Tx } from '../store/sql.ts';
import { one } from '../store/sql.ts';

const MINUTE = 60_000;
/** The grant's window is wider than the hall's own by this much: the hall decides, the grant only proves. */
const WINDOW_MARGIN = 10 * MINUTE;

export interface SessionRow {
  readonly hall: number;
  readonly number: number;
  readonly name: string;
  readonly teacher: string | null;
  readonly starts_at: number;
  readonly ends_at: number;
  readonly capacity: number;
  readonly check_in_before: number;
  readonly check_in_after: number;
  readonly unit: string;
  readonly room: string;
  readonly cancelled: boolean;
  readonly registered: number;
  readonly waiting: number;
}

export interface RegistrationRow {
  readonly id: string;
  readonly session: number;
  readonly member_ref: string;
  readonly state: 'registered' | 'waiting' | 'cancelled';
  readonly seat: number | null;
}

export type NewSession = Omit<Session, 'activity' | 'teacher' | 'taken' | 'startsAt' | 'endsAt'> & {
  readonly startsAt: number;
  readonly endsAt: number;
};

export interface Activities {
  addActivity(tx: Tx, hall: number, id: string, name: Words, teacher: Words | undefined): Promise<void>;
  /** Adds or replaces a session. */
  putSession(tx: Tx, hall: number, activity: string, session: NewSession): Promise<void>;
  sessions(sql: Sql, hall: number): Promise<SessionRow[]>;
  session(sql: Sql, hall: number, number: number): Promise<SessionRow | undefined>;
  registrationsOf(sql: Sql, hall: number, memberRef: string): Promise<RegistrationRow[]>;
  /** A place while there is one, otherwise a waiting place; a second call changes nothing. The hall must be locked. */
  register(tx: Tx, hall: number, number: number, memberRef: string): Promise<Result<RegistrationRow>>;
  /** Gives the place back; the first in the waiting list moves up [PH6]. */
  cancel(tx: Tx, hall: number, number: number, memberRef: string): Promise<Result<void>>;
}

const SELECT_SESSION = `
  SELECT s.*, a.name, a.teacher,
    (SELECT count(*)::int FROM registration r WHERE r.hall = s.hall AND r.session = s.number AND r.state = 'registered') AS registered,
    (SELECT count(*)::int FROM registration r WHERE r.hall = s.hall AND r.session = s.number AND r.state = 'waiting') AS waiting
  FROM session s JOIN activity a ON a.id = s.activity WHERE s.hall = $1`;

/** The feed's form of a session. */
export function toSession(row: SessionRow): Session {
  return {
    number: row.number,
    activity: JSON.parse(row.name) as Words,
    ...(row.teacher === null ? {} : { teacher: JSON.parse(row.teacher) as Words }),
    startsAt: toInstant(row.starts_at),
    endsAt: toInstant(row.ends_at),
    capacity: row.capacity,
    taken: row.registered + row.waiting,
    checkInBefore: row.check_in_before,
    checkInAfter: row.check_in_after,
    unit: row.unit,
    room: row.room,
    cancelled: row.cancelled,
  };
}

/** What the grant of a registration proves, and when. */
export function registrationGrant(row: SessionRow, registration: RegistrationRow): GrantWish {
  return {
    subject: `registration:${registration.id}`,
    purpose: 'check-in',
    memberRef: registration.member_ref,
    target: row.number,
    notBefore: row.starts_at - row.check_in_before * MINUTE - WINDOW_MARGIN,
    notAfter: row.starts_at + row.check_in_after * MINUTE + WINDOW_MARGIN,
  };
}

export function createActivities(base: Base, grants: Grants): Activities {
  const { clock, feed, ids } = base;
  const session: Activities['session'] = (sql, hall, number) =>
    one<SessionRow>(sql, `${SELECT_SESSION} AND s.number = $2`, [hall, number]);
  const live = (sql: Sql, hall: number, number: number, memberRef: string) =>
    one<RegistrationRow>(
      sql,
      "SELECT * FROM registration WHERE hall = $1 AND session = $2 AND member_ref = $3 AND state <> 'cancelled'",
      [hall, number, memberRef],
    );
  const send = async (tx: Tx, hall: number, row: RegistrationRow): Promise<void> => {
    await feed.put(tx, hall, 'registration', {
      id: row.id,
      session: row.session,
      memberRef: row.member_ref,
      state: row.state,
      ...(row.seat === null ? {} : { seat: row.seat }),
    });
  };
  const sendSession = async (tx: Tx, hall: number, number: number): Promise<void> => {
    const row = await session(tx, hall, number);
    if (row !== undefined) await feed.put(tx, hall, 'session', toSession(row));
  };
  const freeSeat = async (tx: Tx, hall: number, row: SessionRow): Promise<number | undefined> => {
    const taken = new Set(
      (
        await tx.query<{ seat: number }>(
          "SELECT seat FROM registration WHERE hall = $1 AND session = $2 AND state = 'registered'",
          [hall, row.number],
        )
      ).map((each) => each.seat),
    );
    if (taken.size >= row.capacity) return undefined;
    for (let seat = 1; seat <= row.capacity; seat += 1) if (!taken.has(seat)) return seat;
    return undefined;
  };

  return {
    addActivity: async (tx, hall, id, name, teacher) => {
      await tx.query(
        'INSERT INTO activity (id, hall, name, teacher) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET name = $3, teacher = $4',
        [id, hall, JSON.stringify(name), teacher === undefined ? null : JSON.stringify(teacher)],
      );
    },
    putSession: async (tx, hall, activity, wanted) => {
      await tx.query(
        `INSERT INTO session (hall, number, activity, starts_at, ends_at, capacity, check_in_before, check_in_after, unit, room, cancelled) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (hall, number) DO UPDATE SET activity = $3, starts_at = $4, ends_at = $5, capacity = $6, check_in_before = $7, check_in_after = $8, unit = $9, room = $10, cancelled = $11`,
        [
          hall,
          wanted.number,
          activity,
          wanted.startsAt,
          wanted.endsAt,
          wanted.capacity,
          wanted.checkInBefore,
          wanted.checkInAfter,
          wanted.unit,
          wanted.room,
          wanted.cancelled,
        ],
      );
      await sendSession(tx, hall, wanted.number);
    },
    sessions: (sql, hall) =>
      sql.query<SessionRow>(`${SELECT_SESSION} ORDER BY s.starts_at, s.number`, [hall]),
    session,
    registrationsOf: (sql, hall, memberRef) =>
      sql.query<RegistrationRow>(
        'SELECT * FROM registration WHERE hall = $1 AND member_ref = $2 ORDER BY place',
        [hall, memberRef],
      ),
    register: async (tx, hall, number, memberRef) => {
      const row = await session(tx, hall, number);
      if (row === undefined) return refused('session-unknown');
      const before = await live(tx, hall, number, memberRef);
      if (before !== undefined) return accepted(before);
      if (row.cancelled) return refused('session-cancelled');
      if (clock.now() > row.starts_at + row.check_in_after * MINUTE) return refused('session-over');
      const seat = await freeSeat(tx, hall, row);
      const made: RegistrationRow = {
        id: ids.uuid(),
        session: number,
        member_ref: memberRef,
        state: seat === undefined ? 'waiting' : 'registered',
        seat: seat ?? null,
      };
      await tx.query(
        'INSERT INTO registration (id, hall, session, member_ref, state, seat) VALUES ($1, $2, $3, $4, $5, $6)',
        [made.id, hall, number, memberRef, made.state, made.seat],
      );
      await send(tx, hall, made);
      await sendSession(tx, hall, number);
      return accepted(made);
    },
    cancel: async (tx, hall, number, memberRef) => {
      const row = await session(tx, hall, number);
      if (row === undefined) return refused('session-unknown');
      const mine = await live(tx, hall, number, memberRef);
      if (mine === undefined) return refused('not-registered');
      if (
        await one(
          tx,
          'SELECT 1 AS found FROM check_in WHERE hall = $1 AND session = $2 AND member_ref = $3 AND undone_at IS NULL',
          [hall, number, memberRef],
        )
      )
        return refused('session-over');
      const leaving: RegistrationRow = { ...mine, state: 'cancelled', seat: null };
      await tx.query("UPDATE registration SET state = 'cancelled', seat = NULL WHERE id = $1", [mine.id]);
      await send(tx, hall, leaving);
      await grants.revoke(tx, hall, `registration:${mine.id}`);
      if (
        mine.state === 'registered' &&
        !row.cancelled &&
        clock.now() <= row.starts_at + row.check_in_after * MINUTE
      ) {
        const first = await one<RegistrationRow>(
          tx,
          "SELECT * FROM registration WHERE hall = $1 AND session = $2 AND state = 'waiting' ORDER BY place LIMIT 1",
          [hall, number],
        );
        const seat = first === undefined ? undefined : await freeSeat(tx, hall, row);
        if (first !== undefined && seat !== undefined) {
          await tx.query("UPDATE registration SET state = 'registered', seat = $2 WHERE id = $1", [
            first.id,
            seat,
          ]);
          await send(tx, hall, { ...first, state: 'registered', seat });
        }
      }
      await sendSession(tx, hall, number);
      return accepted(undefined);
    },
  };
}
