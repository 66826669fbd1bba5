import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicKey, verify } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import type { FeedChange, FeedPage } from '../../contract/feed.ts';
import { sleep } from '../../contract/ports.ts';
import { SYNC_SOCKET } from '../../contract/sync-link.ts';
import type { InboxPort, OutboxPort, SyncReportPort } from '../../contract/sync-ports.ts';
import { createSyncLink, type SyncLink } from '../../hall/adapters/sync-link.ts';
import { createInbox } from '../../hall/store/inbox.ts';
import { createOutbox } from '../../hall/store/outbox.ts';
import { openSyncKey, type SyncKey } from '../../hall/store/sync-identity.ts';
import { systemClock, systemRandom } from '../../platform/system.ts';
import { linkToHall, type LinkedPorts } from '../../sync/linked-ports.ts';
import type { SyncIdentity } from '../../sync/signing.ts';
import { makeHall, testHallConfig, type TestHall } from '../support/hall-context.ts';

/** One suite, two implementations: the hall's ports inside its process, and the same ports over its socket. */

interface Ports {
  readonly outbox: OutboxPort;
  readonly inbox: InboxPort;
  readonly report: SyncReportPort;
  readonly identity: SyncIdentity;
  readonly heardTime: (central: number, roundTrip: number) => void;
}

interface Scene extends Ports {
  readonly hall: TestHall;
  readonly told: string[];
}

const closing: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

function inHall(): Scene & { readonly identity: SyncKey } {
  const hall = makeHall();
  closing.push(() => {
    hall.close();
  });
  const told: string[] = [];
  return {
    hall,
    told,
    outbox: createOutbox(hall.store, hall.clock),
    inbox: createInbox({ store: hall.store, clock: hall.clock, listeners: () => [] }),
    identity: openSyncKey(hall.store),
    report: {
      report: (view) => told.push(`${view.central} ${String(view.trouble)}`),
      alarm: (kind, detail) => told.push(`${kind}: ${detail}`),
    },
    heardTime: (central, roundTrip) => told.push(`time ${String(central)} ${String(roundTrip)}`),
  };
}

interface Linked extends Scene {
  readonly dataDir: string;
  readonly link: SyncLink;
  readonly away: LinkedPorts;
  readonly news: string[];
  readonly troubles: string[];
  connect(over?: { hall?: number }): { ports: LinkedPorts; troubles: string[] };
}

async function linked(): Promise<Linked> {
  const inside = inHall();
  const dataDir = mkdtempSync(join(tmpdir(), 'sync-link-'));
  closing.push(() => {
    rmSync(dataDir, { recursive: true });
  });
  const serve = (): SyncLink => createSyncLink({ ...inside, hall: testHallConfig.hall, dataDir, log: quiet });
  const link = serve();
  await link.listen();
  closing.push(() => link.close());
  const connect = (over: { hall?: number } = {}) => {
    const news: string[] = [];
    const troubles: string[] = [];
    const ports = linkToHall({
      path: join(dataDir, SYNC_SOCKET),
      hall: over.hall ?? testHallConfig.hall,
      clock: systemClock,
      random: systemRandom,
      onNews: (each) => news.push(each),
      onTrouble: (reason) => troubles.push(reason),
    });
    closing.push(() => {
      ports.stop();
    });
    return { ports, news, troubles };
  };
  const first = connect();
  await first.ports.ready;
  return {
    ...first.ports,
    hall: inside.hall,
    told: inside.told,
    dataDir,
    link,
    away: first.ports,
    news: first.news,
    troubles: first.troubles,
    connect,
  };
}

async function until(what: string, seen: () => boolean): Promise<void> {
  const end = systemClock.monotonic() + 5_000;
  while (!seen()) {
    if (systemClock.monotonic() > end) throw new Error(`${what} was not seen`);
    await sleep(systemClock, 5);
  }
}

function record(hall: TestHall, times: number): void {
  for (let index = 0; index < times; index += 1) {
    hall.store.transaction((tx) => {
      tx.record('door.forced', { compartment: index + 1, at: new Date(hall.clock.now()).toISOString() });
      return undefined;
    });
  }
}

