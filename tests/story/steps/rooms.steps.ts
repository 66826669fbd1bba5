import { sleep } from '../../../contract/ports.ts';
import { systemClock } from '../../../platform/system.ts';
import { expectOk } from '../../../simulators/people/api-client.ts';
import { mustBe } from '../run.ts';
import type { Step } from '../run.ts';
import { until } from '../world.ts';
import type { World } from '../world.ts';
import { LI, localDay, pick } from './phone.steps.ts';

const MINUTE = 60_000;
/** Its unused bookings may be released one minute after they begin. */
const SHORT_WINDOW = 6;
const COURT = 2;
/** Long enough for a window of one minute and two minutes measured as empty. */
const NEEDED = 4.5 * MINUTE;

/** Point 6, still with the internet cut: real MQTT messages of a Zigbee bridge become what a kiosk says about a place. */
export const roomSteps: readonly Step<World>[] = [
  {
    name: 'rooms: a running slot is booked at the kiosk; nobody will come',
    run: async ({ zigbee, kiosk1, notes, sabotage }) => {
      if (sabotage === 'sensors') await zigbee.stop();
      else await report(zigbee, SHORT_WINDOW, false);
      const home = await expectOk(kiosk1.api.call('home', {}));
      const slot = await until('a running slot with minutes left', 6 * MINUTE, async () => {
        const day = localDay(home.hall.timeZone, systemClock.now());
        const { slots } = await expectOk(
          kiosk1.api.call('resourceDay', { params: { id: SHORT_WINDOW, day } }),
        );
        const found = slots.find(
          (each) => each.state === 'free' && Date.parse(each.endsAt) > systemClock.now() + NEEDED,
        );
        return found !== undefined && Date.parse(found.startsAt) <= systemClock.now() ? found : undefined;
      });
      const { booking } = await expectOk(
        kiosk1.api.call('book', {
          body: {
            credential: { kind: 'member', ...pick(LI) },
            resource: SHORT_WINDOW,
            startsAt: slot.startsAt,
            endsAt: slot.endsAt,
          },
        }),
      );
      notes['empty'] = booking.booking.id;
      return { startsAt: slot.startsAt, checkInUntil: booking.checkInUntil };
    },
  },
  {
    name: 'rooms: presence, temperature and silence are shown for what they are',
    run: async ({ zigbee, kiosk1, sabotage }) => {
      const seen = await until('the court seen as occupied', 15_000, async () => {
        // Again and again, as sensors do: what arrives right after the hall connected has no age it could trust.
        if (sabotage !== 'sensors') {
          await zigbee.report(`court/${String(COURT)}/presence`, { occupancy: true, battery: 96 });
          await zigbee.report(`court/${String(COURT)}/climate`, { temperature: 21.5, humidity: 40 });
        }
        const { resources } = await expectOk(kiosk1.api.call('resources', {}));
        const court = resources.find((each) => each.resource.number === COURT);
        return court?.occupancy.state === 'occupied' && court.temperature !== null ? resources : undefined;
      });
      const silent = seen.find((each) => each.resource.number === 3);
      mustBe('a court whose sensor never spoke', silent?.occupancy.state, 'unknown');
      const court = seen.find((each) => each.resource.number === COURT);
      mustBe('temperature', court?.temperature, 21.5);
      return {
        state: court?.occupancy.state,
        confidence: court?.occupancy.confidence,
        at: court?.occupancy.at,
        silent: silent?.occupancy.state,
      };
    },
  },
];

/** The end of point 6; long after the booking, so that waiting overlaps with other steps. */
export const releaseStep: Step<World> = {
  name: 'rooms: window over and measured empty, the booking is released and the slot offered',
  run: async ({ zigbee, kiosk1, notes }) => {
    const credential = { kind: 'member', ...pick(LI) } as const;
    const day = await until('the booking being released', 5 * MINUTE, async () => {
      await report(zigbee, SHORT_WINDOW, false);
      const mine = await expectOk(kiosk1.api.call('myBookings', { body: { credential } }));
      if (
        mine.bookings.some((each) => each.booking.id === notes['empty'] && each.booking.state === 'booked')
      ) {
        await sleep(systemClock, 3000);
        return undefined;
      }
      const home = await expectOk(kiosk1.api.call('home', {}));
      return localDay(home.hall.timeZone, systemClock.now());
    });
    const { slots } = await expectOk(kiosk1.api.call('resourceDay', { params: { id: SHORT_WINDOW, day } }));
    const now = systemClock.now();
    const running = slots.find((each) => Date.parse(each.startsAt) <= now && Date.parse(each.endsAt) > now);
    mustBe('the running slot', running?.state, 'free');
    return { slot: running?.startsAt };
  },
};

async function report(zigbee: World['zigbee'], court: number, occupied: boolean): Promise<void> {
  await zigbee.report(`court/${String(court)}/presence`, { occupancy: occupied, battery: 96 });
}
