import assert from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { SqlitePersistence } from '../../broker/persistence.ts';
import { openBrokerDatabase } from '../../broker/store.ts';
import type { BrokerDatabase } from '../../broker/store.ts';
import { systemClock } from '../../platform/system.ts';

/** The parts of node:test that the published suite of aedes-persistence uses. */
interface SuiteContext {
  plan(assertions: number): void;
  diagnostic(text: string): void;
  readonly assert: Pick<typeof assert, 'equal' | 'notEqual' | 'deepEqual' | 'ok'>;
}
type Suite = (options: {
  test: (name: string, run: (context: SuiteContext) => Promise<void>) => void;
  persistence: () => unknown;
  testAsync: boolean;
}) => void;

const load = createRequire(import.meta.url);
const publishedSuite = load('aedes-persistence/abstract.js') as Suite;
const MemoryPersistence = load('aedes-persistence/asyncPersistence.js') as new () => unknown;

const folders: string[] = [];
const databases: BrokerDatabase[] = [];
afterAll(() => {
  for (const db of databases) db.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function sqlite(): SqlitePersistence {
  const folder = mkdtempSync(join(tmpdir(), 'broker-store-'));
  folders.push(folder);
  const db = openBrokerDatabase(folder);
  databases.push(db);
  return new SqlitePersistence({
    db,
    clock: systemClock,
    bounds: { queueMessages: 10_000, queueBytes: 1 << 24, queueAge: 3_600_000 },
  });
}

/** Runs one test of the suite here and holds it to the number of assertions it planned. */
async function runOne(run: (context: SuiteContext) => Promise<void>): Promise<void> {
  let planned: number | undefined;
  let made = 0;
  // deepEqual is the loose one, as in node:test.
  const counted = (name: 'equal' | 'notEqual' | 'deepEqual' | 'ok') =>
    ((...values: [unknown, unknown]) => {
      made += 1;
      (assert[name] as (...all: unknown[]) => void)(...values);
    }) as never;
  await run({
    plan: (assertions) => {
      planned = assertions;
    },
    diagnostic: () => undefined,
    assert: {
      equal: counted('equal'),
      notEqual: counted('notEqual'),
      deepEqual: counted('deepEqual'),
      ok: counted('ok'),
    },
  });
  if (planned !== undefined) expect(made).toBe(planned);
}

for (const [name, persistence] of [
  ['memory, the package’s own', () => new MemoryPersistence()],
  ['SQLite', sqlite],
] as const) {
  describe(`[BR14] aedes-persistence suite: ${name}`, () => {
    publishedSuite({
      test: (title, run) => {
        test(title, () => runOne(run));
      },
      persistence,
      testAsync: true,
    });
  });
}
