import { generateKeyPairSync, sign } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCentral } from '../../../../central/central.ts';
import type { Central } from '../../../../central/central.ts';
import { readCatalogue } from '../../../../central/catalogue/catalogue.ts';
import { openPglite } from '../../../../central/store/pglite.ts';
import type { Database } from '../../../../central/store/sql.ts';
import { FIRST_PREV_HASH, factHash } from '../../../../contract/facts.ts';
import type { WireFact } from '../../../../contract/facts.ts';
import { CentralConfig } from '../../../../contract/config.ts';
import { toInstant } from '../../../../contract/time.ts';
import { systemClock, systemIds, systemRandom } from '../../../../platform/system.ts';
import { signRequest } from '../../../../sync/signing.ts';
import type { SyncIdentity } from '../../../../sync/signing.ts';

/** Central's real server over PGlite in memory, asked as a hall asks. */

let db: Database;
let central: Central;
let url = '';
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

function newIdentity(): SyncIdentity {
  const pair = generateKeyPairSync('ed25519');
  let id: string | undefined;
  return {
    publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    sign: (message) => new Uint8Array(sign(null, message, pair.privateKey)),
    keyId: () => id,
    enrolled: (keyId) => {
      id = keyId;
    },
  };
}
const one = newIdentity();
const two = newIdentity();

