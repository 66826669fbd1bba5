import type { Booking, FeedBody, FeedType, Member, Resource } from '../../contract/feed.ts';
import type {
  BookingView,
  MemberCredential,
  QrCredential,
  ResourceView,
  Slot,
} from '../../contract/hall-api.ts';
import type { Words } from '../../contract/ids.ts';
import type { PrintJob } from '../../contract/messages.ts';
import type { CancelTimer } from '../../contract/ports.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import { fromInstant, toInstant } from '../../contract/time.ts';
import type { Day, Instant } from '../../contract/time.ts';
import { addDays, atLocal, localDay, localTime } from '../../contract/local-time.ts';
import type { FeedListener, HallContext, MemberProof, ProvedGrant, Transaction } from '../ports.ts';
import type { OccupancyService } from '../occupancy/occupancy.service.ts';
import { bookingStep } from './bookings.machine.ts';
import type { BookingEvent } from './bookings.machine.ts';
import {
  arrivalWindow,
  judgeArrival,
  judgeCancel,
  judgeWish,
  mayRelease,
  MINUTE,
  slotsOf,
  spanOf,
  walkIn,
} from './bookings.rules.ts';
import { createBookingStore } from './bookings.store.ts';
import type { BookingRow } from './bookings.store.ts';

const SWEEP_MS = 15_000;
const DAY_MS = 24 * 60 * MINUTE;

/** A booking that came down onto a place already given away here: shown to staff until central has ruled. */
export interface BookingCollision {
  readonly booking: BookingRow;
  /** Who holds the minutes now. */
  readonly holder: BookingRow | undefined;
  readonly resourceName: Words;
}

