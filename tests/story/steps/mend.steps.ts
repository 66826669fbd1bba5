import { systemClock } from '../../../platform/system.ts';
import { expectOk } from '../../../simulators/people/api-client.ts';
import { DEMO_HALL } from '../../../tools/house/demo-configs.ts';
import { mustBe } from '../run.ts';
import type { Step } from '../run.ts';
import { askBothSides } from '../two-sides.ts';
import { until } from '../world.ts';
import type { World } from '../world.ts';

/** Point 2 again: the cable is whole, everything goes up once, and both sides agree. */
export const mendSteps: readonly Step<World>[] = [
  {
    name: 'the internet is back: every fact goes up, exactly once, in order',
    run: async ({ house, cable, desk }) => {
      const waiting = (await expectOk(desk.call('desk', {}))).sync.waitingFacts;
      if (waiting === 0) throw new Error('nothing was waiting: the internet was not cut');
      const from = systemClock.monotonic();
      cable.mend();
      const sides = await until('equal heads and checksums', 60_000, async () => {
        const seen = await askBothSides(house, DEMO_HALL);
        return seen.hallHead.seq === seen.centralHead.seq &&
          seen.differing.length === 0 &&
          seen.hallCursor === seen.centralCursor
          ? seen
          : undefined;
      });
      mustBe('hash of the last fact', sides.centralHead.hash, sides.hallHead.hash);
      mustBe('epoch', sides.centralHead.epoch, sides.hallHead.epoch);
      const { sync } = await expectOk(desk.call('desk', {}));
      mustBe('facts set aside by central', sync.quarantined, 0);
      return {
        waiting,
        seconds: Math.round((systemClock.monotonic() - from) / 100) / 10,
        facts: sides.hallHead.seq,
        records: sides.records,
      };
    },
  },
  {
    name: 'the phones see what happened at the hall',
    run: async ({ phones, notes }) => {
      const seen = await until('check-in and lease on the phone', 20_000, async () => {
        const view = await phones.zhang.refresh();
        const session = view.sessions.find((each) => each.session.number === notes['session']);
        const lease = view.leases.find((each) => each.compartment === notes['phoneCompartment']);
        return session?.state === 'checked-in' && lease?.state === 'active'
          ? { session: session.state, lease: lease.state }
          : undefined;
      });
      const followed = await expectOk(
        phones.li.api.call('phoneProgress', {
          body: { number: String(notes['feedback']), queryCode: String(notes['feedbackCode']) },
        }),
      );
      mustBe("staff's decision on the phone", followed.state, 'approved');
      const join = await expectOk(
        phones.li.api.call('phoneProgress', {
          body: { number: String(notes['join']), queryCode: String(notes['joinCode']) },
        }),
      );
      mustBe('the other application', join.state, 'submitted');
      return { ...seen, feedback: followed.state, join: join.state };
    },
  },
];
