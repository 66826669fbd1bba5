import { generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { SyncView } from '../../contract/hall-api.ts';
import type { FeedChange } from '../../contract/feed.ts';
import { createInbox } from '../../hall/store/inbox.ts';
import { createOutbox } from '../../hall/store/outbox.ts';
import { startSyncAgent } from '../../sync/agent.ts';
import type { SyncAgent } from '../../sync/agent.ts';
import { createCentralStandIn } from '../support/central-stand-in.ts';
import type { CentralStandIn } from '../support/central-stand-in.ts';
import { makeHall } from '../support/hall-context.ts';
import { createSeededRandom } from '../support/seeded.ts';
import { eventLoopTurns } from '../support/virtual-clock.ts';

/** The real agent over the hall's real store, a virtual clock, and a central behind a bad network. */

const HALL = 1001;
const member = (number: number, version = 1): FeedChange => ({
  cursor: String(number * 10 + version),
  type: 'member',
  id: number.toString(16).padStart(12, '0'),
  version,
  op: 'put',
  body: {
    memberRef: number.toString(16).padStart(12, '0'),
    memberNumber: String(100000 + number),
    nameMasked: '张*',
    phoneLast4: '0001',
    blocked: false,
  },
});

interface Scene {
  readonly hall: ReturnType<typeof makeHall>;
  readonly central: CentralStandIn;
  readonly agent: SyncAgent;
  readonly views: Pick<SyncView, 'central' | 'nextTryAt' | 'trouble' | 'lastContactAt'>[];
  readonly alarms: string[];
  readonly times: { central: number; roundTrip: number }[];
  readonly outbox: ReturnType<typeof createOutbox>;
  readonly inbox: ReturnType<typeof createInbox>;
  fact(): void;
  run(ms: number): Promise<void>;
}

const open: Scene[] = [];
afterEach(() => {
  for (const scene of open.splice(0)) {
    scene.agent.stop();
    scene.hall.close();
  }
});

function scene(
  prepare: (central: CentralStandIn) => void = () => undefined,
  over: { enrolCode?: string } = { enrolCode: 'CODE-0001' },
): Scene {
  const hall = makeHall({});
  const central = createCentralStandIn(HALL, () => hall.clock.now());
  prepare(central);
  const outbox = createOutbox(hall.store, hall.clock);
  const inbox = createInbox({ store: hall.store, clock: hall.clock, listeners: () => [] });
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  let keyId: string | undefined;
  const views: Scene['views'] = [];
  const alarms: string[] = [];
  const times: Scene['times'] = [];
  const agent = startSyncAgent({
    hall: HALL,
    url: 'http://central.test',
    ...over,
    maxBackoffMs: 20_000,
    waitSeconds: 0,
    checksumEveryMs: 3_600_000,
    outbox,
    inbox,
    report: { report: (view) => views.push(view), alarm: (kind) => alarms.push(kind) },
    identity: {
      publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      sign: (message) => new Uint8Array(sign(null, message, privateKey)),
      keyId: () => keyId,
      enrolled: (id) => {
        keyId = id;
      },
    },
    clock: hall.clock,
    random: createSeededRandom(7),
    http: central.http,
    heardTime: (at, roundTrip) => times.push({ central: at, roundTrip }),
  });
  const made: Scene = {
    hall,
    central,
    agent,
    views,
    alarms,
    times,
    outbox,
    inbox,
    fact: () => {
      hall.store.transaction((tx) => {
        tx.record('door.forced', { compartment: 1, at: '2026-11-24T02:00:00.000Z' });
        return undefined;
      });
      agent.factsWaiting();
    },
    // Real awaits (gzip, signing) need turns of the event loop between the timers.
    run: async (ms) => {
      for (let spent = 0; spent < ms; spent += 250) {
        await hall.clock.advanceAsync(250);
        await eventLoopTurns(8);
      }
    },
  };
  open.push(made);
  return made;
}

describe('facts up', () => {
  it('[SN3] lost requests and lost answers: each fact arrives once, in order, and leaves only after its acknowledgement', async () => {
    let count = 0;
    const fates = ['lost-request', 'lost-answer', 'fine', 'lost-answer', 'lost-answer', 'fine'] as const;
    const s = scene((central) => {
      central.weather = (path) =>
        path.endsWith('/facts') ? (fates[count++ % fates.length] ?? 'fine') : 'fine';
    });
    for (let round = 0; round < 10; round += 1) {
      s.fact();
      await s.run(3000);
    }
    await s.run(120_000);
    const all = s.outbox.head().seq;
    expect(all).toBeGreaterThan(10);
    expect(s.central.facts.map((fact) => fact.seq)).toEqual(
      Array.from({ length: all }, (_, index) => index + 1),
    );
    expect(new Set(s.central.facts.map((fact) => fact.id)).size).toBe(all);
    expect(s.outbox.waiting().count).toBe(0);
  });

  it('[SN4] a quarantined fact is kept for staff and holds nobody back', async () => {
    const s = scene((central) => {
      central.quarantine = (fact) => fact.seq === 2;
    });
    for (let each = 0; each < 3; each += 1) s.fact();
    await s.run(5000);
    expect(s.outbox.waiting()).toMatchObject({ count: 0, quarantined: 1 });
    expect(s.outbox.parked()).toMatchObject([{ seq: 2, reason: 'not understood' }]);
  });

  it('[SN5] a broken chain raises one alarm and is tried only at the longest wait', async () => {
    const s = scene((central) => {
      central.weather = (path) => (path.endsWith('/facts') ? { status: 409, code: 'chain-broken' } : 'fine');
    });
    s.fact();
    await s.run(61_000);
    expect(s.alarms.filter((kind) => kind === 'chain-broken')).toEqual(['chain-broken']);
    const offered = s.central.requests.filter((request) => request.path.endsWith('/facts')).length;
    expect(offered).toBeGreaterThanOrEqual(2);
    expect(offered).toBeLessThanOrEqual(4);
    expect(s.outbox.waiting().count).toBe(s.outbox.head().seq);
    expect(s.views.some((view) => view.central === 'refused')).toBe(true);
  });

  it('[SN10] central that answers but acknowledges nothing: connections are renewed and staff told once', async () => {
    const s = scene((central) => {
      central.deaf = true;
    });
    s.fact();
    await s.run(12 * 60_000);
    expect(s.alarms.filter((kind) => kind === 'stalled')).toHaveLength(1);
    expect(s.views.at(-1)?.central).toBe('stalled');
    s.central.deaf = false;
    await s.run(20_000);
    expect(s.outbox.waiting().count).toBe(0);
    expect(s.views.at(-1)?.central).toBe('online');
  }, 30_000);
});

describe('the feed down', () => {
  it('[SN7] [SN6] begins with the snapshot and goes on page by page with the cursor', async () => {
    const s = scene((central) => {
      central.feed = [member(1), member(2)];
    });
    await s.run(2000);
    expect(s.inbox.position()).toEqual({ feedEpoch: 'one', cursor: '21' });
    s.central.feed.push(member(3), member(4), member(5), member(6), member(7));
    await s.run(5000);
    expect(s.inbox.position()).toEqual({ feedEpoch: 'one', cursor: '71' });
    expect(s.hall.reference.memberByNumber('100007')?.nameMasked).toBe('张*');
  });

  it('[SN7] a cursor central has forgotten leads to the snapshot, and what is gone there is gone here', async () => {
    const s = scene((central) => {
      central.feed = [member(1), member(2)];
    });
    await s.run(2000);
    s.central.feedEpoch = 'two';
    s.central.feed = [member(9)];
    await s.run(5000);
    expect(s.inbox.position()).toEqual({ feedEpoch: 'two', cursor: '91' });
    expect(s.inbox.records()['member']).toEqual([{ id: member(9).id, version: 1 }]);
  });

  it('[SN11] checksums that differ at the same cursor raise an alarm and lead to the snapshot', async () => {
    const s = scene((central) => {
      central.feed = [member(1)];
      central.brokenChecksums = true;
    });
    await s.run(4000);
    expect(s.alarms).toContain('checksum-mismatch');
    expect(
      s.central.requests.filter((request) => request.path.endsWith('/snapshot')).length,
    ).toBeGreaterThanOrEqual(2);
  });
});

describe('people can see it', () => {
  it('[SN9] offline with the next try, then online with the last contact', async () => {
    let down = true;
    const s = scene((central) => {
      central.weather = () => (down ? 'lost-request' : 'fine');
    });
    await s.run(3000);
    expect(s.views.at(-1)).toMatchObject({ central: 'offline', trouble: null });
    expect(s.views.at(-1)?.nextTryAt).not.toBeNull();
    down = false;
    await s.run(25_000);
    expect(s.views.at(-1)).toMatchObject({ central: 'online', trouble: null });
    expect(s.views.at(-1)?.lastContactAt).not.toBeNull();
  });

  it('[SN12] the code is used once, by whichever lane comes first; without one it says so', async () => {
    const s = scene();
    await s.run(5000);
    expect(s.central.requests.filter((request) => request.path === '/sync/v1/enrol')).toHaveLength(1);
    const without = scene(() => undefined, {});
    await without.run(5000);
    expect(without.views.at(-1)).toMatchObject({ central: 'refused', trouble: 'not-enrolled' });
    expect(without.central.requests).toEqual([]);
  });

  it('[SN14] the time of every answer reaches the clock check', async () => {
    const s = scene();
    await s.run(2000);
    expect(s.times.length).toBeGreaterThan(0);
    expect(Math.abs((s.times[0]?.central ?? 0) - s.hall.clock.now())).toBeLessThan(5000);
  });

  it('[SN13] after stopping nothing is sent and nothing is said', async () => {
    const s = scene();
    await s.run(2000);
    s.agent.stop();
    const before = { requests: s.central.requests.length, views: s.views.length };
    s.fact();
    await s.run(60_000);
    expect({ requests: s.central.requests.length, views: s.views.length }).toEqual(before);
  });
});
