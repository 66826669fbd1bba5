import type { Ruling } from '../../contract/feed.ts';
import type { Words } from '../../contract/ids.ts';
import { toInstant } from '../../contract/time.ts';
import type { Base } from '../base.ts';
import type { BookingRow, Bookings } from '../bookings/bookings.service.ts';
import type { LeaseRow, Leases } from '../leases/leases.service.ts';
import { addDays, localDay, localTime } from '../../contract/local-time.ts';
import type { HallRow } from '../store/feed.store.ts';
import type { Sql, Tx } from '../store/sql.ts';
import type { RuleNumber } from './conflict.rules.ts';
import {
  bookingAlternative,
  bookingMessage,
  decideBooking,
  leaseAlternative,
  leaseMessage,
} from './conflict.rules.ts';

const NO_PLACE: Words = { zh: '场地', en: 'the place' };

export interface Rulings {
  /** A booking that came up from the hall meets those that hold its slots: somebody wins, everybody else is told. */
  settleBooking(tx: Tx, hall: HallRow, coming: BookingRow): Promise<void>;
  /** A lease made at the hall meets a lease central made on the same compartment. */
  settleLease(tx: Tx, hall: HallRow, made: LeaseRow): Promise<void>;
  /** Rulings that concern a member, newest first. */
  ofMember(sql: Sql, hall: number, memberRef: string): Promise<Ruling[]>;
}

export function createRulings(base: Base, bookings: Bookings, leases: Leases): Rulings {
  const { clock, feed, ids } = base;

  const record = async (tx: Tx, hall: HallRow, ruling: Omit<Ruling, 'id' | 'at'>): Promise<void> => {
    const whole: Ruling = { id: ids.uuid(), at: toInstant(clock.now()), ...ruling };
    await tx.query(
      'INSERT INTO ruling (id, hall, rule, member_ref, body, at) VALUES ($1, $2, $3, $4, $5, $6)',
      [whole.id, hall.id, whole.rule, whole.memberRef ?? null, JSON.stringify(whole), clock.now()],
    );
    await feed.put(tx, hall.id, 'ruling', whole);
  };

  /** A slot that is really free: the same time elsewhere of the same kind, else later at the same place, today or tomorrow. */
  const alternativeTo = async (tx: Tx, hall: HallRow, lost: BookingRow): Promise<Words | undefined> => {
    const of = await bookings.resource(tx, hall.id, lost.resource);
    if (of === undefined) return undefined;
    const now = clock.now();
    const day = localDay(lost.starts_at, hall.time_zone);
    const others = (await bookings.resources(tx, hall.id)).filter(
      (each) => each.bookable && each.kind === of.kind && each.number !== of.number,
    );
    for (const [place, on, sameTime] of [
      ...others.map((each) => [each, day, true] as const),
      [of, day, false] as const,
      [of, addDays(day, 1), false] as const,
    ]) {
      const slots = await bookings.day(tx, hall, place, on);
      const free = slots.find(
        (slot) =>
          slot.memberRef === undefined &&
          slot.startsAt >= now &&
          (sameTime ? slot.startsAt === lost.starts_at : slot.startsAt > lost.starts_at),
      );
      if (free !== undefined)
        return bookingAlternative({
          day: on,
          time: localTime(free.startsAt, hall.time_zone),
          place: place.name,
        });
    }
    return undefined;
  };

  const note = (row: BookingRow): string => `${row.origin}, ${row.state}`;
  const recordBooking = async (
    tx: Tx,
    hall: HallRow,
    rule: RuleNumber,
    winner: BookingRow,
    loser: BookingRow,
  ): Promise<void> => {
    const place = (await bookings.resource(tx, hall.id, loser.resource))?.name ?? NO_PLACE;
    const alternative = await alternativeTo(tx, hall, loser);
    await record(tx, hall, {
      rule,
      winner: { kind: 'booking', id: winner.id, note: note(winner) },
      loser: { kind: 'booking', id: loser.id, note: note(loser) },
      memberRef: loser.member_ref,
      message: bookingMessage({
        day: localDay(loser.starts_at, hall.time_zone),
        time: localTime(loser.starts_at, hall.time_zone),
        place,
        given: winner.origin,
      }),
      ...(alternative === undefined ? {} : { alternative }),
    });
  };
  const claim = (row: BookingRow) => ({
    origin: row.origin,
    checkedIn: row.state === 'checked-in',
    madeInDark: row.made_in_dark,
  });

  return {
    settleBooking: async (tx, hall, coming) => {
      const holders = await bookings.holders(tx, coming);
      const verdicts = holders.map((standing) => ({
        standing,
        ...decideBooking(claim(standing), claim(coming)),
      }));
      const beaten = verdicts.find((each) => each.winner === 'standing');
      if (beaten !== undefined) {
        if (coming.state === 'lost') return;
        const lost = await bookings.setState(tx, coming, 'lost');
        await recordBooking(tx, hall, beaten.rule, beaten.standing, lost);
        return;
      }
      for (const { standing } of verdicts) await bookings.setState(tx, standing, 'lost');
      if (!(await bookings.takeSlots(tx, coming)))
        throw new Error('slots are taken although every holder lost');
      const kept = await bookings.setState(tx, coming, coming.state === 'lost' ? 'booked' : coming.state);
      for (const { standing, rule } of verdicts)
        await recordBooking(tx, hall, rule, kept, { ...standing, state: 'lost' });
    },
    settleLease: async (tx, hall, made) => {
      const loser = await leases.centralOn(tx, hall.id, made.compartment);
      if (loser === undefined || loser.id === made.id) return;
      const moved = await leases.move(tx, loser);
      await record(tx, hall, {
        rule: 'CR4',
        winner: { kind: 'lease', id: made.id, note: 'hall' },
        loser: {
          kind: 'lease',
          id: loser.id,
          note: moved === undefined ? 'ended' : `moved to ${String(moved.compartment)}`,
        },
        ...(loser.member_ref === null ? {} : { memberRef: loser.member_ref }),
        message: leaseMessage(made.compartment),
        ...(moved === undefined ? {} : { alternative: leaseAlternative(moved.compartment) }),
      });
    },
    ofMember: async (sql, hall, memberRef) =>
      (
        await sql.query<{ body: string }>(
          'SELECT body FROM ruling WHERE hall = $1 AND member_ref = $2 ORDER BY at DESC, id DESC LIMIT 20',
          [hall, memberRef],
        )
      ).map((row) => JSON.parse(row.body) as Ruling),
  };
}
