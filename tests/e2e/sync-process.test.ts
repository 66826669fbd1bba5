import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { DEMO_ENROL_CODE, DEMO_HALL } from '../../tools/house/demo-configs.ts';
import { startHouse, type House } from '../../tools/house/house.ts';
import { createCentralStandIn, type CentralStandIn } from '../support/central-stand-in.ts';
import { serveStandIn } from '../support/central-stand-in-server.ts';
import { startProgram, type JsonProcess } from '../support/json-process.ts';
import { createSeededRandom } from '../support/seeded.ts';

/** `npm run sync` beside a real hall process: killed again and again, with answers lost on the way. */

const SEED = 20261124;
let dir = '';
let house: House;
let central: CentralStandIn;
let server: Awaited<ReturnType<typeof serveStandIn>>;
let syncFile = '';
const running: JsonProcess[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sync-process-'));
  central = createCentralStandIn(DEMO_HALL, () => systemClock.now());
  server = await serveStandIn(central);
  house = await startHouse({ dir, withCentral: false, hall: { syncEmbedded: false } });
  syncFile = join(dir, 'sync.json');
  writeFileSync(
    syncFile,
    JSON.stringify({
      hall: DEMO_HALL,
      dataDir: house.dataDir,
      central: { url: server.url, enrolCode: DEMO_ENROL_CODE, maxBackoffMs: 500, waitSeconds: 0 },
    }),
  );
}, 60_000);

afterAll(async () => {
  for (const each of running) await each.stop('SIGKILL');
  await house.stop();
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
}, 30_000);

async function startSync(): Promise<JsonProcess> {
  const child = startProgram('sync/sync.main.ts', ['--config', syncFile], systemClock);
  running.push(child);
  await child.hear((line) => line.ready === true, 10_000);
  return child;
}

async function until(what: string, seen: () => boolean, limit = 15_000): Promise<void> {
  const end = systemClock.monotonic() + limit;
  while (!seen()) {
    if (systemClock.monotonic() > end) throw new Error(`${what} was not seen`);
    await sleep(systemClock, 10);
  }
}

interface Counts {
  readonly facts: number;
  readonly acked: number;
}

function inHall<T>(look: (db: Sqlite.Database) => T): T {
  const db = new Sqlite(join(house.dataDir, 'hall.sqlite'), { readonly: true });
  try {
    return look(db);
  } finally {
    db.close();
  }
}
const counts = (): Counts =>
  inHall((db) => ({
    facts: db.prepare('SELECT count(*) FROM outbox').pluck().get() as number,
    acked: db.prepare('SELECT sum(acked_seq) FROM epoch').pluck().get() as number,
  }));

/** Every forced door is one fact. */
async function forceDoors(locks: readonly number[]): Promise<void> {
  const before = counts().facts;
  for (const lock of locks) house.hardware.bank('bank-a').order({ do: 'force-open', board: 0, lock });
  await until('the facts of the doors', () => counts().facts >= before + locks.length);
  for (const lock of locks) house.hardware.bank('bank-a').close(lock);
  await sleep(systemClock, 700);
}

describe('sync as a process of its own', () => {
  test('[SN15] facts wait in the hall without it; with it they go up and the feed comes down', async () => {
    await forceDoors([1, 2]);
    expect(central.facts).toEqual([]);
    central.feed = [
      {
        cursor: '1',
        type: 'member',
        id: '0000000000a1',
        version: 1,
        op: 'put',
        body: {
          memberRef: '0000000000a1',
          memberNumber: '100001',
          nameMasked: '张*',
          phoneLast4: '0001',
          blocked: false,
        },
      },
    ];
    await startSync();
    await until('every fact at central', () => central.facts.length === counts().facts);
    await until('the acknowledgement in the hall', () => counts().acked === counts().facts);
    await until('the member in the hall', () =>
      inHall(
        (db) => db.prepare("SELECT count(*) FROM feed_record WHERE type = 'member'").pluck().get() === 1,
      ),
    );
    const second = startProgram('sync/sync.main.ts', ['--config', syncFile], systemClock);
    running.push(second);
    await until(
      'the refusal of a second one',
      () =>
        second.errors().includes('another sync process is at work') ||
        JSON.stringify(second.said).includes('another sync process is at work'),
    );
    await second.stop();
  }, 60_000);

  test('[SN15] [SN3] killed at any moment, answers lost on the way: nothing is lost and nothing arrives twice', async () => {
    const random = createSeededRandom(SEED);
    central.weather = (path) => (path.endsWith('/facts') && random.fraction() < 0.5 ? 'lost-answer' : 'fine');
    for (const each of running) await each.stop('SIGKILL');
    for (let round = 0; round < 5; round += 1) {
      const had = central.facts.length;
      const sync = await startSync();
      const doors = forceDoors([3, 4, 5]);
      // Armed after something has reached central: a process that never worked proves nothing.
      await until('a new fact at central', () => central.facts.length > had);
      await sleep(systemClock, random.fraction() * 150);
      await sync.stop('SIGKILL');
      await doors;
    }
    central.weather = () => 'fine';
    await startSync();
    await until(
      'every fact at central',
      () => central.facts.length === counts().facts && counts().acked === counts().facts,
    );
    const ids = inHall((db) => db.prepare('SELECT id FROM outbox ORDER BY epoch, seq').pluck().all());
    // The stand-in refuses a gap, a second fact under a known number and a broken chain with 409.
    expect(central.facts.map((fact) => fact.id)).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(17);
  }, 120_000);

  test('[SN15] the hall killed and started again: the same sync process goes on', async () => {
    await house.killHall();
    await house.startHall();
    await sleep(systemClock, 1_500);
    await forceDoors([6]);
    await until('the fact at central', () => central.facts.length === counts().facts);
    const health = (await (await fetch(`${house.hallUrl}/healthz`)).json()) as { parts: { sync: string } };
    expect(health.parts.sync).toBe('ok');
  }, 60_000);
});
