import type { GrantForPhone, PhoneView } from '../../contract/central-api.ts';
import type { Words } from '../../contract/ids.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { fromInstant } from '../../contract/time.ts';
import { grantTime } from './moving-code.rules.ts';

export type PhoneSessionView = PhoneView['sessions'][number];
export type PhoneBookingView = PhoneView['bookings'][number];
export type PhoneLeaseView = PhoneView['leases'][number];

/** Something the member has to do with: a place in a session, a booking or a compartment. */
export type Thing = {
  readonly id: string;
  readonly from: UnixMillis;
  readonly to: UnixMillis;
  /** The code that opens or checks in, when there is one. */
  readonly grant: GrantForPhone | undefined;
  /** Nothing is left to do with it [PP7]. */
  readonly over: boolean;
} & (
  | { readonly kind: 'session'; readonly of: PhoneSessionView }
  | { readonly kind: 'booking'; readonly of: PhoneBookingView }
  | { readonly kind: 'lease'; readonly of: PhoneLeaseView }
);

/** What a thing is called, where it has a name of its own. */
export function nameOf(thing: Thing): Words | undefined {
  switch (thing.kind) {
    case 'session':
      return thing.of.session.activity;
    case 'booking':
      return thing.of.resource;
    case 'lease':
      return undefined;
  }
}

/** Everything of this member, earliest first. Sessions they never joined or have left are not among it. */
export function thingsOf(view: PhoneView, now: UnixMillis): Thing[] {
  const things: Thing[] = [
    ...view.sessions
      .filter(({ state }) => state !== 'none' && state !== 'cancelled')
      .map((each) => sessionThing(view, each, now)),
    ...view.bookings.map((each) => bookingThing(view, each, now)),
    ...view.leases.map((each) => leaseThing(view, each)),
  ];
  return things.sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
}

function sessionThing(view: PhoneView, each: PhoneSessionView, now: UnixMillis): Thing {
  const { session } = each;
  const live = (each.state === 'registered' || each.state === 'waiting') && !session.cancelled;
  const from = fromInstant(session.startsAt);
  return {
    kind: 'session',
    of: each,
    id: `session-${String(session.number)}`,
    from,
    to: fromInstant(session.endsAt),
    grant: each.state === 'registered' && live ? grantAt(view, 'check-in', session.number, from) : undefined,
    over: !live || now >= fromInstant(session.endsAt),
  };
}

function bookingThing(view: PhoneView, each: PhoneBookingView, now: UnixMillis): Thing {
  const { booking } = each;
  const from = fromInstant(booking.startsAt);
  const live = booking.state === 'booked' || booking.state === 'checked-in';
  return {
    kind: 'booking',
    of: each,
    id: `booking-${booking.id}`,
    from,
    to: fromInstant(booking.endsAt),
    grant: booking.state === 'booked' ? grantAt(view, 'booking', booking.resource, from) : undefined,
    over: !live || now >= fromInstant(booking.endsAt),
  };
}

function leaseThing(view: PhoneView, each: PhoneLeaseView): Thing {
  return {
    kind: 'lease',
    of: each,
    id: `lease-${each.id}`,
    from: fromInstant(each.startsAt),
    to: fromInstant(each.endsAt),
    grant: view.grants.find((grant) => grant.grantId === each.grantId),
    // Past its time it still holds things: it is over when the hall says so.
    over: each.state === 'ended',
  };
}

function grantAt(
  view: PhoneView,
  purpose: GrantForPhone['purpose'],
  target: number,
  at: UnixMillis,
): GrantForPhone | undefined {
  return view.grants.find(
    (grant) =>
      grant.purpose === purpose &&
      grant.target === target &&
      fromInstant(grant.notBefore) <= at &&
      at <= fromInstant(grant.notAfter),
  );
}

/** The thing a grant belongs to. */
export function thingOfGrant(things: readonly Thing[], grantId: string): Thing | undefined {
  return things.find((thing) => thing.grant?.grantId === grantId);
}

/** Still to do, earliest first, and what is over, latest first [PP7]. */
export function splitThings(things: readonly Thing[]): { open: Thing[]; done: Thing[] } {
  return {
    open: things.filter((thing) => !thing.over),
    done: things.filter((thing) => thing.over).reverse(),
  };
}

/**
 * The one thing to offer in red [PP6]: whose code works now, earliest first, sessions and bookings
 * before lockers (they run away, a locker waits); else the next that has a code.
 */
export function nextThing(things: readonly Thing[], now: UnixMillis): Thing | undefined {
  const open = things.filter((thing) => !thing.over && thing.grant !== undefined);
  const works = open.filter((thing) => thing.grant !== undefined && grantTime(thing.grant, now) === 'now');
  return (
    works.find((thing) => thing.kind !== 'lease') ??
    works[0] ??
    open.find((thing) => thing.grant !== undefined && grantTime(thing.grant, now) === 'early')
  );
}

/** A compartment the member holds now; there is one at most. */
export function heldLease(view: PhoneView): PhoneLeaseView | undefined {
  return view.leases.find((each) => each.state !== 'ended');
}