/** Bookings of this hall: made here, come down from central, arrived at, cancelled, released. */
export function createBookingsService(context: HallContext, occupancy: OccupancyService, proof: MemberProof) {
  const { clock, config, reference, store: hall } = context;
  const store = createBookingStore(hall.db);
  const zone = config.timeZone;
  let stopTimer: CancelTimer | undefined;

  const view = (row: BookingRow, resource: Resource | undefined): BookingView => {
    const window =
      resource === undefined
        ? { from: fromInstant(row.startsAt), until: fromInstant(row.endsAt) }
        : arrivalWindow(resource, row);
    const booking: Booking = {
      id: row.id,
      resource: row.resource,
      memberRef: row.memberRef,
      startsAt: row.startsAt,
      endsAt: row.endsAt,
      state: row.state,
      origin: row.origin,
    };
    return {
      booking,
      resourceName: resource?.name ?? {
        zh: `${String(row.resource)} 号场地`,
        en: `Place ${String(row.resource)}`,
      },
      unit: resource?.unit ?? '',
      checkInFrom: toInstant(window.from),
      checkInUntil: toInstant(window.until),
    };
  };
  const viewOf = (row: BookingRow): BookingView => view(row, reference.resource(row.resource));
  const dayBounds = (day: Day): { from: Instant; to: Instant } => ({
    from: toInstant(atLocal(day, '00:00', zone)),
    to: toInstant(atLocal(addDays(day, 1), '00:00', zone)),
  });

  /** Applies an event; true when it changed the state. Facts are written by the caller, who knows their body. */
  function apply(tx: Transaction, row: BookingRow, event: BookingEvent): BookingRow | undefined {
    const step = bookingStep(row.state, event);
    if (step === undefined) return undefined;
    const waits = step.next === 'booked' ? row.waiting : 0;
    store.setState(row.id, step.next, waits);
    if (step.effects.includes('free-minutes')) {
      store.free(row.id);
      seatWaiting();
    }
    tx.afterCommit(() => context.live.changed('resources'));
    return { ...row, state: step.next, waiting: waits };
  }

  /** Minutes came free: bookings that were waiting for a ruling may hold them now [BK6]. */
  function seatWaiting(): void {
    for (const row of store.waiting()) if (store.hold(row)) store.setWaiting(row.id, 0);
  }

  function book(
    input: { credential: MemberCredential; resource: number; startsAt: Instant; endsAt: Instant },
    kiosk: string,
  ): Result<{ booking: BookingView; slip: PrintJob }> {
    const resource = reference.resource(input.resource);
    if (resource === undefined || !resource.bookable) return refused('resource-unknown');
    const proved = proof.typedMember(input.credential, kiosk);
    if (!proved.ok) return proved;
    const member = proved.value;
    const result = hall.transaction((tx): Result<BookingRow> => {
      const now = clock.now();
      const span = spanOf(input);
      const fault = judgeWish({
        resource,
        span,
        now,
        zone,
        usedMinutes: usedMinutes(member, resource, localDay(span.startsAt, zone)),
      });
      if (fault !== undefined) return { ok: false, refusal: fault };
      const row: BookingRow = {
        id: context.ids.uuid(),
        resource: resource.number,
        memberRef: member.memberRef,
        startsAt: input.startsAt,
        endsAt: input.endsAt,
        state: 'booked',
        origin: 'hall',
        waiting: 0,
        knownAt: toInstant(now),
      };
      store.insert(row);
      if (!store.hold(row)) {
        store.remove(row.id);
        return refused('slot-taken');
      }
      tx.record('booking.made', {
        bookingId: row.id,
        resource: row.resource,
        memberRef: row.memberRef,
        startsAt: row.startsAt,
        endsAt: row.endsAt,
        kiosk,
      });
      tx.audit({ actor: `kiosk:${kiosk}`, action: 'booking.made', subject: row.id });
      tx.afterCommit(() => context.live.changed('resources'));
      return accepted(row);
    });
    if (!result.ok) return result;
    const made = view(result.value, resource);
    return accepted({ booking: made, slip: slipOf(made) });
  }

  /** Minutes held that day on places of the same kind: one member does not take four courts [BK5]. */
  function usedMinutes(member: Member, resource: Resource, day: Day): number {
    const { from, to } = dayBounds(day);
    return store
      .ofMember(member.memberRef, from, to)
      .filter(
        (row) =>
          (row.state === 'booked' || row.state === 'checked-in') &&
          reference.resource(row.resource)?.kind === resource.kind,
      )
      .reduce((sum, row) => sum + (fromInstant(row.endsAt) - fromInstant(row.startsAt)) / MINUTE, 0);
  }

  function slipOf(made: BookingView): PrintJob {
    const { booking } = made;
    const start = fromInstant(booking.startsAt);
    return {
      lines: [
        { kind: 'text', text: '场地预约 Booking', size: 'large', align: 'center' },
        { kind: 'text', text: made.resourceName.zh, size: 'huge', align: 'center' },
        { kind: 'pair', label: '日期 Date', value: localDay(start, zone) },
        {
          kind: 'pair',
          label: '时间 Time',
          value: `${localTime(start, zone)}–${localTime(fromInstant(booking.endsAt), zone)}`,
        },
        {
          kind: 'pair',
          label: '签到 Check in',
          value: `${localTime(fromInstant(made.checkInFrom), zone)}–${localTime(fromInstant(made.checkInUntil), zone)}`,
        },
        { kind: 'rule' },
        {
          kind: 'text',
          text: '请在签到时间内到自助机签到。过时没人来，场地会让给别人。',
          size: 'normal',
          align: 'left',
        },
        {
          kind: 'text',
          text: 'Check in at a kiosk in time; an empty place is given to others.',
          size: 'normal',
          align: 'left',
        },
      ],
    };
  }

  /** Arrival of somebody who was proved; the booking must be theirs. */
  function arrive(
    tx: Transaction,
    row: BookingRow | undefined,
    who: { memberRef: string; credential: 'qr-app' | 'qr-printed' | 'typed'; kiosk: string },
  ): Result<BookingView> {
    if (row === undefined || row.memberRef !== who.memberRef) return refused('booking-unknown');
    if (row.state === 'checked-in') return accepted(viewOf(row));
    const resource = reference.resource(row.resource);
    if (resource === undefined) return refused('resource-unknown');
    if (row.state !== 'booked') return refused('booking-over');
    // Its place is held by somebody else until central has ruled: a person must decide on the spot [BK6].
    if (row.waiting === 1) return refused('slot-taken');
    const now = clock.now();
    const fault = judgeArrival(arrivalWindow(resource, row), row.endsAt, now, zone);
    if (fault !== undefined) return { ok: false, refusal: fault };
    const arrived = apply(tx, row, 'check-in');
    if (arrived === undefined) return refused('booking-over');
    tx.record('booking.checked-in', { bookingId: row.id, at: toInstant(now), credential: who.credential });
    tx.audit({
      actor: `kiosk:${who.kiosk}`,
      action: 'booking.checked-in',
      subject: row.id,
      detail: { credential: who.credential },
    });
    return accepted(view(arrived, resource));
  }

  /** The booking a grant stands for: this member's, on that place, not over, the nearest one. */
  function bookingFor(grant: ProvedGrant): BookingRow | undefined {
    const now = clock.now();
    const rows = store
      .ofMember(grant.memberRef, toInstant(now - DAY_MS), toInstant(now + DAY_MS))
      .filter((row) => row.resource === grant.target && fromInstant(row.endsAt) > now);
    return rows.find((row) => row.state === 'booked' || row.state === 'checked-in') ?? rows[0];
  }

  function checkIn(
    id: string,
    credential: QrCredential | MemberCredential,
    kiosk: string,
  ): Result<BookingView> {
    if (credential.kind === 'qr') {
      return proof.useBookingGrant(credential.text, kiosk, (grant, tx) => {
        const row = store.one(id);
        return arrive(tx, row?.resource === grant.target ? row : undefined, {
          memberRef: grant.memberRef,
          credential: grant.credential,
          kiosk,
        });
      });
    }
    const proved = proof.typedMember(credential, kiosk);
    if (!proved.ok) return proved;
    return hall.transaction((tx) =>
      arrive(tx, store.one(id), { memberRef: proved.value.memberRef, credential: 'typed', kiosk }),
    );
  }

  function cancel(id: string, credential: MemberCredential, kiosk: string): Result<BookingView> {
    const proved = proof.typedMember(credential, kiosk);
    if (!proved.ok) return proved;
    return hall.transaction((tx): Result<BookingView> => {
      const row = store.one(id);
      if (row === undefined || row.memberRef !== proved.value.memberRef) return refused('booking-unknown');
      const resource = reference.resource(row.resource);
      if (row.state !== 'booked') return refused('booking-over');
      const now = clock.now();
      const fault = resource === undefined ? undefined : judgeCancel(resource, row.startsAt, now);
      if (fault !== undefined) return { ok: false, refusal: fault };
      const cancelled = apply(tx, row, 'cancel');
      if (cancelled === undefined) return refused('booking-over');
      tx.record('booking.cancelled', { bookingId: id, at: toInstant(now), by: 'member' });
      tx.audit({ actor: `kiosk:${kiosk}`, action: 'booking.cancelled', subject: id });
      return accepted(view(cancelled, resource));
    });
  }

  /** Gives places back that nobody came to and that were measured as empty [BK12]. */
  function sweep(): void {
    const now = clock.now();
    const clockProved = context.trust.proved();
    for (const row of store.started(toInstant(now - DAY_MS), toInstant(now))) {
      const resource = reference.resource(row.resource);
      if (resource === undefined || row.waiting === 1 || fromInstant(row.endsAt) <= now) continue;
      const measured = occupancy.measured(row.resource);
      if (
        !mayRelease({ until: arrivalWindow(resource, row).until, now, measured, clockProved }) ||
        measured.since === null
      )
        continue;
      const since = measured.since;
      hall.transaction((tx) => {
        if (apply(tx, row, 'release') === undefined) return undefined;
        tx.record('booking.released', {
          bookingId: row.id,
          at: toInstant(now),
          evidence: { state: 'empty', confidence: measured.confidence, since: toInstant(since) },
        });
        tx.audit({
          actor: 'hall',
          action: 'booking.released',
          subject: row.id,
          detail: { confidence: measured.confidence, since: toInstant(since) },
        });
        return undefined;
      });
    }
    store.prune(Math.floor((now - DAY_MS) / MINUTE));
  }

  function tick(): void {
    sweep();
    stopTimer = clock.after(SWEEP_MS, tick);
  }

  const feedListener: FeedListener = {
    onFeed<T extends FeedType>(type: T, id: string, body: FeedBody<T> | null, tx: Transaction): void {
      if (type === 'resource') tx.afterCommit(() => context.live.changed('resources'));
      if (type !== 'booking') return;
      const known = store.one(id);
      if (body === null) {
        if (known === undefined) return;
        store.remove(id);
        seatWaiting();
      } else {
        fromCentral(body as Booking, known, tx);
      }
      tx.afterCommit(() => context.live.changed('resources', 'conflicts'));
    },
  };

  function fromCentral(body: Booking, known: BookingRow | undefined, tx: Transaction): void {
    if (known === undefined) {
      const live = body.state === 'booked' || body.state === 'checked-in';
      const row: BookingRow = {
        id: body.id,
        resource: body.resource,
        memberRef: body.memberRef,
        startsAt: body.startsAt,
        endsAt: body.endsAt,
        state: body.state,
        origin: body.origin,
        waiting: 0,
        knownAt: toInstant(clock.now()),
      };
      store.insert(row);
      // Made at central while this hall gave the place away offline: kept, shown, never dropped [BK6].
      if (live && !store.hold(row)) store.setWaiting(row.id, 1);
      return;
    }
    if (
      known.resource !== body.resource ||
      known.startsAt !== body.startsAt ||
      known.endsAt !== body.endsAt ||
      known.memberRef !== body.memberRef
    ) {
      store.free(known.id);
      const moved = {
        ...known,
        resource: body.resource,
        memberRef: body.memberRef,
        startsAt: body.startsAt,
        endsAt: body.endsAt,
      };
      store.move(moved);
      if (known.state === 'booked' || known.state === 'checked-in')
        store.setWaiting(known.id, store.hold(moved) ? 0 : 1);
      seatWaiting();
    }
    // What was decided here and is still on its way up is not undone by older news [BK9].
    apply(tx, store.one(known.id) ?? known, `central-${body.state}`);
  }

  function resourceView(resource: Resource): ResourceView {
    const now = clock.now();
    const { temperature, ...measured } = occupancy.view(resource.number);
    const { from, to } = dayBounds(localDay(now, zone));
    const booked = store
      .ofDay(resource.number, from, to)
      .filter((row) => row.waiting === 0)
      .map(spanOf);
    const { free, until } = walkIn(resource, booked, occupancy.measured(resource.number), now, zone);
    return {
      resource,
      occupancy: measured,
      free,
      until: until === null ? null : toInstant(until),
      temperature,
    };
  }

  return {
    feedListener,
    start: (): void => {
      if (stopTimer === undefined) tick();
    },
    stop: (): void => {
      stopTimer?.();
      stopTimer = undefined;
    },
    book,
    checkIn,
    cancel,
    /** For a booking QR held to the scanner: which booking, and its arrival, in one. */
    checkInByQr: (text: string, kiosk: string): Result<{ booking: BookingView; at: Instant }> => {
      const result = proof.useBookingGrant(text, kiosk, (grant, tx) =>
        arrive(tx, bookingFor(grant), { memberRef: grant.memberRef, credential: grant.credential, kiosk }),
      );
      return result.ok ? accepted({ booking: result.value, at: toInstant(clock.now()) }) : result;
    },
    /** The same for a grant that access has verified and uses up in `tx`. */
    arriveByGrant: (grant: ProvedGrant, kiosk: string, tx: Transaction): Result<BookingView> =>
      arrive(tx, bookingFor(grant), { memberRef: grant.memberRef, credential: grant.credential, kiosk }),
    mine: (
      credential: MemberCredential,
      kiosk: string,
    ): Result<{ nameMasked: string; bookings: BookingView[] }> => {
      const proved = proof.typedMember(credential, kiosk);
      if (!proved.ok) return proved;
      const now = clock.now();
      const rows = store
        .ofMember(proved.value.memberRef, toInstant(now - DAY_MS), toInstant(now + 61 * DAY_MS))
        .filter((row) => fromInstant(row.endsAt) > now && row.state !== 'cancelled');
      return accepted({ nameMasked: proved.value.nameMasked, bookings: rows.map(viewOf) });
    },
    resources: (): ResourceView[] =>
      reference
        .all('resource')
        .sort((a, b) => a.number - b.number)
        .map(resourceView),
    day: (number: number, day: Day): Result<{ resource: Resource; slots: Slot[] }> => {
      const resource = reference.resource(number);
      if (resource === undefined) return refused('resource-unknown');
      if (!Number.isFinite(Date.parse(`${day}T00:00:00.000Z`))) return refused('bad-request');
      const now = clock.now();
      const { from, to } = dayBounds(day);
      const booked = store
        .ofDay(number, from, to)
        .filter((row) => row.waiting === 0)
        .map(spanOf);
      const open = resource.bookable && day <= addDays(localDay(now, zone), resource.daysAhead);
      const slots = slotsOf(resource, day, zone).map((slot): Slot => {
        const taken = booked.some((span) => span.startsAt < slot.endsAt && span.endsAt > slot.startsAt);
        const state = slot.endsAt <= now ? 'past' : taken ? 'booked' : open ? 'free' : 'closed';
        return { startsAt: toInstant(slot.startsAt), endsAt: toInstant(slot.endsAt), state, mine: false };
      });
      return accepted({ resource, slots });
    },
    /** Live bookings of a place today, for the desk. */
    today: (resource: number): BookingView[] => {
      const { from, to } = dayBounds(localDay(clock.now(), zone));
      return store.ofDay(resource, from, to).map(viewOf);
    },
    /** Bookings from central that wait for a ruling [BK6]. */
    collisions: (): BookingCollision[] =>
      store.waiting().map((booking) => {
        const holder = store.holder(booking);
        return {
          booking,
          holder: holder === undefined ? undefined : store.one(holder),
          resourceName: viewOf(booking).resourceName,
        };
      }),
    /** Runs the release check now; the timer calls the same. */
    sweep,
  };
}

export type BookingsService = ReturnType<typeof createBookingsService>;
