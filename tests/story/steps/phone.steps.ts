import { toInstant } from '../../../contract/time.ts';
import { systemClock } from '../../../platform/system.ts';
import { expectOk } from '../../../simulators/people/api-client.ts';
import { mustBe } from '../run.ts';
import type { Step } from '../run.ts';
import { DEMO_HALL } from '../../../tools/house/demo-configs.ts';
import { askBothSides } from '../two-sides.ts';
import { until } from '../world.ts';
import type { World } from '../world.ts';

const MINUTE = 60_000;
export const ZHANG = { mobile: '13800000001', memberNumber: '100001', phoneLast4: '0001' } as const;
export const LI = { mobile: '13800000002', memberNumber: '100002', phoneLast4: '0002' } as const;
/** Badminton court booked from the phone. */
const PHONE_COURT = 1;

/** Point 1 and 2: what people do at home, and how it comes to the hall. */
export const phoneSteps: readonly Step<World>[] = [
  {
    name: 'hall enrols with central and receives members, sessions, services and keys',
    run: async ({ house, kiosk1 }) => {
      const home = await until('sessions and services at the kiosk', 30_000, async () => {
        const view = await expectOk(kiosk1.api.call('home', {}));
        return view.network === 'online' && view.sessions.length > 0 && view.services.length >= 2
          ? view
          : undefined;
      });
      const sides = await askBothSides(house, DEMO_HALL);
      return {
        sessions: home.sessions.length,
        services: home.services.map((each) => each.id),
        records: sides.records,
        cursor: sides.hallCursor,
      };
    },
  },
  {
    name: 'phone: two members sign in and register for an activity',
    run: async ({ phones, notes }) => {
      await phones.zhang.signIn(ZHANG.mobile);
      await phones.li.signIn(LI.mobile);
      const before = await phones.zhang.refresh();
      const now = systemClock.now();
      const open = before.sessions.find(
        ({ session, left }) =>
          !session.cancelled &&
          left >= 2 &&
          Date.parse(session.startsAt) - session.checkInBefore * MINUTE <= now - MINUTE &&
          Date.parse(session.startsAt) + session.checkInAfter * MINUTE >= now + 10 * MINUTE,
      );
      if (open === undefined) throw new Error('no activity whose check-in is open now has two places left');
      const number = open.session.number;
      for (const phone of [phones.zhang, phones.li]) {
        const mine = (await phone.refresh()).sessions.find((each) => each.session.number === number);
        if (mine?.state === 'none' || mine?.state === 'cancelled') {
          const got = await expectOk(phone.api.call('register', { params: { number } }));
          mustBe('state of the registration', got.state, 'registered');
        }
        const after = await phone.refresh();
        mustBe(
          'state on the phone',
          after.sessions.find((each) => each.session.number === number)?.state,
          'registered',
        );
        phone.grant('check-in', number);
      }
      notes['session'] = number;
      return { session: number, activity: open.session.activity.zh, room: open.session.room };
    },
  },
  {
    name: 'phone: a court booked; the same slot is not given twice',
    run: async ({ phones, notes }) => {
      const view = await phones.zhang.refresh();
      const court = view.resources.find((each) => each.number === PHONE_COURT);
      if (court === undefined) throw new Error(`no resource ${String(PHONE_COURT)}`);
      const tomorrow = localDay(view.hall.timeZone, systemClock.now() + 24 * 60 * MINUTE);
      const { slots } = await expectOk(
        phones.zhang.api.call('phoneDay', { params: { number: PHONE_COURT, day: tomorrow } }),
      );
      const slot = slots.find((each) => each.state === 'free');
      if (slot === undefined) throw new Error(`no free slot tomorrow: ${JSON.stringify(slots.slice(0, 3))}`);
      const wish = { resource: PHONE_COURT, startsAt: slot.startsAt, endsAt: slot.endsAt };
      const { booking } = await expectOk(phones.zhang.api.call('bookPhone', { body: wish }));
      const second = await phones.li.api.call('bookPhone', { body: wish });
      mustBe('answer to the second wish', second.ok ? 'booked' : second.problem?.code, 'slot-taken');
      notes['phoneBooking'] = booking.id;
      return { resource: court.name.zh, startsAt: slot.startsAt };
    },
  },
  {
    name: 'phone: a compartment rented from the pool the hall ceded',
    run: async ({ phones, notes }) => {
      await until('the ceded pool at central', 20_000, async () => {
        const { freeCompartments } = await phones.zhang.refresh();
        return freeCompartments.small > 0 ? freeCompartments : undefined;
      });
      const lease = await expectOk(
        phones.zhang.api.call('rentPhone', { body: { size: 'small', minutes: 120 } }),
      );
      await phones.zhang.refresh();
      phones.zhang.grant('locker', lease.compartment);
      notes['phoneCompartment'] = lease.compartment;
      notes['phoneDigits'] = lease.digits;
      return { compartment: lease.compartment, startsAt: lease.startsAt };
    },
  },
  {
    name: 'everything from the phones has come down to the hall',
    run: async ({ house, kiosk1, notes }) => {
      const credential = { kind: 'member', ...pick(ZHANG) } as const;
      await until("the phone's booking at the kiosk", 20_000, async () => {
        const mine = await kiosk1.api.call('myBookings', { body: { credential } });
        return mine.ok && mine.value.bookings.some((each) => each.booking.id === notes['phoneBooking'])
          ? true
          : undefined;
      });
      await until('the rented compartment at the kiosk', 20_000, async () => {
        const { compartments } = await expectOk(kiosk1.api.call('lockers', {}));
        return compartments.find((each) => each.number === notes['phoneCompartment'])?.state === 'leased'
          ? true
          : undefined;
      });
      return until('equal checksums', 20_000, async () => {
        const sides = await askBothSides(house, DEMO_HALL);
        return sides.differing.length === 0 && sides.hallCursor === sides.centralCursor
          ? { records: sides.records, cursor: sides.hallCursor, at: toInstant(systemClock.now()) }
          : undefined;
      });
    },
  },
];

export function pick(member: { readonly memberNumber: string; readonly phoneLast4: string }): {
  memberNumber: string;
  phoneLast4: string;
} {
  return { memberNumber: member.memberNumber, phoneLast4: member.phoneLast4 };
}

/** `YYYY-MM-DD` in a time zone. */
export function localDay(timeZone: string, at: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(at);
}
