import type { centralRoutes } from '../../contract/central-api.ts';
import type { RouteAnswer, RouteBody, RouteParams, RouteQuery } from '../../contract/http.ts';
import type { Result } from '../../contract/refusals.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import { fromInstant, toInstant } from '../../contract/time.ts';
import { attempt } from '../base.ts';
import { demoMembers } from '../demo/demo-data.ts';
import { addDays, localDay } from '../../contract/local-time.ts';
import type { HallRow } from '../store/feed.store.ts';
import { lockHall } from '../store/feed.store.ts';
import type { Tx } from '../store/sql.ts';
import { one } from '../store/sql.ts';
import type { PhoneCaller, PhoneSignIn } from './sign-in.service.ts';
import { countTry } from './tries.ts';
import type { TryLimit } from './tries.ts';
import type { PhoneParts, Person } from './view.service.ts';
import { createViews } from './view.service.ts';

type Routes = typeof centralRoutes;
/** Routes of a signed-in member. Sign-in and sign-out set cookies and are the server's own. */
export type PhoneRouteName =
  | 'phone'
  | 'register'
  | 'unregister'
  | 'phoneDay'
  | 'bookPhone'
  | 'cancelPhoneBooking'
  | 'rentPhone'
  | 'reissuePhone'
  | 'phoneProgress';

export interface PhoneCall<N extends PhoneRouteName> {
  readonly params: RouteParams<Routes[N]>;
  readonly query: RouteQuery<Routes[N]>;
  readonly body: RouteBody<Routes[N]>;
  readonly caller: PhoneCaller;
}

/** One handler a route. Whose a record is comes from the caller, never from the request [PH5]. */
export type PhoneHandlers = {
  readonly [N in PhoneRouteName]: (call: PhoneCall<N>) => Promise<Result<RouteAnswer<Routes[N]>>>;
};

const PROGRESS: TryLimit = { kind: 'progress', count: 20, within: 15 * 60_000 };

export function createPhoneHandlers(
  parts: PhoneParts,
  options: { readonly demo: boolean; readonly signIn: Pick<PhoneSignIn, 'switchHall'> },
): PhoneHandlers {
  const { activities, applications, base, bookings, leases, members } = parts;
  const { clock, db } = base;
  const views = createViews(parts);

  /** The caller as a person of the hall; refuses halls that are not theirs as if there were none. */
  const personOf = async (caller: PhoneCaller, hall: number = caller.hall): Promise<Result<Person>> => {
    const memberRef = await members.refAt(db, hall, caller.member);
    const member = await members.byId(db, caller.member);
    const row = await one<HallRow>(db, 'SELECT * FROM hall WHERE id = $1', [hall]);
    return memberRef === undefined || member === undefined || row === undefined
      ? refused('not-found')
      : accepted({ member, memberRef, hall: row });
  };
  /** Work for the caller under the hall's lock; a refusal leaves nothing behind. */
  const change = async <T>(
    caller: PhoneCaller,
    work: (tx: Tx, person: Person) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const person = await personOf(caller);
    if (!person.ok) return person;
    return attempt(db, async (tx) => {
      const hall = await lockHall(tx, person.value.hall.id);
      return hall === undefined ? refused('not-found') : work(tx, { ...person.value, hall });
    });
  };
  const sessionView = async (tx: Tx, person: Person, number: number) => {
    const row = await activities.session(tx, person.hall.id, number);
    return row === undefined ? refused('session-unknown') : accepted(await views.session(tx, person, row));
  };

  return {
    phone: async ({ query, caller }) => {
      const person = await personOf(caller, query.hall);
      if (!person.ok) return person;
      if (person.value.hall.id !== caller.hall)
        await options.signIn.switchHall(caller.session, person.value.hall.id);
      return accepted(await views.whole(person.value, options.demo));
    },
    register: ({ params, caller }) =>
      change(caller, async (tx, person) => {
        const made = await activities.register(tx, person.hall.id, params.number, person.memberRef);
        if (!made.ok) return made;
        await views.issueGrants(tx, person);
        return sessionView(tx, person, params.number);
      }),
    unregister: ({ params, caller }) =>
      change(caller, async (tx, person) => {
        const gone = await activities.cancel(tx, person.hall.id, params.number, person.memberRef);
        return gone.ok ? sessionView(tx, person, params.number) : gone;
      }),
    phoneDay: async ({ params, caller }) => {
      const person = await personOf(caller);
      if (!person.ok) return person;
      const { hall, memberRef } = person.value;
      const resource = await bookings.resource(db, hall.id, params.number);
      if (resource === undefined) return refused('resource-unknown');
      if (Number.isNaN(Date.parse(`${params.day}T00:00:00.000Z`))) return refused('bad-request');
      const now = clock.now();
      const last = addDays(localDay(now, hall.time_zone), resource.daysAhead);
      const closed = !resource.bookable || params.day > last;
      return accepted({
        resource,
        slots: (await bookings.day(db, hall, resource, params.day)).map((slot) => ({
          startsAt: toInstant(slot.startsAt),
          endsAt: toInstant(slot.endsAt),
          state: slotState(slot, closed, now),
          mine: slot.memberRef === memberRef,
        })),
      });
    },
    bookPhone: ({ body, caller }) =>
      change(caller, async (tx, person) => {
        const made = await bookings.book(tx, person.hall, person.memberRef, {
          resource: body.resource,
          startsAt: fromInstant(body.startsAt),
          endsAt: fromInstant(body.endsAt),
        });
        if (!made.ok) return made;
        await views.issueGrants(tx, person);
        return accepted(await views.booking(tx, made.value));
      }),
    cancelPhoneBooking: ({ params, caller }) =>
      change(caller, async (tx, person) => {
        const gone = await bookings.cancel(tx, person.hall, person.memberRef, params.id);
        return gone.ok ? accepted(await views.booking(tx, gone.value)) : gone;
      }),
    rentPhone: ({ body, caller }) =>
      change(caller, async (tx, person) => {
        const made = await leases.rent(tx, person.hall.id, person.memberRef, body);
        return made.ok ? accepted(await leases.toPhone(tx, made.value)) : made;
      }),
    reissuePhone: ({ params, caller }) =>
      change(caller, async (tx, person) => {
        const made = await leases.reissue(tx, person.hall.id, person.memberRef, params.id);
        return made.ok ? accepted(await leases.toPhone(tx, made.value)) : made;
      }),
    phoneProgress: async ({ body, caller }) => {
      const allowed = await countTry(base, PROGRESS, caller.member);
      if (!allowed.ok) return allowed;
      const found = await applications.byReceipt(db, body.number, body.queryCode);
      return found === undefined ? refused('application-unknown') : accepted(found);
    },
  };
}

function slotState(
  slot: { readonly startsAt: number; readonly memberRef: string | undefined },
  closed: boolean,
  now: number,
): 'free' | 'booked' | 'past' | 'closed' {
  if (slot.memberRef !== undefined) return 'booked';
  if (slot.startsAt < now) return 'past';
  return closed ? 'closed' : 'free';
}

/** The members a visitor of the demonstration may be; not found outside it [PH9]. */
export function phoneDemo(demo: boolean): Result<RouteAnswer<Routes['phoneDemo']>> {
  return demo
    ? accepted({ members: demoMembers.map(({ mobile, nameMasked }) => ({ mobile, nameMasked })) })
    : refused('not-found');
}
