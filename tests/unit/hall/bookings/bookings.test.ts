import { afterEach, describe, expect, test } from 'vitest';
import type { Booking, Resource } from '../../../../contract/feed.ts';
import { toInstant } from '../../../../contract/time.ts';
import { createAccessService } from '../../../../hall/access/access.service.ts';
import { bookingMachine } from '../../../../hall/bookings/bookings.machine.ts';
import { slotsOf } from '../../../../hall/bookings/bookings.rules.ts';
import { createBookingsService } from '../../../../hall/bookings/bookings.service.ts';
import { bookingSql, createBookingStore } from '../../../../hall/bookings/bookings.store.ts';
import { createOccupancyService } from '../../../../hall/occupancy/occupancy.service.ts';
import { makeHall } from '../../../support/hall-context.ts';
import type { TestHall } from '../../../support/hall-context.ts';

// 10:00 in Shanghai.
const NOW = Date.UTC(2026, 10, 24, 2);
const HOUR = 3_600_000;
const MINUTE = 60_000;
const at = (hours: number): string => toInstant(NOW + hours * HOUR);
const court: Resource = {
  number: 1,
  name: { zh: '羽毛球场 1 号', en: 'Badminton court 1' },
  kind: 'badminton',
  unit: 'court-1',
  opens: '08:00',
  closes: '21:30',
  slotMinutes: 60,
  daysAhead: 2,
  dailyMinutesPerMember: 60,
  checkInBefore: 15,
  checkInAfter: 15,
  cancelBefore: 30,
  bookable: true,
};
const li = {
  memberRef: '0000000000a1',
  memberNumber: '100001',
  nameMasked: '李*',
  phoneLast4: '1111',
  blocked: false,
};
const wang = {
  memberRef: '0000000000a2',
  memberNumber: '100002',
  nameMasked: '王*',
  phoneLast4: '2222',
  blocked: false,
};
const asLi = { kind: 'member', memberNumber: '100001', phoneLast4: '1111' } as const;
const asWang = { kind: 'member', memberNumber: '100002', phoneLast4: '2222' } as const;

let open: TestHall[] = [];
afterEach(() => {
  for (const hall of open) hall.close();
  open = [];
});

function setUp() {
  const hall = makeHall({
    start: NOW,
    config: {
      sensors: [
        { device: 'pir-1', topic: 'zigbee2mqtt/pir-1', kind: 'presence', property: 'occupancy', resource: 1 },
      ],
    },
  });
  open.push(hall);
  for (const number of [1, 2]) hall.feed('resource', { ...court, number });
  hall.feed('member', li);
  hall.feed('member', wang);
  const occupancy = createOccupancyService(hall);
  const bookings = createBookingsService(hall, occupancy, createAccessService(hall));
  const down = (body: Booking): void =>
    void hall.store.transaction((tx) => {
      bookings.feedListener.onFeed('booking', body.id, body, tx);
      return undefined;
    });
  const sense = (occupied: boolean): void =>
    occupancy.listener.onForeign?.(
      'zigbee2mqtt/pir-1',
      new TextEncoder().encode(JSON.stringify({ occupancy: occupied })),
    );
  const book = (who: typeof asLi | typeof asWang, from: number, to: number, resource = 1) =>
    bookings.book({ credential: who, resource, startsAt: at(from), endsAt: at(to) }, 'kiosk-1');
  const types = (): string[] =>
    hall
      .facts()
      .map((fact) => fact.type)
      .filter((type) => type.startsWith('booking.'));
  return { hall, occupancy, bookings, down, sense, book, types };
}

const made = (result: ReturnType<ReturnType<typeof setUp>['book']>): string => {
  if (!result.ok) throw new Error(result.refusal.code);
  return result.value.booking.booking.id;
};
const code = (result: { ok: boolean; refusal?: { code: string } }): string =>
  result.ok ? 'ok' : (result.refusal?.code ?? '?');
