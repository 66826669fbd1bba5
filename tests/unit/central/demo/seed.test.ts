import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  demoActivities,
  demoCrowd,
  demoMembers,
  demoResources,
  demoSmallClass,
} from '../../../../central/demo/demo-data.ts';
import {
  CHECK_IN_AFTER,
  CHECK_IN_BEFORE,
  programmeAround,
} from '../../../../central/demo/programme.rules.ts';
import { seedDemo } from '../../../../central/demo/seed.ts';
import { phoneDemo } from '../../../../central/phone/phone.api.ts';
import { localDay } from '../../../../contract/local-time.ts';
import { createCentralParts } from '../../../support/central-parts.ts';
import type { CentralParts } from '../../../support/central-parts.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const zone = 'Asia/Shanghai';
const at = (day: string, time: string): number => Date.parse(`${day}T${time}:00+08:00`);

test('[DM2] one session is open for check-in at every minute, and for ten minutes more', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 40 * 24 * 60 }),
      fc.constantFrom(zone, 'Europe/Berlin', 'America/St_Johns', 'UTC'),
      (minutes, timeZone) => {
        const now = Date.UTC(2026, 9, 20) + minutes * MINUTE;
        const planned = programmeAround(now, timeZone);
        const open = planned.filter(
          ({ startsAt }) =>
            startsAt - CHECK_IN_BEFORE * MINUTE <= now - MINUTE &&
            startsAt + CHECK_IN_AFTER * MINUTE >= now + 10 * MINUTE,
        );
        expect(open.length).toBeGreaterThan(0);
        const today = localDay(now, timeZone);
        expect(
          planned.filter((each) => each.startsAt > now && localDay(each.startsAt, timeZone) >= today).length,
        ).toBeGreaterThan(2);
        expect(new Set(planned.map((each) => each.number)).size).toBe(planned.length);
      },
    ),
  );
});

test('[DM4] every room, court and table of the demonstration is on the map', () => {
  const map = z
    .object({ features: z.array(z.looseObject({ id: z.string(), feature_type: z.string() })) })
    .parse(
      JSON.parse(readFileSync(join(import.meta.dirname, '../../../../hall/maps/demo-hall.json'), 'utf8')),
    );
  const units = map.features.filter((each) => each.feature_type === 'unit').map((each) => each.id);
  const used = [...demoActivities, demoSmallClass, ...demoResources].map((each) => each.unit);
  expect(used.filter((unit) => !units.includes(unit))).toEqual([]);
});

test('[DM4] what is rented by the hour is not also a classroom', () => {
  const rented = new Set(demoResources.map((each) => each.unit));
  expect([...demoActivities, demoSmallClass].filter((each) => rented.has(each.unit))).toEqual([]);
});