const member = (number: number, over: Partial<FeedChange> = {}): FeedChange => ({
  cursor: String(number),
  type: 'member',
  id: number.toString(16).padStart(12, '0'),
  version: 1,
  op: 'put',
  body: {
    memberRef: number.toString(16).padStart(12, '0'),
    memberNumber: String(100000 + number),
    nameMasked: '张*',
    phoneLast4: '0001',
    blocked: false,
  },
  ...over,
});
const page = (changes: FeedChange[], next: string): FeedPage => ({
  feedEpoch: 'e1',
  changes,
  next,
  more: false,
});

describe.each([
  ['inside the hall', () => Promise.resolve(inHall())],
  ['over its socket', linked as () => Promise<Scene>],
] as const)('the sync ports %s', (_where, open) => {
  test('[SY1] [SN15] facts wait in order with their hashes until acknowledged', async () => {
    const { hall, outbox } = await open();
    record(hall, 3);
    const { epoch, facts } = await outbox.pending(100);
    expect(facts.map((fact) => fact.seq)).toEqual([1, 2, 3, 4, 5]);
    expect(facts.map((fact) => fact.type)).toEqual(hall.facts().map((fact) => fact.type));
    expect((await outbox.pending(2)).facts).toEqual(facts.slice(0, 2));
    expect(await outbox.head()).toMatchObject({ epoch, seq: 5 });
    await outbox.acknowledged(epoch, {
      ackedSeq: 4,
      results: [{ seq: 2, status: 'quarantined', reason: 'not known' }],
    });
    expect(await outbox.waiting()).toMatchObject({ count: 1, quarantined: 1 });
    expect((await outbox.pending(100)).facts.map((fact) => fact.seq)).toEqual([5]);
  });

  test('[SY2] [SN15] an acknowledgement of what does not exist is refused and changes nothing', async () => {
    const { outbox } = await open();
    const before = await outbox.waiting();
    await expect((async () => outbox.acknowledged(1, { ackedSeq: 99, results: [] }))()).rejects.toThrow(
      /only 2 exist/,
    );
    await expect((async () => outbox.acknowledged(7, { ackedSeq: 1, results: [] }))()).rejects.toThrow(
      /not ours/,
    );
    expect(await outbox.waiting()).toEqual(before);
  });

  test('[SY5] [SY6] [SY7] [SN15] a page and its cursor; what does not parse is parked; the same page again does nothing', async () => {
    const { inbox } = await open();
    expect(await inbox.position()).toBeUndefined();
    await inbox.replace(page([member(1)], '1'));
    expect(await inbox.position()).toEqual({ feedEpoch: 'e1', cursor: '1' });
    const next = page([member(2), member(3, { body: { nonsense: true } })], '3');
    expect(await inbox.apply(next)).toEqual({ applied: 1, parked: 1 });
    expect(await inbox.apply(next)).toMatchObject({ applied: 0 });
    expect(await inbox.position()).toEqual({ feedEpoch: 'e1', cursor: '3' });
    expect((await inbox.records())['member']).toEqual([
      { id: '000000000001', version: 1 },
      { id: '000000000002', version: 1 },
    ]);
  });

  test('[SY8] [SN15] a page of another feed epoch is refused', async () => {
    const { inbox } = await open();
    await inbox.replace(page([member(1)], '1'));
    await expect(
      (async () => inbox.apply({ ...page([member(2)], '2'), feedEpoch: 'e2' }))(),
    ).rejects.toThrow();
    expect(await inbox.position()).toEqual({ feedEpoch: 'e1', cursor: '1' });
  });

  test('[SY11] [SY14] [SN15] the identity signs, and remembers its enrolment', async () => {
    const { identity, hall } = await open();
    const base = Buffer.from(
      ['@method', '@path', '@query', 'content-digest', 'uh-protocol', '@signature-params']
        .map((name) => `"${name}": x`)
        .join('\n'),
    );
    const key = createPublicKey({
      key: Buffer.from(identity.publicKey, 'base64'),
      format: 'der',
      type: 'spki',
    });
    expect(verify(null, base, key, await identity.sign(base))).toBe(true);
    expect(identity.keyId()).toBeUndefined();
    await identity.enrolled('hall-1001-1');
    expect(identity.keyId()).toBe('hall-1001-1');
    expect(openSyncKey(hall.store).keyId()).toBe('hall-1001-1');
    expect(openSyncKey(hall.store).publicKey).toBe(identity.publicKey);
  });

  test('[SY12] [SN9] [SN14] [SN15] how sync is doing reaches the hall', async () => {
    const { report, heardTime, told } = await open();
    report.report({ central: 'online', lastContactAt: null, nextTryAt: null, trouble: null });
    report.alarm('chain-broken', 'seq 7');
    heardTime(1_000, 20);
    await until('the alarm', () => told.length === 3);
    expect(told).toEqual(['online null', 'chain-broken: seq 7', 'time 1000 20']);
  });
});

