import type { Booking, Resource } from '../../contract/feed.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import type { Result } from '../../contract/refusals.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import { toInstant } from '../../contract/time.ts';
import type { Base } from '../base.ts';
import type { GrantWish, Grants } from '../grants/grants.service.ts';
import { addDays, atLocal, localDay } from '../../contract/local-time.ts';
import type { HallRow } from '../store/feed.store.ts';
import type { Sql, Tx } from '../store/sql.ts';
import { one } from '../store/sql.ts';
import type { Slot } from './slots.rules.ts';
import { fitsSlots, grainsOf, slotsOf } from './slots.rules.ts';

const MINUTE = 60_000;
const WINDOW_MARGIN = 10 * MINUTE;
/** A hall not heard of for so long is dark; bookings made meanwhile give way to walk-ins (rule CR2). */
export const DARK_AFTER = 2 * MINUTE;

export interface BookingRow {
  readonly id: string;
  readonly hall: number;
  readonly resource: number;
  readonly member_ref: string;
  readonly starts_at: number;
  readonly ends_at: number;
  readonly state: Booking['state'];
  readonly origin: Booking['origin'];
  readonly made_in_dark: boolean;
  readonly made_order: number;
}

export interface NewBooking {
  readonly id: string;
  readonly resource: number;
  readonly memberRef: string;
  readonly startsAt: UnixMillis;
  readonly endsAt: UnixMillis;
  readonly state: Booking['state'];
  readonly origin: Booking['origin'];
  readonly madeInDark: boolean;
}

export interface Bookings {
  putResource(tx: Tx, hall: number, resource: Resource): Promise<void>;
  resource(sql: Sql, hall: number, number: number): Promise<Resource | undefined>;
  resources(sql: Sql, hall: number): Promise<Resource[]>;
  byId(sql: Sql, hall: number, id: string): Promise<BookingRow | undefined>;
  ofMember(sql: Sql, hall: number, memberRef: string, after: UnixMillis): Promise<BookingRow[]>;
  /** Slots of a day with whose they are; `booking` undefined = free. */
  day(
    sql: Sql,
    hall: HallRow,
    resource: Resource,
    day: string,
  ): Promise<(Slot & { readonly memberRef: string | undefined })[]>;
  /** A booking by the app: opening hours, horizon, quota, and the slot itself (by constraint). The hall must be locked. */
  book(
    tx: Tx,
    hall: HallRow,
    memberRef: string,
    wish: { resource: number; startsAt: UnixMillis; endsAt: UnixMillis },
  ): Promise<Result<BookingRow>>;
  cancel(tx: Tx, hall: HallRow, memberRef: string, id: string): Promise<Result<BookingRow>>;
  /** Writes a booking as it is, without taking slots. */
  insert(tx: Tx, hall: number, booking: NewBooking): Promise<BookingRow>;
  /** Changes the state; states that no longer hold the place free its slots. Sends it down. */
  setState(tx: Tx, booking: BookingRow, state: Booking['state']): Promise<BookingRow>;
  /** Takes the slots; false when another booking holds one of them (nothing is taken then). */
  takeSlots(tx: Tx, booking: BookingRow): Promise<boolean>;
  /** Bookings that hold slots of this period. */
  holders(sql: Sql, booking: BookingRow): Promise<BookingRow[]>;
}

export function toBooking(row: BookingRow): Booking {
  return {
    id: row.id,
    resource: row.resource,
    memberRef: row.member_ref,
    startsAt: toInstant(row.starts_at),
    endsAt: toInstant(row.ends_at),
    state: row.state,
    origin: row.origin,
  };
}

export function bookingGrant(row: BookingRow, resource: Resource): GrantWish {
  return {
    subject: `booking:${row.id}`,
    purpose: 'booking',
    memberRef: row.member_ref,
    target: row.resource,
    notBefore: row.starts_at - resource.checkInBefore * MINUTE - WINDOW_MARGIN,
    notAfter: Math.min(row.ends_at, row.starts_at + resource.checkInAfter * MINUTE + WINDOW_MARGIN),
  };
}