describe('a seeded hall', () => {
  let central: CentralParts;
  beforeAll(async () => {
    central = await createCentralParts();
    await central.addHall(1);
  });
  afterAll(() => central.db.close());

  const cursor = () => central.inHall(1, (_tx, row) => Promise.resolve(row.cursor));
  const counts = () =>
    central.db.query(
      'SELECT (SELECT count(*) FROM member) AS members, (SELECT count(*) FROM session) AS sessions, (SELECT count(*) FROM registration) AS registrations, (SELECT count(*) FROM resource) AS resources',
    );

  test.each(['00:05', '12:00', '23:55'])('[DM1] seeded twice at %s, nothing changes', async (time) => {
    central.clock.jump(at('2026-11-25', time) - central.clock.now());
    await seedDemo(central, 1);
    const before = { cursor: await cursor(), counts: await counts() };
    await seedDemo(central, 1);
    expect({ cursor: await cursor(), counts: await counts() }).toEqual(before);
    const sessions = await central.activities.sessions(central.db, 1);
    const now = central.clock.now();
    const open = sessions.filter(
      (each) => each.starts_at - HOUR <= now && now <= each.starts_at + CHECK_IN_AFTER * MINUTE,
    );
    expect(open.some((each) => each.capacity - each.registered >= 2)).toBe(true);
    expect(sessions.filter((each) => each.starts_at > now).length).toBeGreaterThan(3);
    expect((await central.bookings.resources(central.db, 1)).length).toBe(7);
  });

  test('[DM5] the small class has a waiting list, and Zhang has a place in what is open now', async () => {
    const sessions = await central.activities.sessions(central.db, 1);
    const small = sessions.find((each) => each.capacity === 2);
    expect({ registered: small?.registered, waiting: small?.waiting }).toEqual({ registered: 2, waiting: 1 });
    const zhang = await central.members.byMobile(central.db, demoMembers[0]?.mobile ?? '');
    const ref = await central.members.refAt(central.db, 1, zhang?.id ?? '');
    const mine = await central.activities.registrationsOf(central.db, 1, ref ?? '');
    const now = central.clock.now();
    const open = sessions.find((each) => each.starts_at - HOUR <= now && each.starts_at + HOUR >= now);
    expect(mine.find((each) => each.session === open?.number)?.state).toBe('registered');
  });

  test('[DM3] who cancelled stays cancelled, and a moved session stays moved', async () => {
    const zhang = await central.members.byMobile(central.db, demoMembers[0]?.mobile ?? '');
    const ref = (await central.members.refAt(central.db, 1, zhang?.id ?? '')) ?? '';
    const mine = (await central.activities.registrationsOf(central.db, 1, ref)).at(-1);
    const number = mine?.session ?? 0;
    const before = await central.activities.session(central.db, 1, number);
    await central.inHall(1, async (tx) => {
      await central.activities.cancel(tx, 1, number, ref);
      await tx.query("UPDATE session SET room = '999' WHERE hall = 1 AND number = $1", [number]);
    });
    await seedDemo(central, 1);
    const after = (await central.activities.registrationsOf(central.db, 1, ref)).filter(
      (each) => each.session === number,
    );
    expect(after.map((each) => each.state)).toEqual(['cancelled']);
    const session = await central.activities.session(central.db, 1, number);
    expect([session?.room, session?.starts_at]).toEqual(['999', before?.starts_at]);
  });

  test('[DM1] two days later the old programme has left the feed and a new one is there', async () => {
    central.clock.jump(48 * HOUR);
    await seedDemo(central, 1);
    const feed = await central.base.feed.snapshot(1);
    if (feed === 'unknown-hall') throw new Error('no hall');
    const live = feed.changes.filter((each) => each.type === 'session');
    const ended = live.map((each) => Date.parse(String(each.body?.['endsAt'])));
    expect(Math.min(...ended)).toBeGreaterThan(central.clock.now() - 36 * HOUR);
    expect(Math.max(...ended)).toBeGreaterThan(central.clock.now() + 12 * HOUR);
    const sessions = new Set(live.map((each) => each.id));
    const strays = feed.changes.filter(
      (each) => each.type === 'registration' && !sessions.has(String(each.body?.['session'])),
    );
    expect(strays).toEqual([]);
  });

  test('[DM7] members for simulators belong to the hall and are not offered on a page', async () => {
    const list = phoneDemo(true);
    const offered = list.ok ? list.value.members.map((each) => each.mobile) : [];
    expect(demoCrowd.length).toBe(24);
    expect(demoCrowd.filter((each) => offered.includes(each.mobile))).toEqual([]);
    for (const each of [demoCrowd[0], demoCrowd.at(-1)]) {
      const member = await central.members.byMobile(central.db, each?.mobile ?? '');
      expect(await central.members.hallsOf(central.db, member?.id ?? '')).toEqual([1]);
    }
  });

  test('[DM1] names are masked and differ, numbers and mobiles are those of the documentation', () => {
    expect(new Set(demoMembers.map((each) => each.nameMasked)).size).toBe(6);
    expect(demoMembers.every((each) => each.nameMasked.includes('*'))).toBe(true);
    expect(demoMembers.map((each) => `${each.number} ${each.mobile}`).slice(0, 2)).toEqual([
      '100001 13800000001',
      '100002 13800000002',
    ]);
  });
});
