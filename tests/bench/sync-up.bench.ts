import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { FIRST_PREV_HASH, factHash } from '../../contract/facts.ts';
import type { WireFact } from '../../contract/facts.ts';
import { toInstant } from '../../contract/time.ts';
import { systemClock, systemIds, systemRandom } from '../../platform/system.ts';
import { createCentralClient } from '../../sync/central-client.ts';
import { fetchPort } from '../../sync/http.ts';
import { demoCentralConfig, DEMO_ENROL_CODE, DEMO_HALL } from '../../tools/house/demo-configs.ts';
import { awaitHealthy } from '../../tools/house/house.ts';
import { startPart } from '../../tools/house/process.ts';
import { startPostgres } from '../support/postgres.ts';
import type { Bench, BenchRow } from './rows.ts';
import { rounded } from './rows.ts';

const BATCH = 200;

/** A day's facts go up to a real central, signed, batch by batch; beside it the same bytes put into the same database bare. */
export const syncUpBench: Bench = {
  names: ['sync-up-pglite', 'sync-up-postgresql'],
  run: async ({ long, say }, only) => {
    const count = long ? 20_000 : 4_000;
    const facts = chain(count);
    const rows: BenchRow[] = [];
    if (only.has('sync-up-pglite')) {
      say(`sync-up-pglite: ${String(count)} facts`);
      const raw = await rawPglite(facts);
      rows.push(row('sync-up-pglite', await upload(facts, undefined), raw));
    }
    if (only.has('sync-up-postgresql')) {
      say(`sync-up-postgresql: ${String(count)} facts`);
      const postgres = await startPostgres();
      try {
        const raw = await rawPostgres(facts, postgres.url);
        rows.push(row('sync-up-postgresql', await upload(facts, postgres.url), raw));
      } finally {
        await postgres.stop();
      }
    }
    return rows;
  },
};

function row(name: string, ours: number, raw: number): BenchRow {
  return {
    name,
    unit: 'facts a second',
    value: rounded(ours),
    peer: 'the same rows inserted bare, same batches, a commit each',
    peerValue: rounded(raw),
    ratio: rounded(ours / raw),
    note: `batches of ${String(BATCH)}; ours is signed, hashed, chained, checked by schema and folded`,
  };
}

/** Facts of a busy day: people arrive, doors open and shut. */
function chain(count: number): WireFact[] {
  const facts: WireFact[] = [];
  let prevHash = FIRST_PREV_HASH;
  const at = toInstant(systemClock.now());
  for (let seq = 1; seq <= count; seq += 1) {
    const commandId = systemIds.uuid();
    const [type, body] =
      seq === 1
        ? ['epoch.started', { previousEpoch: 0, previousHash: FIRST_PREV_HASH }]
        : seq % 2 === 0
          ? [
              'check-in.recorded',
              {
                checkInId: commandId,
                session: 1,
                memberRef: seq.toString(16).padStart(12, '0'),
                at,
                kiosk: 'kiosk-1',
                credential: 'typed',
              },
            ]
          : [
              'door.intended',
              { commandId, compartment: 1, cause: 'open-again', by: 'visitor', credential: 'typed' },
            ];
    const fact: WireFact = {
      seq,
      id: systemIds.uuid(),
      type: String(type),
      version: 1,
      occurredAt: at,
      clock: 'synced',
      prevHash,
      body: body,
    };
    prevHash = factHash(1, fact);
    facts.push(fact);
  }
  return facts;
}

/** Facts a second through the whole protocol into a central process. */
async function upload(facts: readonly WireFact[], databaseUrl: string | undefined): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'union-hall-bench-'));
  const config = demoCentralConfig(
    dir,
    { hall: 0, mqtt: 0, central: 0 },
    { ...(databaseUrl === undefined ? {} : { databaseUrl }) },
  );
  const file = join(dir, 'central.json');
  writeFileSync(file, JSON.stringify(config));
  const central = startPart('central', join(import.meta.dirname, '../../central/central.main.ts'), [
    '--config',
    file,
  ]);
  try {
    const line = await central.line((each) => each.includes('central: sync'), 60_000);
    const url = /https?:\/\/[^/]+/.exec(line)?.[0] ?? '';
    await awaitHealthy(url, 10_000);
    const pair = generateKeyPairSync('ed25519');
    let keyId: string | undefined;
    const client = createCentralClient({
      hall: DEMO_HALL,
      url,
      http: fetchPort,
      identity: {
        publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
        sign: (message) => new Uint8Array(sign(null, message, pair.privateKey)),
        keyId: () => keyId,
        enrolled: (id) => {
          keyId = id;
        },
      },
      clock: systemClock,
      random: systemRandom,
      heardTime: () => undefined,
    });
    keyId = (await client.enrol(DEMO_ENROL_CODE)).keyId;
    const from = systemClock.monotonic();
    for (let index = 0; index < facts.length; index += BATCH) {
      const answer = await client.facts(1, facts.slice(index, index + BATCH));
      const bad = answer.results.find((each) => each.status !== 'accepted');
      if (bad !== undefined) throw new Error(`fact ${String(bad.seq)}: ${bad.status} ${bad.reason ?? ''}`);
    }
    return facts.length / ((systemClock.monotonic() - from) / 1000);
  } finally {
    await central.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

const TABLE =
  'CREATE TABLE raw (seq bigint PRIMARY KEY, id text NOT NULL, hash text NOT NULL, wire text NOT NULL)';
const INSERT = 'INSERT INTO raw SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])';

function values(facts: readonly WireFact[]): unknown[] {
  return [
    facts.map((fact) => fact.seq),
    facts.map((fact) => fact.id),
    facts.map((fact) => createHash('sha256').update(fact.id).digest('hex')),
    facts.map((fact) => JSON.stringify(fact)),
  ];
}

async function rawRate(
  facts: readonly WireFact[],
  insert: (values: unknown[]) => Promise<unknown>,
): Promise<number> {
  const from = systemClock.monotonic();
  for (let index = 0; index < facts.length; index += BATCH)
    await insert(values(facts.slice(index, index + BATCH)));
  return facts.length / ((systemClock.monotonic() - from) / 1000);
}

async function rawPglite(facts: readonly WireFact[]): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'union-hall-bench-'));
  const db = await PGlite.create(join(dir, 'pglite'), { relaxedDurability: false });
  try {
    await db.exec(TABLE);
    return await rawRate(facts, (given) => db.query(INSERT, given));
  } finally {
    await db.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function rawPostgres(facts: readonly WireFact[], url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(TABLE);
    return await rawRate(facts, (given) => client.query(INSERT, given));
  } finally {
    await client.end();
  }
}
