import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import type { KioskVisitor } from '../../simulators/people/visitor.ts';
import { BENCH_SESSION, benchMember, startBenchHall } from './bench-hall.ts';
import { rawCommitRate } from './raw.ts';
import type { Bench } from './rows.ts';
import { percentile, rounded } from './rows.ts';

const RATE = 20;
const RUSH_MS = 15_000;
const RUSH_PEOPLE = 12_000;

/** Four kiosks check people in over HTTP: a steady 20 a second, then as fast as the hall takes them. */
export const checkInBench: Bench = {
  names: ['check-in'],
  run: async ({ long, say }) => {
    const seconds = long ? 600 : 60;
    const steady = RATE * seconds;
    say(`check-in: a hall with ${String(steady + RUSH_PEOPLE)} members`);
    const hall = await startBenchHall(steady + RUSH_PEOPLE);
    try {
      const rawRate = rawCommitRate(hall.dir, 3000);
      let next = 0;
      const times: number[] = [];
      const arrive = async (kiosk: KioskVisitor): Promise<void> => {
        const person = benchMember(next);
        next += 1;
        const from = systemClock.monotonic();
        const reply = await kiosk.api.call('checkIn', {
          body: { credential: { kind: 'member', ...person }, session: BENCH_SESSION },
        });
        times.push(systemClock.monotonic() - from);
        if (!reply.ok || reply.value.kind !== 'checked-in')
          throw new Error(`person ${person.memberNumber}: ${JSON.stringify(reply)}`);
      };

      say(`check-in: ${String(RATE)} a second for ${String(seconds)} s`);
      const startedAt = systemClock.monotonic();
      await Promise.all(
        hall.kiosks.map(async (kiosk, index) => {
          for (let turn = 0; turn < steady / hall.kiosks.length; turn += 1) {
            const due = startedAt + ((turn * hall.kiosks.length + index) * 1000) / RATE;
            await sleep(systemClock, Math.max(0, due - systemClock.monotonic()));
            await arrive(kiosk);
          }
        }),
      );
      const steadyTimes = times.splice(0);
      const kept = steadyTimes.length / ((systemClock.monotonic() - startedAt) / 1000);

      say(`check-in: as fast as it goes for ${String(RUSH_MS / 1000)} s`);
      const rushFrom = systemClock.monotonic();
      await Promise.all(
        hall.kiosks.map(async (kiosk) => {
          while (systemClock.monotonic() - rushFrom < RUSH_MS && next < steady + RUSH_PEOPLE)
            await arrive(kiosk);
        }),
      );
      const most = times.length / ((systemClock.monotonic() - rushFrom) / 1000);
      const p99 = percentile(steadyTimes, 0.99);
      return [
        {
          name: 'check-in',
          unit: 'a second at most',
          value: rounded(most),
          p50: rounded(percentile(steadyTimes, 0.5)),
          p99: rounded(p99),
          peer: 'raw durable commits a second',
          peerValue: rounded(rawRate),
          ratio: rounded(most / rawRate),
          target: 'ratio 0.5; 20/s at p99 200 ms',
          note: `steady ${String(rounded(kept))}/s over ${String(seconds)} s, p50 and p99 in ms of that part; ${p99 <= 200 && kept >= RATE * 0.98 ? 'kept' : 'NOT kept'}`,
        },
      ];
    } finally {
      await hall.stop();
    }
  },
};