interface Reply {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

async function send(
  identity: SyncIdentity,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  over: { nonce?: string; gzip?: boolean; plus?: Record<string, string> } = {},
): Promise<Reply> {
  const plain = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
  const bytes = over.gzip === true ? gzipSync(plain) : plain;
  const target = url + path;
  const headers = await signRequest(
    {
      method,
      url: target,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(over.gzip === true ? { 'content-encoding': 'gzip' } : {}),
      },
      body: bytes,
    },
    identity,
    identity.keyId() ?? 'nobody',
    systemClock.now(),
    over.nonce ?? systemIds.uuid(),
  );
  const answer = await fetch(target, {
    method,
    headers: { ...headers, ...over.plus },
    ...(body === undefined ? {} : { body: new Uint8Array(bytes) }),
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

async function enrol(code: string, publicKey: string): Promise<Reply> {
  const answer = await fetch(`${url}/sync/v1/enrol`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, publicKey }),
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

function facts(count: number, from: { seq: number; hash: string }, type = 'door.forced'): WireFact[] {
  const made: WireFact[] = [];
  let { seq, hash } = from;
  for (let index = 0; index < count; index += 1) {
    seq += 1;
    const at = toInstant(systemClock.now());
    const fact: WireFact = {
      seq,
      id: systemIds.uuid(),
      type: seq === 1 ? 'epoch.started' : type,
      version: 1,
      occurredAt: at,
      clock: 'synced',
      prevHash: hash,
      body: seq === 1 ? { previousEpoch: 0, previousHash: FIRST_PREV_HASH } : { compartment: 3, at },
    };
    hash = factHash(1, fact);
    made.push(fact);
  }
  return made;
}

beforeAll(async () => {
  db = await openPglite(undefined);
  const words = { zh: '中心', en: 'Hall' };
  central = await createCentral({
    config: CentralConfig.parse({
      dataDir: '/nowhere',
      demo: true,
      http: { port: 0 },
      halls: [
        { hall: 1, name: words, enrolCode: 'CODE-OF-HALL-1' },
        { hall: 2, name: words, enrolCode: 'CODE-OF-HALL-2' },
      ],
    }),
    db,
    clock: systemClock,
    ids: systemIds,
    random: systemRandom,
    log: quiet,
    master: systemRandom.bytes(32),
    catalogue: readCatalogue(),
    version: '0',
    checkAnswers: true,
  });
  await central.start();
  url = `http://127.0.0.1:${String(await central.http.listen())}`;
}, 60_000);
afterAll(async () => {
  await central.stop();
  await db.close();
});

describe('central as halls meet it', () => {
  it('[CE4] the one-time code works once; the same key asking again gets the same answer, another key none', async () => {
    expect((await enrol('WRONG-CODE', one.publicKey)).status).toBe(403);
    const first = await enrol('CODE-OF-HALL-1', one.publicKey);
    expect(first).toMatchObject({ status: 200, json: { hall: 1 } });
    expect(await enrol('CODE-OF-HALL-1', one.publicKey)).toEqual(first);
    expect((await enrol('CODE-OF-HALL-1', two.publicKey)).json['code']).toBe('enrol-code-wrong');
    expect((await enrol('CODE-OF-HALL-2', Buffer.from('no key').toString('base64'))).status).toBe(400);
    await one.enrolled(String(first.json['keyId']));
    await two.enrolled(String((await enrol('CODE-OF-HALL-2', two.publicKey)).json['keyId']));
  });

  it('[CE8] a hall touches its own hall only, and nobody without a signature anything', async () => {
    expect((await send(one, 'GET', '/sync/v1/halls/1/head')).status).toBe(200);
    expect((await send(two, 'GET', '/sync/v1/halls/1/head')).json['code']).toBe('not-allowed');
    for (const path of ['head', 'feed', 'snapshot', 'checksums'])
      expect((await fetch(`${url}/sync/v1/halls/1/${path}`)).status).toBe(400);
    const bare = await fetch(`${url}/sync/v1/halls/1/head`, { headers: { 'uh-protocol': '1' } });
    expect(bare.status).toBe(401);
  });

  it('[CE6] a nonce is accepted once', async () => {
    const nonce = systemIds.uuid();
    expect((await send(one, 'GET', '/sync/v1/halls/1/head', undefined, { nonce })).status).toBe(200);
    expect((await send(one, 'GET', '/sync/v1/halls/1/head', undefined, { nonce })).json['code']).toBe(
      'nonce-used',
    );
  });

  it('[CE13] [CE14] facts are taken in order, once; a gap or another hash refuses the whole batch', async () => {
    const first = facts(3, { seq: 0, hash: FIRST_PREV_HASH });
    const path = '/sync/v1/halls/1/facts';
    expect((await send(one, 'POST', path, { epoch: 1, facts: first }, { gzip: true })).json['ackedSeq']).toBe(
      3,
    );
    const again = await send(one, 'POST', path, { epoch: 1, facts: first });
    expect(again.json['results']).toEqual([1, 2, 3].map((seq) => ({ seq, status: 'duplicate' })));
    const last = first[2];
    const hash = last === undefined ? '' : factHash(1, last);
    const gap = await send(one, 'POST', path, { epoch: 1, facts: facts(1, { seq: 4, hash }) });
    expect(gap).toMatchObject({ status: 409, json: { code: 'chain-broken', params: { seq: 5 } } });
    const broken = facts(2, { seq: 3, hash });
    const second = broken[1];
    if (second === undefined) throw new Error('two were made');
    const bad = [broken[0], { ...second, prevHash: 'f'.repeat(64) }];
    expect((await send(one, 'POST', path, { epoch: 1, facts: bad })).status).toBe(409);
    // Nothing of the refused batch stayed.
    expect((await send(one, 'GET', '/sync/v1/halls/1/head')).json).toMatchObject({
      epoch: 1,
      ackedSeq: 3,
      hash,
    });
  });

  it('[CE15] a fact that cannot be understood is kept aside and blocks nobody', async () => {
    const head = (await send(one, 'GET', '/sync/v1/halls/1/head')).json;
    const from = { seq: Number(head['ackedSeq']), hash: String(head['hash']) };
    const strange = facts(1, from, 'door.dreamt');
    const [fact] = strange;
    if (fact === undefined) throw new Error('one was made');
    const next = facts(1, { seq: fact.seq, hash: factHash(1, fact) });
    const answer = await send(one, 'POST', '/sync/v1/halls/1/facts', {
      epoch: 1,
      facts: [...strange, ...next],
    });
    expect(answer.json['results']).toMatchObject([{ status: 'quarantined' }, { status: 'accepted' }]);
  });

  it('[CE16] a chain that does not name its beginning is refused; one that names facts nobody saw is an alarm', async () => {
    const path = '/sync/v1/halls/2/facts';
    const at = toInstant(systemClock.now());
    const started = (epoch: number, body: object): WireFact => ({
      seq: 1,
      id: systemIds.uuid(),
      type: 'epoch.started',
      version: 1,
      occurredAt: at,
      clock: 'synced',
      prevHash: FIRST_PREV_HASH,
      body: { ...body, epoch },
    });
    const headless = { ...started(1, {}), type: 'door.forced', body: { compartment: 1, at } };
    expect((await send(two, 'POST', path, { epoch: 1, facts: [headless] })).status).toBe(409);
    const lost = started(5, { previousEpoch: 4, previousHash: 'a'.repeat(64) });
    expect((await send(two, 'POST', path, { epoch: 5, facts: [lost] })).status).toBe(200);
    const alarms = await db.query<{ kind: string }>('SELECT kind FROM alarm WHERE hall = 2');
    expect(alarms.map((row) => row.kind)).toEqual(['chain-broken', 'facts-missing']);
  });

  it('[CE17] a fact about something central does not know is taken all the same', async () => {
    const head = (await send(one, 'GET', '/sync/v1/halls/1/head')).json;
    const at = toInstant(systemClock.now());
    const fact: WireFact = {
      seq: Number(head['ackedSeq']) + 1,
      id: systemIds.uuid(),
      type: 'booking.cancelled',
      version: 1,
      occurredAt: at,
      clock: 'synced',
      prevHash: String(head['hash']),
      body: { bookingId: systemIds.uuid(), at, by: 'member' },
    };
    const answer = await send(one, 'POST', '/sync/v1/halls/1/facts', { epoch: 1, facts: [fact] });
    expect(answer.json['results']).toEqual([{ seq: fact.seq, status: 'accepted' }]);
  });

  it('[CE9] the feed comes by cursor, waits for a change, and sends who is too old to the snapshot', async () => {
    const snapshot = (await send(one, 'GET', '/sync/v1/halls/1/snapshot')).json;
    const epoch = String(snapshot['feedEpoch']);
    const next = String(snapshot['next']);
    const feed = (query: string): Promise<Reply> => send(one, 'GET', `/sync/v1/halls/1/feed?${query}`);
    expect((await feed(`feedEpoch=${epoch}&cursor=${next}`)).json['changes']).toEqual([]);
    const waiting = feed(`feedEpoch=${epoch}&cursor=${next}&wait=20`);
    await db.query('SELECT 1');
    await db.transaction(async (tx) => {
      const resource = await central.bookings.resource(tx, 1, 1);
      if (resource === undefined) throw new Error('the demonstration has a court 1');
      await central.bookings.putResource(tx, 1, { ...resource, slotMinutes: 45 });
    });
    expect((await waiting).json['changes']).toMatchObject([{ type: 'resource', id: '1', op: 'put' }]);
    expect((await feed(`feedEpoch=another&cursor=${next}`)).status).toBe(410);
    expect((await feed(`feedEpoch=${epoch}&cursor=99999999`)).status).toBe(410);
    expect((await feed('cursor=x')).status).toBe(400);
  });

  it('[CE2] pages are asked for by our own name and from our own pages only; the protocol is not', async () => {
    const { port } = new URL(url);
    const { request } = await import('node:http');
    const statusAs = (host: string, path: string): Promise<number> =>
      new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port, path, headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        })
          .on('error', reject)
          .end();
      });
    expect(await statusAs(`127.0.0.1:${port}`, '/phone/api/v1/demo')).toBe(200);
    expect(await statusAs('evil.example', '/phone/api/v1/demo')).toBe(421);
    expect(await statusAs('hall-tunnel.example', '/sync/v1/schema.json')).toBe(200);
    const foreign = await fetch(`${url}/phone/api/v1/sign-in/code`, {
      method: 'POST',
      headers: { origin: 'https://evil.example', 'content-type': 'application/json' },
      body: JSON.stringify({ mobile: '13800000001' }),
    });
    expect(foreign.status).toBe(403);
  });
});
