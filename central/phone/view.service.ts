import type { z } from 'zod';
import type { PhoneBooking, PhoneSession, PhoneView } from '../../contract/central-api.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { Words } from '../../contract/ids.ts';
import { toInstant } from '../../contract/time.ts';
import type { Activities, RegistrationRow, SessionRow } from '../activities/activities.service.ts';
import { registrationGrant, toSession } from '../activities/activities.service.ts';
import type { Applications } from '../applications/applications.service.ts';
import type { Base } from '../base.ts';
import type { BookingRow, Bookings } from '../bookings/bookings.service.ts';
import { bookingGrant, toBooking } from '../bookings/bookings.service.ts';
import type { Grants, GrantWish } from '../grants/grants.service.ts';
import { GRANT_AHEAD } from '../grants/grants.service.ts';
import type { Leases } from '../leases/leases.service.ts';
import type { MemberRow, Members } from '../members/members.service.ts';
import type { Rulings } from '../rulings/rulings.service.ts';
import type { HallRow } from '../store/feed.store.ts';
import { lockHall } from '../store/feed.store.ts';
import type { Sql, Tx } from '../store/sql.ts';

const HOUR = 3_600_000;
/** What is over stays on the phone a little. */
const SESSIONS_KEPT = 3 * HOUR;
const BOOKINGS_KEPT = 12 * HOUR;
const LEASES_KEPT = 24 * HOUR;
const NO_RESOURCE: Words = { zh: '场地', en: 'a place' };

export interface PhoneParts {
  readonly base: Base;
  readonly members: Members;
  readonly activities: Activities;
  readonly bookings: Bookings;
  readonly leases: Leases;
  readonly grants: Grants;
  readonly applications: Applications;
  readonly rulings: Rulings;
}

/** A member at a hall, as proved by the session. */
export interface Person {
  readonly member: MemberRow;
  readonly memberRef: string;
  readonly hall: HallRow;
}

export interface Views {
  whole(person: Person, demo: boolean): Promise<PhoneView>;
  session(sql: Sql, person: Person, row: SessionRow): Promise<z.infer<typeof PhoneSession>>;
  booking(sql: Sql, row: BookingRow): Promise<z.infer<typeof PhoneBooking>>;
  /** Makes the grants that are due for the member's places and bookings; nothing is written when none is [PH8]. */
  issueGrants(tx: Tx, person: Person): Promise<void>;
}