describe('the socket of the hall', () => {
  test('[SY13] is for its own user only, and one sync process at a time', async () => {
    const scene = await linked();
    expect(statSync(join(scene.dataDir, SYNC_SOCKET)).mode & 0o777).toBe(0o600);
    const second = scene.connect();
    await until('the refusal', () => second.troubles.includes('another sync process is at work'));
    await expect(second.ports.outbox.head()).rejects.toThrow(/away/);
    expect(await scene.outbox.head()).toMatchObject({ seq: 2 });
    // The first one goes: the second takes its place by itself.
    scene.away.stop();
    await second.ports.ready;
    expect(await second.ports.outbox.head()).toMatchObject({ seq: 2 });
    expect(scene.told).toContain('offline sync-process-missing');
  });

  test('[SY13] another hall, a first word that is not hello, and what is not of the contract are refused', async () => {
    const scene = await linked();
    scene.away.stop();
    await until('the end of the first', () => !scene.link.connected());
    const wrong = scene.connect({ hall: 7 });
    await until('the refusal', () => wrong.troubles.some((each) => each.includes('not 7')));
    wrong.ports.stop();

    const said = (lines: string): Promise<string> =>
      new Promise((resolve) => {
        let heard = '';
        const socket = createConnection(join(scene.dataDir, SYNC_SOCKET), () => socket.write(lines));
        socket.on('data', (chunk) => {
          heard += chunk.toString();
          if (heard.endsWith('\n')) socket.end();
        });
        socket.on('close', () => {
          resolve(heard);
        });
      });
    expect(JSON.parse(await said('{"id":1,"method":"records","ask":{}}\n'))).toEqual({
      id: 1,
      refused: 'hello comes first',
    });
    expect(await said('GET / HTTP/1.1\n')).toBe('');
    expect(await said('{"id":1,"method":"drop-everything","ask":{}}\n')).toBe('');
    expect(scene.hall.facts()).toHaveLength(2);
    expect(scene.link.connected()).toBe(false);
  });

  test('[SY14] signs nothing but requests of the sync protocol', async () => {
    const { identity } = await linked();
    await expect((async () => identity.sign(Buffer.from('pay 100')))()).rejects.toThrow(/only requests/);
    const almost = Buffer.from(`"@method": x\n"@path": x\n"@signature-params": x`);
    await expect((async () => identity.sign(almost))()).rejects.toThrow(/only requests/);
  });

  test('[SN15] a hall that goes and comes back is found again; calls meanwhile fail at once', async () => {
    const scene = await linked();
    await scene.link.close();
    await until('the loss', () => scene.troubles.length > 0);
    await expect(scene.outbox.pending(1)).rejects.toThrow(/away/);
    scene.news.length = 0;
    await scene.link.listen();
    await until('the return', () => scene.news.includes('back'));
    expect(await scene.outbox.head()).toMatchObject({ seq: 2 });
    scene.link.tell('facts');
    scene.link.tell('now');
    await until('the news', () => scene.news.length === 3);
    expect(scene.news).toEqual(['back', 'facts', 'now']);
  });

  test('[SY13] a dead socket left by a killed hall is taken over; a path too long is refused in words', async () => {
    const scene = await linked();
    await scene.link.close();
    writeFileSync(join(scene.dataDir, SYNC_SOCKET), '');
    await scene.link.listen();
    await until('the return', () => scene.link.connected());
    const tooLong = createSyncLink({
      ...inHall(),
      hall: 1,
      dataDir: join(scene.dataDir, 'x'.repeat(100)),
      log: quiet,
    });
    await expect(tooLong.listen()).rejects.toThrow(/too long for a socket/);
  });
});
