import { createHmac } from 'node:crypto';
import type { CentralConfig } from '../contract/config.ts';
import type { CancelTimer, Clock, Ids, Millis, Random } from '../contract/ports.ts';
import type { ServiceDefinition } from '../contract/services.ts';
import { createActivities } from './activities/activities.service.ts';
import { createApplications } from './applications/applications.service.ts';
import type { Base, Log } from './base.ts';
import { createBookings } from './bookings/bookings.service.ts';
import { publishCatalogue } from './catalogue/publish.ts';
import { seedDemo } from './demo/seed.ts';
import { createGrants } from './grants/grants.service.ts';
import { createHalls } from './halls/halls.service.ts';
import type { Halls } from './halls/halls.service.ts';
import { createCentralHttp } from './http/server.ts';
import type { CentralHttp } from './http/server.ts';
import { createKeys } from './keys/keys.service.ts';
import { createLeases } from './leases/leases.service.ts';
import { createMembers } from './members/members.service.ts';
import { createPhoneHandlers } from './phone/phone.api.ts';
import { createPhoneSignIn } from './phone/sign-in.service.ts';
import type { PhoneParts } from './phone/view.service.ts';
import { createRulings } from './rulings/rulings.service.ts';
import { createFacts } from './sync/facts.service.ts';
import { createFold } from './sync/fold.ts';
import { createSyncApi } from './sync/sync.api.ts';
import { createFeedStore, lockHall } from './store/feed.store.ts';
import { migrate } from './store/migrate.ts';
import { createNotifier } from './store/notifier.ts';
import type { Database } from './store/sql.ts';

const HOUR: Millis = 3_600_000;
/** Changes older than this are forgotten; a hall that was dark for longer fetches the snapshot. */
const FEED_KEPT: Millis = 60 * 24 * HOUR;

export interface CentralParts {
  readonly config: Pick<CentralConfig, 'http' | 'demo' | 'halls'>;
  readonly db: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly log: Log;
  /** 32 bytes; keys at rest are wrapped under it. */
  readonly master: Uint8Array;
  readonly catalogue: readonly ServiceDefinition[];
  readonly version: string;
  /** Folder of the built phone page. */
  readonly page?: string;
  readonly checkAnswers?: boolean;
}

export interface Central extends PhoneParts {
  readonly base: Base;
  readonly halls: Halls;
  readonly http: CentralHttp;
  /** Brings the database up, makes the configured halls and keys, sends the services down, and keeps house every hour. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Joins central's parts over one database. Nothing is written before `start`. */
export async function createCentral(parts: CentralParts): Promise<Central> {
  const { clock, config, db, ids, random, log } = parts;
  const notifier = createNotifier();
  const base: Base = { db, feed: createFeedStore(db, clock, notifier), clock, ids, random, log };
  const keys = createKeys(base, parts.master);
  const grants = createGrants(base, keys);
  const members = createMembers(base);
  const activities = createActivities(base, grants);
  const bookings = createBookings(base, grants);
  const leases = createLeases(base, keys, grants);
  const applications = createApplications(keys, parts.catalogue);
  const rulings = createRulings(base, bookings, leases);
  const halls = createHalls(base, keys);
  const facts = createFacts(base, createFold({ bookings, leases, applications, rulings }));
  const signIn = createPhoneSignIn(base, members, {
    demo: config.demo,
    secret: createHmac('sha256', parts.master).update('union-hall phone sign-in v1').digest(),
  });
  const domain: PhoneParts = {
    base,
    members,
    activities,
    bookings,
    leases,
    grants,
    applications,
    rulings,
  };
  const http = await createCentralHttp({
    base,
    config,
    version: parts.version,
    halls,
    sync: createSyncApi(base, facts, notifier),
    phone: createPhoneHandlers(domain, { demo: config.demo, signIn }),
    signIn,
    ...(parts.page === undefined ? {} : { page: parts.page }),
    ...(parts.checkAnswers === undefined ? {} : { checkAnswers: parts.checkAnswers }),
  });

  const keepHouse = async (): Promise<void> => {
    await keys.maintain();
    for (const { hall } of config.halls) {
      if (config.demo) await seedDemo({ base, members, activities, bookings }, hall);
      await base.feed.prune(hall, clock.now() - FEED_KEPT);
    }
  };
  let cancel: CancelTimer = () => undefined;
  const hourly = (): void => {
    cancel = clock.after(HOUR, () => {
      keepHouse().then(hourly, (error: unknown) => {
        log.error(
          { error: error instanceof Error ? error.message : String(error) },
          'the hourly housekeeping failed and is tried again in an hour',
        );
        hourly();
      });
    });
  };

  return {
    ...domain,
    halls,
    http,
    start: async () => {
      await migrate(db);
      for (const hall of config.halls) {
        await halls.configure(hall);
        await db.transaction(async (tx) => {
          await lockHall(tx, hall.hall);
          for (const resource of hall.resources) await bookings.putResource(tx, hall.hall, resource);
        });
      }
      await publishCatalogue(base, parts.catalogue);
      await keepHouse();
      hourly();
    },
    stop: async () => {
      cancel();
      notifier.wakeAll();
      await http.close();
    },
  };
}
