import type { Base } from '../base.ts';
import type { Activities } from '../activities/activities.service.ts';
import type { Bookings } from '../bookings/bookings.service.ts';
import type { Members } from '../members/members.service.ts';
import type { HallRow } from '../store/feed.store.ts';
import { lockHall } from '../store/feed.store.ts';
import type { Tx } from '../store/sql.ts';
import { demoActivities, demoCrowd, demoMembers, demoResources, demoSmallClass } from './demo-data.ts';
import type { DemoActivity } from './demo-data.ts';
import type { Planned } from './programme.rules.ts';
import { CHECK_IN_AFTER, CHECK_IN_BEFORE, programmeAround } from './programme.rules.ts';

/** Sessions this long over are taken off the halls' lists. */
const KEEP = 36 * 3_600_000;
/** Who comes to the sessions of the grid: Li and Ouyang do not, so that registering can be shown. */
const REGULARS = [0, 2, 3, 4];
/** Two places and three people: Chen waits. */
const SMALL_CLASS = [2, 3, 4];

export interface DemoParts {
  readonly base: Base;
  readonly members: Members;
  readonly activities: Activities;
  readonly bookings: Bookings;
}

/**
 * Fills one hall with made-up members, places and a programme around now. Demo mode only.
 * Safe to run at every start and every hour: a second run within the same slot changes
 * nothing, and what people did meanwhile stays [DM1] [DM3].
 */
export async function seedDemo(parts: DemoParts, hall: number): Promise<void> {
  const { base } = parts;
  await base.db.transaction(async (tx) => {
    const row = await lockHall(tx, hall);
    if (row === undefined) throw new Error(`hall ${String(hall)} is not there`);
    const people: string[] = [];
    for (const member of demoMembers)
      people.push(await parts.members.join(tx, hall, await parts.members.add(tx, member)));
    for (const member of demoCrowd) await parts.members.join(tx, hall, await parts.members.add(tx, member));
    for (const resource of demoResources) {
      // Places the hall's configuration or its staff already set up are left alone.
      if ((await parts.bookings.resource(tx, hall, resource.number)) === undefined)
        await parts.bookings.putResource(tx, hall, resource);
    }
    for (const each of [...demoActivities, demoSmallClass])
      await parts.activities.addActivity(tx, hall, activityId(hall, each), each.name, each.teacher);
    for (const planned of programmeAround(base.clock.now(), row.time_zone))
      await putPlanned(parts, tx, row, planned, people);
    await retireOld(parts, tx, hall);
  });
}

async function putPlanned(
  { activities, base }: DemoParts,
  tx: Tx,
  hall: HallRow,
  planned: Planned,
  people: readonly string[],
): Promise<void> {
  const what = activityOf(planned);
  // A session that is there stays as it is: it may have been moved or cancelled since.
  if ((await activities.session(tx, hall.id, planned.number)) === undefined)
    await activities.putSession(tx, hall.id, activityId(hall.id, what), {
      number: planned.number,
      startsAt: planned.startsAt,
      endsAt: planned.endsAt,
      capacity: what.capacity,
      checkInBefore: CHECK_IN_BEFORE,
      checkInAfter: CHECK_IN_AFTER,
      unit: what.unit,
      room: what.room,
      cancelled: false,
    });
  if (base.clock.now() > planned.startsAt + CHECK_IN_AFTER * 60_000) return;
  for (const index of planned.slot === 'small-class' ? SMALL_CLASS : REGULARS) {
    const memberRef = people[index];
    if (memberRef === undefined) continue;
    // Who cancelled is not registered again [DM3].
    const before = await activities.registrationsOf(tx, hall.id, memberRef);
    if (!before.some((each) => each.session === planned.number))
      await activities.register(tx, hall.id, planned.number, memberRef);
  }
}

async function retireOld({ base }: DemoParts, tx: Tx, hall: number): Promise<void> {
  const old = await tx.query<{ type: 'session' | 'registration'; id: string }>(
    `SELECT f.type, f.id FROM session s
     LEFT JOIN registration r ON r.hall = s.hall AND r.session = s.number
     JOIN feed_record f ON f.hall = s.hall AND f.op = 'put'
       AND ((f.type = 'session' AND f.id = s.number::text) OR (f.type = 'registration' AND f.id = r.id))
     WHERE s.hall = $1 AND s.ends_at < $2 AND s.activity LIKE 'demo-%'`,
    [hall, base.clock.now() - KEEP],
  );
  for (const each of old) await base.feed.remove(tx, hall, each.type, each.id);
}

/** The grid's slots turn by one each day, so that not every morning is the same. */
function activityOf(planned: Planned): DemoActivity {
  if (planned.slot === 'small-class') return demoSmallClass;
  return demoActivities[planned.number % demoActivities.length] ?? demoSmallClass;
}

function activityId(hall: number, activity: DemoActivity): string {
  return `demo-${String(hall)}-${activity.id}`;
}
