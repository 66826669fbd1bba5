import { createActivities } from '../../central/activities/activities.service.ts';
import { createApplications } from '../../central/applications/applications.service.ts';
import type { Base } from '../../central/base.ts';
import { createBookings } from '../../central/bookings/bookings.service.ts';
import { readCatalogue } from '../../central/catalogue/catalogue.ts';
import { createGrants } from '../../central/grants/grants.service.ts';
import { createKeys } from '../../central/keys/keys.service.ts';
import { createLeases } from '../../central/leases/leases.service.ts';
import { createMembers } from '../../central/members/members.service.ts';
import { createRulings } from '../../central/rulings/rulings.service.ts';
import { createFeedStore, lockHall } from '../../central/store/feed.store.ts';
import type { HallRow } from '../../central/store/feed.store.ts';
import { migrate } from '../../central/store/migrate.ts';
import { createNotifier } from '../../central/store/notifier.ts';
import { openPglite } from '../../central/store/pglite.ts';
import type { Tx } from '../../central/store/sql.ts';
import { createSeededIds, createSeededRandom } from './seeded.ts';
import { createVirtualClock } from './virtual-clock.ts';

/** Central's domain on a database in memory and a clock cranked by hand, without its HTTP server. */
export async function createCentralParts(seed = 1) {
  const clock = createVirtualClock();
  const random = createSeededRandom(seed);
  const ids = createSeededIds(seed, clock);
  const db = await openPglite(undefined);
  await migrate(db);
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const base: Base = {
    db,
    feed: createFeedStore(db, clock, createNotifier()),
    clock,
    ids,
    random,
    log: quiet,
  };
  const keys = createKeys(base, random.bytes(32));
  const grants = createGrants(base, keys);
  const activities = createActivities(base, grants);
  const bookings = createBookings(base, grants);
  const leases = createLeases(base, keys, grants);
  const catalogue = readCatalogue();
  const applications = createApplications(keys, catalogue);
  const parts = {
    base,
    clock,
    keys,
    grants,
    members: createMembers(base),
    activities,
    bookings,
    leases,
    catalogue,
    applications,
    rulings: createRulings(base, bookings, leases),
  };
  /** A hall with its keys, as central makes one at its first start. */
  const addHall = async (id: number): Promise<void> => {
    await db.query(
      "INSERT INTO hall (id, name, time_zone, help_phone, created_at, enrol_hash, feed_epoch) VALUES ($1, $2, 'Asia/Shanghai', '0571-0000', $3, 'x', 'e1')",
      [id, JSON.stringify({ zh: `${String(id)} 号中心`, en: `Hall ${String(id)}` }), clock.now()],
    );
    await keys.maintain();
  };
  /** Work under the hall's lock. */
  const inHall = <T>(id: number, work: (tx: Tx, row: HallRow) => Promise<T>): Promise<T> =>
    db.transaction(async (tx) => {
      const row = await lockHall(tx, id);
      if (row === undefined) throw new Error(`no hall ${String(id)}`);
      return work(tx, row);
    });
  return { ...parts, db, addHall, inHall };
}

export type CentralParts = Awaited<ReturnType<typeof createCentralParts>>;