export function createViews(parts: PhoneParts): Views {
  const { activities, applications, base, bookings, grants, leases, rulings } = parts;
  const { clock, db } = base;

  const checkedIn = async (sql: Sql, { hall, memberRef }: Person): Promise<Set<number>> =>
    new Set(
      (
        await sql.query<{ session: number }>(
          'SELECT session FROM check_in WHERE hall = $1 AND member_ref = $2 AND undone_at IS NULL',
          [hall.id, memberRef],
        )
      ).map((row) => row.session),
    );

  const wishesOf = async (sql: Sql, { hall, memberRef }: Person): Promise<GrantWish[]> => {
    const now = clock.now();
    const sessions = new Map((await activities.sessions(sql, hall.id)).map((row) => [row.number, row]));
    const wishes: GrantWish[] = [];
    for (const registration of await activities.registrationsOf(sql, hall.id, memberRef)) {
      const session = sessions.get(registration.session);
      if (registration.state === 'registered' && session !== undefined && !session.cancelled)
        wishes.push(registrationGrant(session, registration));
    }
    const resources = await bookings.resources(sql, hall.id);
    for (const booking of await bookings.ofMember(sql, hall.id, memberRef, now)) {
      const resource = resources.find((each) => each.number === booking.resource);
      if (booking.state === 'booked' && resource !== undefined) wishes.push(bookingGrant(booking, resource));
    }
    return wishes.filter((wish) => wish.notAfter > now && wish.notBefore <= now + GRANT_AHEAD);
  };

  /** Wishes without a live grant of the same target and window. */
  const due = async (sql: Sql, person: Person): Promise<GrantWish[]> => {
    const wishes = await wishesOf(sql, person);
    if (wishes.length === 0) return [];
    const kept = new Map(
      (
        await sql.query<{ subject: string; target: number; not_before: number; not_after: number }>(
          'SELECT subject, target, not_before, not_after FROM signed_grant WHERE hall = $1 AND member_ref = $2 AND NOT revoked',
          [person.hall.id, person.memberRef],
        )
      ).map((row) => [row.subject, row]),
    );
    return wishes.filter((wish) => {
      const grant = kept.get(wish.subject);
      // Grants count whole seconds and minutes.
      return (
        grant === undefined ||
        grant.target !== wish.target ||
        Math.abs(grant.not_before - wish.notBefore) >= 1000 ||
        Math.abs(grant.not_after - wish.notAfter) >= 61_000
      );
    });
  };

  const issueGrants: Views['issueGrants'] = async (tx, person) => {
    for (const wish of await due(tx, person)) await grants.issue(tx, person.hall.id, wish);
  };

  const viewSession = (
    row: SessionRow,
    registration: RegistrationRow | undefined,
    here: boolean,
  ): z.infer<typeof PhoneSession> => ({
    session: toSession(row),
    state: here ? 'checked-in' : (registration?.state ?? 'none'),
    seat: registration?.seat ?? null,
    left: Math.max(0, row.capacity - row.registered),
  });

  return {
    issueGrants,
    session: async (sql, person, row) => {
      const mine = latest(await activities.registrationsOf(sql, person.hall.id, person.memberRef));
      return viewSession(row, mine.get(row.number), (await checkedIn(sql, person)).has(row.number));
    },
    booking: async (sql, row) => ({
      booking: toBooking(row),
      resource: (await bookings.resource(sql, row.hall, row.resource))?.name ?? NO_RESOURCE,
    }),
    whole: async (person, demo) => {
      const { hall, member, memberRef } = person;
      const now = clock.now();
      if ((await due(db, person)).length > 0)
        await db.transaction(async (tx) => {
          await lockHall(tx, hall.id);
          await issueGrants(tx, person);
        });
      const mine = latest(await activities.registrationsOf(db, hall.id, memberRef));
      const here = await checkedIn(db, person);
      const resources = await bookings.resources(db, hall.id);
      const nameOf = (number: number): Words =>
        resources.find((each) => each.number === number)?.name ?? NO_RESOURCE;
      const rented = (await leases.ofMember(db, hall.id, memberRef)).filter(
        (row) => row.state !== 'ended' || row.ends_at > now - LEASES_KEPT,
      );
      return {
        demo,
        now: toInstant(now),
        member: {
          nameMasked: member.name_masked,
          memberNumber: member.number,
          phoneLast4: member.mobile.slice(-4),
        },
        hall: {
          id: hall.id,
          name: Words.parse(JSON.parse(hall.name)),
          timeZone: hall.time_zone,
          lastContactAt: contact(hall.last_contact_at),
          helpPhone: hall.help_phone,
        },
        sessions: (await activities.sessions(db, hall.id))
          .filter((row) => row.ends_at > now - SESSIONS_KEPT)
          .map((row) => viewSession(row, mine.get(row.number), here.has(row.number))),
        resources,
        bookings: (await bookings.ofMember(db, hall.id, memberRef, now - BOOKINGS_KEPT)).map((row) => ({
          booking: toBooking(row),
          resource: nameOf(row.resource),
        })),
        leases: await Promise.all(rented.map((row) => leases.toPhone(db, row))),
        freeCompartments: await leases.free(db, hall.id),
        grants: await grants.ofMember(db, hall.id, memberRef),
        applications: await applications.ofMember(db, hall.id, memberRef),
        notices: (await rulings.ofMember(db, hall.id, memberRef)).map((ruling) => ({
          id: ruling.id,
          at: ruling.at,
          message: ruling.message,
          alternative: ruling.alternative ?? null,
        })),
      };
    },
  };
}

/** The newest registration of each session: rows come in the order they were made. */
function latest(rows: readonly RegistrationRow[]): Map<number, RegistrationRow> {
  return new Map(rows.map((row) => [row.session, row]));
}

function contact(at: UnixMillis | null): string | null {
  return at === null ? null : toInstant(at);
}
