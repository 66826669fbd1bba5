import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hallRoutes } from '../../contract/hall-api.ts';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import type { CrowdReport } from '../../simulators/people/crowd.ts';
import { runCrowd } from '../../simulators/people/crowd.ts';
import type { KioskVisitor } from '../../simulators/people/visitor.ts';
import { enterKiosk } from '../../simulators/people/visitor.ts';
import { seededFraction } from '../../simulators/seeded-fraction.ts';
import { startHouse } from '../../tools/house/house.ts';
import type { House } from '../../tools/house/house.ts';

const PEOPLE = 14;
const dir = mkdtempSync(join(tmpdir(), 'crowd-'));
let house: House;
const kiosks: KioskVisitor[] = [];

beforeAll(async () => {
  house = await startHouse({ dir, readyMs: 90_000 });
  const demo = await expectOk(createApiClient(house.hallUrl, hallRoutes).call('demo', {}));
  for (const { code } of demo.kiosks) kiosks.push(await enterKiosk(house.hallUrl, code, systemClock));
  const until = systemClock.monotonic() + 60_000;
  for (;;) {
    const home = await expectOk((kiosks[0] as KioskVisitor).api.call('home', {}));
    if (home.sessions.length > 0 && home.services.length === 2) break;
    if (systemClock.monotonic() > until) throw new Error('the programme has not come down to the hall');
    await sleep(systemClock, 200);
  }
});
afterAll(async () => {
  await house.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('a crowd of seeded people spends its day in a real house, and no answer breaks the contract', async () => {
  const reports: CrowdReport[] = [];
  const totals = await runCrowd({
    centralUrl: house.centralUrl,
    kiosks,
    mobiles: Array.from({ length: PEOPLE }, (_, index) => String(13_900_000_001 + index)),
    duration: 25_000,
    clock: systemClock,
    fraction: seededFraction(7),
    atOnce: 4,
    report: (each) => reports.push(each),
    closeDoor: (compartment) => {
      house.hardware.bank(compartment > 30 ? 'bank-b' : 'bank-a').close(compartment);
    },
  });
  const count = (key: string): number => totals[key] ?? 0;
  const defects = Object.keys(totals).filter((key) => / (broken|no-answer|left-open|status-\d+)$/.test(key));
  expect(defects).toEqual([]);
  expect(count('sign-in ok')).toBe(PEOPLE);
  // Whoever registered and did not forget is checked in, once; nobody else is.
  const who = (step: string, outcome: string): string[] =>
    reports.filter((each) => each.step === step && each.outcome === outcome).map(({ person }) => person);
  const registered = who('register', 'registered');
  const forgot = new Set(who('come', 'forgot'));
  // The class of the hour may be smaller than the crowd: the smallest has 12 seats, 4 of them taken by its regulars.
  expect(registered.length).toBeGreaterThanOrEqual(8);
  expect(registered.length + who('register', 'waiting').length).toBeLessThanOrEqual(PEOPLE);
  expect([...who('check-in-qr', 'checked-in'), ...who('check-in-typed', 'checked-in')].sort()).toEqual(
    registered.filter((person) => !forgot.has(person)).sort(),
  );
  expect(count('check-in-old-picture checked-in')).toBe(0);
  // Every act at a locker moved one door, seen shut again by the hall.
  const acts = ['rent-here ok', 'open-with-qr ok', 'return-in-time ok', 'return-late ok'].map(count);
  expect(count('door closed')).toBe(acts.reduce((sum, each) => sum + each, 0));
  expect(count('door closed')).toBeGreaterThan(2);
}, 150_000);
