import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBookings } from '../../central/bookings/bookings.service.ts';
import type { Base } from '../../central/base.ts';
import { demoResources } from '../../central/demo/demo-data.ts';
import { createGrants } from '../../central/grants/grants.service.ts';
import { createKeys } from '../../central/keys/keys.service.ts';
import { createMembers } from '../../central/members/members.service.ts';
import { createFeedStore, lockHall } from '../../central/store/feed.store.ts';
import { migrate } from '../../central/store/migrate.ts';
import { createNotifier } from '../../central/store/notifier.ts';
import { openPglite } from '../../central/store/pglite.ts';
import { openPostgres } from '../../central/store/postgres.ts';
import type { Database } from '../../central/store/sql.ts';
import { sleep } from '../../contract/ports.ts';
import { systemClock, systemIds, systemRandom } from '../../platform/system.ts';
import { startPostgres } from '../support/postgres.ts';
import type { TestPostgres } from '../support/postgres.ts';

/** One suite for both databases central runs on. */

const HOUR = 3_600_000;
/** The key that wraps all others: one for the life of a database. */
const master = systemRandom.bytes(32);
let postgres: TestPostgres | undefined;
afterAll(async () => {
  await postgres?.stop();
}, 30_000);

const databases: readonly (readonly [string, () => Promise<Database>])[] = [
  ['PGlite', () => openPglite(undefined)],
  [
    'PostgreSQL',
    async () => {
      postgres = await startPostgres();
      return openPostgres(postgres.url, () => undefined);
    },
  ],
];

describe.each(databases)('central on %s', (_name, open) => {
  let db: Database;
  let base: Base;
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

  beforeAll(async () => {
    db = await open();
    await migrate(db);
    base = {
      db,
      feed: createFeedStore(db, systemClock, createNotifier()),
      clock: systemClock,
      ids: systemIds,
      random: systemRandom,
      log: quiet,
    };
    for (const hall of [1, 2])
      await db.query(
        "INSERT INTO hall (id, name, time_zone, help_phone, created_at, enrol_hash, feed_epoch) VALUES ($1, '{}', 'Asia/Shanghai', '', $2, 'x', 'e1')",
        [hall, systemClock.now()],
      );
  }, 60_000);
  afterAll(async () => {
    await db.close();
  });

  it('[CE1] is brought up once', async () => {
    expect(await migrate(db)).toEqual([]);
  });

  it('[CE3] a reader never skips a change, whichever writer commits first', async () => {
    const resource = demoResources[0];
    if (resource === undefined) throw new Error('the demonstration has places');
    const write = (number: number, slow: number): Promise<void> =>
      db.transaction(async (tx) => {
        await lockHall(tx, 1);
        await base.feed.put(tx, 1, 'resource', { ...resource, number });
        await sleep(systemClock, slow);
      });
    const seen = new Set<string>();
    let cursor = 0;
    const read = async (): Promise<void> => {
      const page = await base.feed.page(1, { feedEpoch: 'e1', cursor }, 100);
      if (typeof page === 'string') throw new Error(page);
      for (const change of page.changes) {
        expect(Number(change.cursor)).toBeGreaterThan(cursor);
        cursor = Number(change.cursor);
        seen.add(change.id);
      }
    };
    const writers = Promise.all(
      Array.from({ length: 8 }, (_, index) => write(100 + index, index % 2 === 0 ? 60 : 0)),
    );
    let done = false;
    void writers.then(() => {
      done = true;
    });
    while (!done) {
      await read();
      await sleep(systemClock, 10);
    }
    await writers;
    await read();
    expect([...seen].sort()).toEqual(Array.from({ length: 8 }, (_, index) => String(100 + index)));
    expect(cursor).toBe(8);
  });

  it('[CE12] of many who want the same court at once exactly one gets it', async () => {
    const keys = createKeys(base, master);
    await keys.maintain();
    const bookings = createBookings(base, createGrants(base, keys));
    const members = createMembers(base);
    const court = demoResources[0];
    if (court === undefined) throw new Error('the demonstration has places');
    const refs: string[] = [];
    await db.transaction(async (tx) => {
      await lockHall(tx, 2);
      await bookings.putResource(tx, 2, court);
      for (let index = 0; index < 6; index += 1)
        refs.push(
          await members.join(
            tx,
            2,
            await members.add(tx, {
              number: String(700_000 + index),
              nameMasked: '测*',
              mobile: String(13_700_000_000 + index),
            }),
          ),
        );
    });
    const startsAt = Math.ceil(systemClock.now() / HOUR) * HOUR + HOUR;
    const answers = await Promise.all(
      refs.map((memberRef) =>
        db.transaction(async (tx) => {
          const hall = await lockHall(tx, 2);
          if (hall === undefined) throw new Error('no hall');
          const made = await bookings.book(tx, hall, memberRef, {
            resource: court.number,
            startsAt,
            endsAt: startsAt + HOUR,
          });
          return made.ok ? 'booked' : made.refusal.code;
        }),
      ),
    );
    expect(answers.filter((each) => each === 'booked')).toHaveLength(1);
    expect(answers.filter((each) => each === 'slot-taken')).toHaveLength(5);
  });

  it('[CE21] the next signing key is at the halls before it is needed, under the next number', async () => {
    const keys = createKeys(base, master);
    await keys.maintain();
    const ids = async (): Promise<number[]> =>
      (await db.query<{ key_id: number }>('SELECT key_id FROM signing_key ORDER BY valid_from')).map(
        (row) => row.key_id,
      );
    const before = await ids();
    await keys.maintain();
    expect(await ids()).toEqual(before);
    await db.query('UPDATE signing_key SET valid_from = valid_from - $1', [70 * 24 * HOUR]);
    await keys.maintain();
    const after = await ids();
    expect(after).toHaveLength(before.length + 1);
    expect(after.at(-1)).toBe((before.at(-1) ?? 0) + 1);
    const sent = await db.query("SELECT id FROM feed_record WHERE hall = 1 AND type = 'key' AND id = $1", [
      String(after.at(-1)),
    ]);
    expect(sent).toHaveLength(1);
  });
});