const online: Booking = {
  id: '00000000-0000-7000-8000-000000000001',
  resource: 1,
  memberRef: wang.memberRef,
  startsAt: at(2),
  endsAt: at(3),
  state: 'booked',
  origin: 'central',
};

describe('bookings', () => {
  test('[BK1] the second of two bookings of the same minutes is refused by the table itself', () => {
    const { hall, book } = setUp();
    expect(code(book(asLi, 2, 3))).toBe('ok');
    expect(code(book(asWang, 2, 3))).toBe('slot-taken');
    const store = createBookingStore(hall.store.db);
    const row = {
      id: 'x',
      resource: 1,
      memberRef: wang.memberRef,
      startsAt: toInstant(NOW + 2.5 * HOUR),
      endsAt: at(4),
      state: 'booked',
      origin: 'hall',
      waiting: 0,
      knownAt: at(0),
    } as const;
    store.insert(row);
    expect(store.hold(row)).toBe(false);
    expect(hall.store.db.prepare("SELECT count(*) FROM booking_slot WHERE booking = 'x'").pluck().get()).toBe(
      0,
    );
    expect(store.hold({ ...row, resource: 2 })).toBe(true);
  });

  test('[BK2] slots follow local hours, and the short rest of the day is not offered', () => {
    const slots = slotsOf(court, '2026-11-24', 'Asia/Shanghai');
    expect(slots).toHaveLength(13);
    expect(toInstant(slots[0]?.startsAt ?? 0)).toBe('2026-11-24T00:00:00.000Z');
    expect(toInstant(slots.at(-1)?.endsAt ?? 0)).toBe('2026-11-24T13:00:00.000Z');
  });

  test('[BK3] wishes that cannot be are refused by name', () => {
    const { book, bookings } = setUp();
    expect(code(book(asLi, 2.5, 3.5))).toBe('slot-outside-hours');
    expect(code(book(asLi, 12, 11))).toBe('slot-outside-hours');
    expect(code(book(asLi, -1, 0))).toBe('slot-in-past');
    expect(code(book(asLi, 74, 75))).toBe('too-far-ahead');
    expect(code(book(asLi, 2, 3, 99))).toBe('resource-unknown');
    expect(
      code(
        bookings.book(
          { credential: { ...asLi, phoneLast4: '9999' }, resource: 1, startsAt: at(2), endsAt: at(3) },
          'kiosk-1',
        ),
      ),
    ).toBe('member-unknown');
    expect(code(bookings.day(99, '2026-11-24'))).toBe('resource-unknown');
  });

  test('[BK4] a running slot may be taken, and arrival counts from then', () => {
    const { hall, book, bookings } = setUp();
    hall.clock.advance(40 * MINUTE);
    const result = book(asLi, 0, 1);
    if (!result.ok) throw new Error(result.refusal.code);
    expect(result.value.booking.checkInUntil).toBe(toInstant(NOW + 55 * MINUTE));
    expect(code(bookings.checkIn(result.value.booking.booking.id, asLi, 'kiosk-1'))).toBe('ok');
  });

  test('[BK5] minutes a day are counted over places of the same kind', () => {
    const { hall, book } = setUp();
    made(book(asLi, 2, 3));
    expect(code(book(asLi, 4, 5, 2))).toBe('daily-quota');
    hall.feed('resource', { ...court, number: 2, kind: 'room' }, 2);
    expect(code(book(asLi, 4, 5, 2))).toBe('ok');
    expect(code(book(asLi, 26, 27))).toBe('ok');
  });

  test('[BK6] an online booking onto minutes given away here waits, is shown, and moves up when they come free', () => {
    const { bookings, book, down } = setUp();
    const mine = made(book(asLi, 2, 3));
    down(online);
    expect(bookings.collisions().map((each) => [each.booking.id, each.holder?.id])).toEqual([
      [online.id, mine],
    ]);
    expect(code(bookings.checkIn(online.id, asWang, 'kiosk-1'))).toBe('slot-taken');
    down({
      id: mine,
      resource: 1,
      memberRef: li.memberRef,
      startsAt: at(2),
      endsAt: at(3),
      state: 'lost',
      origin: 'hall',
    });
    expect(bookings.collisions()).toEqual([]);
    expect(bookings.today(1).map((each) => each.booking.id)).toEqual([online.id]);
  });

  test('[BK7] cancelling: not by strangers, not too late, once', () => {
    const { hall, bookings, book } = setUp();
    const id = made(book(asLi, 1, 2));
    expect(code(bookings.cancel(id, asWang, 'kiosk-1'))).toBe('booking-unknown');
    expect(code(bookings.cancel(id, asLi, 'kiosk-1'))).toBe('ok');
    expect(code(bookings.cancel(id, asLi, 'kiosk-1'))).toBe('booking-over');
    const second = made(book(asLi, 1, 2));
    hall.clock.advance(31 * MINUTE);
    expect(code(bookings.cancel(second, asLi, 'kiosk-1'))).toBe('cancel-too-late');
  });

  test('[BK8] arrival: too early, in time, again, too late; only by whose it is', () => {
    const { hall, bookings, book } = setUp();
    const id = made(book(asLi, 1, 2));
    const early = bookings.checkIn(id, asLi, 'kiosk-1');
    expect(!early.ok && early.refusal).toEqual({ code: 'booking-too-early', params: { from: '10:45' } });
    hall.clock.advance(50 * MINUTE);
    expect(code(bookings.checkIn(id, asWang, 'kiosk-1'))).toBe('booking-unknown');
    expect(code(bookings.checkIn(id, asLi, 'kiosk-1'))).toBe('ok');
    expect(code(bookings.checkIn(id, asLi, 'kiosk-2'))).toBe('ok');
    expect(hall.facts().filter((fact) => fact.type === 'booking.checked-in')).toHaveLength(1);
    const grant = {
      grantId: '0011223344556677',
      memberRef: wang.memberRef,
      target: 1,
      credential: 'qr-app',
      clockUnproved: false,
    } as const;
    expect(code(hall.store.transaction((tx) => bookings.arriveByGrant(grant, 'kiosk-1', tx)))).toBe(
      'booking-unknown',
    );
    expect(
      code(
        hall.store.transaction((tx) =>
          bookings.arriveByGrant({ ...grant, memberRef: li.memberRef }, 'kiosk-1', tx),
        ),
      ),
    ).toBe('ok');
    const late = made(book(asWang, 2, 3));
    hall.clock.advance(2 * HOUR);
    expect(code(bookings.checkIn(late, asWang, 'kiosk-1'))).toBe('ok');
  });

  test('[BK9] older news from central does not undo an arrival; a ruling does; every cell of the table', () => {
    const { hall, bookings, down } = setUp();
    const mine: Booking = { ...online, memberRef: li.memberRef, startsAt: at(0), endsAt: at(1) };
    down(mine);
    expect(code(bookings.checkIn(mine.id, asLi, 'kiosk-1'))).toBe('ok');
    const state = (): unknown => hall.store.db.prepare('SELECT state FROM booking').pluck().get();
    down(mine);
    expect(state()).toBe('checked-in');
    down({ ...mine, state: 'cancelled' });
    expect(state()).toBe('checked-in');
    down({ ...mine, state: 'lost' });
    expect(state()).toBe('lost');
    const cells = Object.entries(bookingMachine).map(([from, events]) => [
      from,
      Object.entries(events)
        .map(([event, step]) => `${event}>${step.next}`)
        .sort(),
    ]);
    expect(Object.fromEntries(cells)).toEqual({
      booked: [
        'cancel>cancelled',
        'central-cancelled>cancelled',
        'central-checked-in>checked-in',
        'central-lost>lost',
        'central-released>released',
        'check-in>checked-in',
        'release>released',
      ],
      'checked-in': ['central-lost>lost'],
      cancelled: [],
      released: [],
      lost: [],
    });
  });

  test('[BK10] one fact each; a refused wish leaves none', () => {
    const { bookings, book, types, hall } = setUp();
    const id = made(book(asLi, 1, 2));
    book(asWang, 1, 2);
    bookings.cancel(id, asLi, 'kiosk-1');
    const second = made(book(asLi, 1, 2));
    hall.clock.advance(HOUR);
    bookings.checkIn(second, asLi, 'kiosk-1');
    expect(types()).toEqual(['booking.made', 'booking.cancelled', 'booking.made', 'booking.checked-in']);
  });

  test('[BK12] released only after the window, on measured emptiness, with a proved clock; then offered', () => {
    const { hall, bookings, book, sense, types, occupancy } = setUp();
    made(book(asLi, 1, 2));
    hall.clock.advance(HOUR + 14 * MINUTE);
    sense(false);
    hall.clock.advance(59_000);
    bookings.sweep();
    expect(types()).not.toContain('booking.released');
    hall.clock.advance(30_000);
    bookings.sweep();
    expect(types(), 'empty for less than two minutes').not.toContain('booking.released');
    hall.clock.advance(60_000);
    hall.trust.set('free');
    bookings.sweep();
    expect(types(), 'clock not proved').not.toContain('booking.released');
    hall.trust.set('synced');
    bookings.sweep();
    expect(types()).toContain('booking.released');
    expect(hall.facts().at(-1)?.body.evidence).toMatchObject({ state: 'empty', confidence: 0.8 });
    expect(bookings.resources()[0]?.free).toBe('free');
    expect(occupancy.measured(1).state).toBe('empty');
    expect(code(book(asWang, 1, 2))).toBe('ok');
  });

  test('[BK12] a silent sensor or somebody there keeps the booking', () => {
    const { hall, bookings, book, sense, types } = setUp();
    made(book(asLi, 1, 2));
    sense(false);
    hall.clock.advance(HOUR + 20 * MINUTE);
    bookings.sweep();
    expect(types(), 'silent').toEqual(['booking.made']);
    sense(true);
    hall.clock.advance(5 * MINUTE);
    bookings.sweep();
    expect(types(), 'occupied').toEqual(['booking.made']);
  });

  test('[BK13] free, busy and unknown, with the time until it changes', () => {
    const { bookings, book, sense, hall } = setUp();
    const first = () => bookings.resources()[0];
    expect(first()).toMatchObject({ free: 'unknown', until: null });
    sense(false);
    expect(first()).toMatchObject({ free: 'free', until: toInstant(Date.UTC(2026, 10, 24, 13, 30)) });
    made(book(asLi, 1, 2));
    expect(first()?.until).toBe(at(1));
    sense(true);
    expect(first()?.free).toBe('busy');
    sense(false);
    hall.clock.advance(HOUR);
    sense(false);
    expect(first()).toMatchObject({ free: 'busy', until: at(2) });
    expect(bookings.resources()[1], 'no sensor: by bookings').toMatchObject({ free: 'free' });
    const day = bookings.day(1, '2026-11-24');
    expect(day.ok && day.value.slots.slice(2, 5).map((slot) => slot.state)).toEqual([
      'past',
      'booked',
      'free',
    ]);
  });

  test('[ST8] booking queries use an index', () => {
    const { hall } = setUp();
    const plans = Object.values(bookingSql).map((sql) =>
      JSON.stringify(
        hall.store.db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...Array.from(sql.matchAll(/\?/g), () => '')),
      ),
    );
    expect(plans.every((plan) => plan.includes('USING INDEX') || plan.includes('USING COVERING INDEX'))).toBe(
      true,
    );
  });
});
