import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { feedBodies, feedId } from '../../contract/feed.ts';
import type { FeedBody, FeedType } from '../../contract/feed.ts';
import { hallRoutes } from '../../contract/hall-api.ts';
import { toInstant } from '../../contract/time.ts';
import { systemClock } from '../../platform/system.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import { enterKiosk } from '../../simulators/people/visitor.ts';
import type { KioskVisitor } from '../../simulators/people/visitor.ts';
import { startHouse } from '../../tools/house/house.ts';
import type { House } from '../../tools/house/house.ts';
import { boardsOnline } from '../support/boards-online.ts';
import { seedHall } from '../support/seed-hall.ts';

const MINUTE = 60_000;
export const BENCH_SESSION = 7;

export interface BenchHall {
  readonly house: House;
  readonly kiosks: readonly KioskVisitor[];
  readonly dir: string;
  stop(): Promise<void>;
}

/** A real hall of four kiosks in a process of its own, without central, whose reference data is written into its file. */
export async function startBenchHall(members: number): Promise<BenchHall> {
  const dir = mkdtempSync(join(tmpdir(), 'union-hall-bench-'));
  const house = await startHouse({
    dir,
    withCentral: false,
    hall: {
      kiosks: [1, 2, 3, 4].map((number) => ({
        id: `kiosk-${String(number)}`,
        name: { zh: `${String(number)} 号机`, en: `Kiosk ${String(number)}` },
        place: { zh: '大厅', en: 'Lobby' },
        ...(number === 1 ? { scanner: 'scanner-1' } : {}),
      })),
    },
  });
  const stop = async (): Promise<void> => {
    await house.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await house.stopHall();
    seedHall(house.dataDir);
    seedPeople(house.dataDir, members);
    await house.startHall();
    const demo = await expectOk(createApiClient(house.hallUrl, hallRoutes).call('demo', {}));
    const kiosks: KioskVisitor[] = [];
    for (const { code } of demo.kiosks) kiosks.push(await enterKiosk(house.hallUrl, code, systemClock));
    const [first] = kiosks;
    if (first !== undefined) await boardsOnline(first);
    return { house, kiosks, dir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Member number of the `index`-th person; the last four digits of the phone are those of the index. */
export function benchMember(index: number): { memberNumber: string; phoneLast4: string } {
  return { memberNumber: String(500_000 + index), phoneLast4: String(index % 10_000).padStart(4, '0') };
}

function seedPeople(dataDir: string, members: number): void {
  const db = new Sqlite(join(dataDir, 'hall.sqlite'));
  const row = db.prepare('INSERT OR REPLACE INTO feed_record (type, id, version, body) VALUES (?, ?, 1, ?)');
  const put = <T extends FeedType>(type: T, body: FeedBody<T>): void => {
    const parsed = feedBodies[type].parse(body) as FeedBody<T> & Record<string, unknown>;
    row.run(type, feedId(type, parsed), JSON.stringify(parsed));
  };
  const now = systemClock.now();
  db.transaction(() => {
    put('session', {
      number: BENCH_SESSION,
      activity: { zh: '大讲堂', en: 'Lecture' },
      startsAt: toInstant(now),
      endsAt: toInstant(now + 120 * MINUTE),
      capacity: Math.max(1, members),
      taken: members,
      checkInBefore: 60,
      checkInAfter: 110,
      unit: 'room-101',
      room: '101',
      cancelled: false,
    });
    for (let index = 0; index < members; index += 1) {
      const memberRef = (0x5_0000 + index).toString(16).padStart(12, '0');
      put('member', { memberRef, ...benchMember(index), nameMasked: '测*', blocked: false });
      put('registration', {
        id: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
        session: BENCH_SESSION,
        memberRef,
        state: 'registered',
      });
    }
  })();
  db.close();
}
