import type { Instant } from '../../contract/time.ts';
import type { Database } from '../store/database.ts';
import type { BookingState } from './bookings.machine.ts';
import { minutesOf } from './bookings.rules.ts';

export interface BookingRow {
  readonly id: string;
  readonly resource: number;
  readonly memberRef: string;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly state: BookingState;
  readonly origin: 'central' | 'hall';
  /** 1 = holds no minutes: it waits for a ruling. */
  readonly waiting: 0 | 1;
  /** When this hall first knew of it. */
  readonly knownAt: Instant;
}

/** SQL of bookings, with the texts of the hot queries for the test of their plans. */
export const bookingSql = {
  ofDay: `SELECT id, resource, member_ref AS memberRef, starts_at AS startsAt, ends_at AS endsAt, state, origin, waiting, known_at AS knownAt FROM booking WHERE resource = ? AND starts_at >= ? AND starts_at < ? AND state IN ('booked', 'checked-in') ORDER BY starts_at`,
  ofMember: `SELECT id, resource, member_ref AS memberRef, starts_at AS startsAt, ends_at AS endsAt, state, origin, waiting, known_at AS knownAt FROM booking WHERE member_ref = ? AND starts_at >= ? AND starts_at < ? ORDER BY starts_at`,
  started: `SELECT id, resource, member_ref AS memberRef, starts_at AS startsAt, ends_at AS endsAt, state, origin, waiting, known_at AS knownAt FROM booking INDEXED BY booking_open WHERE state = 'booked' AND starts_at > ? AND starts_at <= ? ORDER BY starts_at`,
  waiting: `SELECT id, resource, member_ref AS memberRef, starts_at AS startsAt, ends_at AS endsAt, state, origin, waiting, known_at AS knownAt FROM booking WHERE waiting = 1 ORDER BY known_at, id`,
} as const;

/** Prepared statements over `booking` and `booking_slot`. */
export function createBookingStore(db: Database) {
  const insert = db.prepare(
    'INSERT INTO booking (id, resource, member_ref, starts_at, ends_at, state, origin, waiting, known_at) VALUES (@id, @resource, @memberRef, @startsAt, @endsAt, @state, @origin, @waiting, @knownAt)',
  );
  const one = db.prepare<[string], BookingRow>(
    'SELECT id, resource, member_ref AS memberRef, starts_at AS startsAt, ends_at AS endsAt, state, origin, waiting, known_at AS knownAt FROM booking WHERE id = ?',
  );
  const remove = db.prepare('DELETE FROM booking WHERE id = ?');
  const setState = db.prepare('UPDATE booking SET state = ?, waiting = ? WHERE id = ?');
  const setWaiting = db.prepare('UPDATE booking SET waiting = ? WHERE id = ?');
  const move = db.prepare(
    'UPDATE booking SET resource = ?, member_ref = ?, starts_at = ?, ends_at = ? WHERE id = ?',
  );
  const hold = db.prepare(
    'INSERT INTO booking_slot (resource, minute, booking) WITH RECURSIVE held (minute) AS (SELECT ? UNION ALL SELECT minute + 1 FROM held WHERE minute + 1 < ?) SELECT ?, minute, ? FROM held',
  );
  const free = db.prepare('DELETE FROM booking_slot WHERE booking = ?');
  const prune = db.prepare('DELETE FROM booking_slot WHERE minute < ?');
  const holder = db
    .prepare<[number, number, number], string>(
      'SELECT DISTINCT booking FROM booking_slot WHERE resource = ? AND minute >= ? AND minute < ? LIMIT 1',
    )
    .pluck();
  const ofDay = db.prepare<[number, string, string], BookingRow>(bookingSql.ofDay);
  const ofMember = db.prepare<[string, string, string], BookingRow>(bookingSql.ofMember);
  const started = db.prepare<[string, string], BookingRow>(bookingSql.started);
  const waiting = db.prepare<[], BookingRow>(bookingSql.waiting);

  return {
    insert: (row: BookingRow): void => void insert.run(row),
    one: (id: string): BookingRow | undefined => one.get(id),
    remove: (id: string): void => {
      free.run(id);
      remove.run(id);
    },
    setState: (id: string, state: BookingState, waits: 0 | 1): void => void setState.run(state, waits, id),
    setWaiting: (id: string, waits: 0 | 1): void => void setWaiting.run(waits, id),
    move: (row: BookingRow): void =>
      void move.run(row.resource, row.memberRef, row.startsAt, row.endsAt, row.id),
    /** Takes every minute of the booking, or none: false when one of them is held by another [BK1]. */
    hold: (row: Pick<BookingRow, 'id' | 'resource' | 'startsAt' | 'endsAt'>): boolean => {
      const { from, to } = minutesOf(row.startsAt, row.endsAt);
      try {
        hold.run(from, to, row.resource, row.id);
        return true;
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY')
          return false;
        throw error;
      }
    },
    free: (id: string): void => void free.run(id),
    /** Who holds a minute of the span now. */
    holder: (row: Pick<BookingRow, 'resource' | 'startsAt' | 'endsAt'>): string | undefined => {
      const { from, to } = minutesOf(row.startsAt, row.endsAt);
      return holder.get(row.resource, from, to);
    },
    prune: (beforeMinute: number): void => void prune.run(beforeMinute),
    /** Live bookings of a place that start in [from, to). */
    ofDay: (resource: number, from: Instant, to: Instant): BookingRow[] => ofDay.all(resource, from, to),
    ofMember: (memberRef: string, from: Instant, to: Instant): BookingRow[] =>
      ofMember.all(memberRef, from, to),
    /** Booked, started in (from, to], nobody came yet. */
    started: (from: Instant, to: Instant): BookingRow[] => started.all(from, to),
    waiting: (): BookingRow[] => waiting.all(),
  };
}

export type BookingStore = ReturnType<typeof createBookingStore>;