export function createBookings(base: Base, grants: Grants): Bookings {
  const { clock, feed, ids } = base;
  const byId: Bookings['byId'] = (sql, hall, id) =>
    one<BookingRow>(sql, 'SELECT * FROM booking WHERE hall = $1 AND id = $2', [hall, id]);
  const resource: Bookings['resource'] = async (sql, hall, number) => {
    const row = await one<{ body: string }>(
      sql,
      'SELECT body FROM resource WHERE hall = $1 AND number = $2',
      [hall, number],
    );
    return row === undefined ? undefined : (JSON.parse(row.body) as Resource);
  };
  const send = (tx: Tx, row: BookingRow) => feed.put(tx, row.hall, 'booking', toBooking(row));

  const insert: Bookings['insert'] = async (tx, hall, made) => {
    const row = await one<BookingRow>(
      tx,
      'INSERT INTO booking (id, hall, resource, member_ref, starts_at, ends_at, state, origin, made_in_dark) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *',
      [
        made.id,
        hall,
        made.resource,
        made.memberRef,
        made.startsAt,
        made.endsAt,
        made.state,
        made.origin,
        made.madeInDark,
      ],
    );
    if (row === undefined) throw new Error('the booking was not written');
    return row;
  };
  const takeSlots: Bookings['takeSlots'] = async (tx, row) => {
    const grains = grainsOf(row.starts_at, row.ends_at);
    // ON CONFLICT DO NOTHING waits for another writer's COMMIT and does not break this transaction (CE12).
    const taken = await tx.query(
      'INSERT INTO booking_slot (hall, resource, slot_start, booking) SELECT $1, $2, grain, $3 FROM unnest($4::bigint[]) AS grain ON CONFLICT DO NOTHING RETURNING slot_start',
      [row.hall, row.resource, row.id, grains],
    );
    if (taken.length === grains.length) return true;
    await tx.query('DELETE FROM booking_slot WHERE booking = $1', [row.id]);
    return false;
  };
  const setState: Bookings['setState'] = async (tx, row, state) => {
    await tx.query('UPDATE booking SET state = $2 WHERE id = $1', [row.id, state]);
    if (state !== 'booked' && state !== 'checked-in') {
      await tx.query('DELETE FROM booking_slot WHERE booking = $1', [row.id]);
      await grants.revoke(tx, row.hall, `booking:${row.id}`);
    }
    const changed: BookingRow = { ...row, state };
    await send(tx, changed);
    return changed;
  };

  return {
    byId,
    resource,
    insert,
    takeSlots,
    setState,
    putResource: async (tx, hall, wanted) => {
      await tx.query(
        'INSERT INTO resource (hall, number, body) VALUES ($1, $2, $3) ON CONFLICT (hall, number) DO UPDATE SET body = $3',
        [hall, wanted.number, JSON.stringify(wanted)],
      );
      await feed.put(tx, hall, 'resource', wanted);
    },
    resources: async (sql, hall) =>
      (
        await sql.query<{ body: string }>('SELECT body FROM resource WHERE hall = $1 ORDER BY number', [hall])
      ).map((row) => JSON.parse(row.body) as Resource),
    ofMember: (sql, hall, memberRef, after) =>
      sql.query<BookingRow>(
        'SELECT * FROM booking WHERE hall = $1 AND member_ref = $2 AND ends_at > $3 ORDER BY starts_at, id',
        [hall, memberRef, after],
      ),
    day: async (sql, hall, of, day) => {
      const slots = slotsOf(of, day, hall.time_zone);
      const first = slots[0]?.startsAt ?? 0;
      const last = slots.at(-1)?.endsAt ?? 0;
      const taken = await sql.query<{ slot_start: number; member_ref: string }>(
        'SELECT s.slot_start, b.member_ref FROM booking_slot s JOIN booking b ON b.id = s.booking WHERE s.hall = $1 AND s.resource = $2 AND s.slot_start >= $3 AND s.slot_start < $4',
        [hall.id, of.number, first, last],
      );
      return slots.map((slot) => ({
        ...slot,
        memberRef: taken.find((each) => each.slot_start >= slot.startsAt && each.slot_start < slot.endsAt)
          ?.member_ref,
      }));
    },
    book: async (tx, hall, memberRef, wish) => {
      const of = await resource(tx, hall.id, wish.resource);
      if (of === undefined || !of.bookable) return refused('resource-unknown');
      const now = clock.now();
      if (wish.startsAt < now) return refused('slot-in-past');
      const day = localDay(wish.startsAt, hall.time_zone);
      if (day > addDays(localDay(now, hall.time_zone), of.daysAhead))
        return refused('too-far-ahead', { days: of.daysAhead });
      if (!fitsSlots(slotsOf(of, day, hall.time_zone), wish.startsAt, wish.endsAt))
        return refused('slot-outside-hours');
      const used = await one<{ minutes: number }>(
        tx,
        `SELECT coalesce(sum((ends_at - starts_at) / 60000), 0)::int AS minutes FROM booking
         WHERE hall = $1 AND resource = $2 AND member_ref = $3 AND starts_at >= $4 AND starts_at < $5 AND state IN ('booked', 'checked-in')`,
        [
          hall.id,
          wish.resource,
          memberRef,
          atLocal(day, '00:00', hall.time_zone),
          atLocal(addDays(day, 1), '00:00', hall.time_zone),
        ],
      );
      if ((used?.minutes ?? 0) + (wish.endsAt - wish.startsAt) / MINUTE > of.dailyMinutesPerMember)
        return refused('daily-quota', { minutes: of.dailyMinutesPerMember });
      const dark = hall.last_contact_at === null || now - hall.last_contact_at > DARK_AFTER;
      const row = await insert(tx, hall.id, {
        id: ids.uuid(),
        resource: wish.resource,
        memberRef,
        startsAt: wish.startsAt,
        endsAt: wish.endsAt,
        state: 'booked',
        origin: 'central',
        madeInDark: dark,
      });
      if (!(await takeSlots(tx, row))) return refused('slot-taken');
      await send(tx, row);
      return accepted(row);
    },
    cancel: async (tx, hall, memberRef, id) => {
      const row = await byId(tx, hall.id, id);
      if (row === undefined || row.member_ref !== memberRef) return refused('booking-unknown');
      if (row.state === 'cancelled') return accepted(row);
      if (row.state !== 'booked') return refused('booking-over');
      const of = await resource(tx, hall.id, row.resource);
      const before = of?.cancelBefore ?? 0;
      if (clock.now() > row.starts_at - before * MINUTE)
        return refused('cancel-too-late', { minutes: before });
      return accepted(await setState(tx, row, 'cancelled'));
    },
    holders: async (sql, row) =>
      sql.query<BookingRow>(
        'SELECT DISTINCT b.* FROM booking_slot s JOIN booking b ON b.id = s.booking WHERE s.hall = $1 AND s.resource = $2 AND s.slot_start = ANY($3::bigint[]) AND b.id <> $4 ORDER BY b.made_order',
        [row.hall, row.resource, grainsOf(row.starts_at, row.ends_at), row.id],
      ),
  };
}
