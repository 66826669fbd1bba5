import { describe, expect, it } from 'vitest';
import { factHash } from '../../../../contract/facts.ts';
import { checksumBuckets } from '../../../../contract/feed.ts';
import type { FeedChange, FeedPage, Session } from '../../../../contract/feed.ts';
import type { FeedListener } from '../../../../hall/ports.ts';
import { createInbox } from '../../../../hall/store/inbox.ts';
import { createOutbox, KEPT_AFTER_ACK_MS, verifyFacts } from '../../../../hall/store/outbox.ts';
import { createStore } from '../../../../hall/store/store.ts';
import { openSyncKey } from '../../../../hall/store/sync-identity.ts';
import { createSyncStatus } from '../../../../hall/home/sync-status.service.ts';
import { makeHall } from '../../../support/hall-context.ts';
import type { TestHall } from '../../../support/hall-context.ts';

function recordForced(hall: TestHall, times: number): void {
  for (let index = 0; index < times; index += 1) {
    hall.store.transaction((tx) => {
      tx.record('door.forced', { compartment: index + 1, at: new Date(hall.clock.now()).toISOString() });
      return undefined;
    });
  }
}

describe('outbox', () => {
  it('[SY1] facts wait in order until acknowledged, and a late answer takes nothing back', () => {
    const hall = makeHall();
    const outbox = createOutbox(hall.store, hall.clock);
    recordForced(hall, 5);
    expect(outbox.waiting()).toMatchObject({ count: 7, quarantined: 0 });
    expect(outbox.pending(3).facts.map((fact) => fact.seq)).toEqual([1, 2, 3]);
    outbox.acknowledged(1, { ackedSeq: 4, results: [] });
    outbox.acknowledged(1, { ackedSeq: 2, results: [] });
    expect(outbox.pending(100).facts.map((fact) => fact.seq)).toEqual([5, 6, 7]);
    expect(outbox.waiting().count).toBe(3);
    const last = outbox.pending(100).facts.at(-1);
    expect(last === undefined ? '' : factHash(1, last)).toBe(outbox.head().hash);
    outbox.acknowledged(1, { ackedSeq: 7, results: [] });
    expect(outbox.pending(10)).toEqual({ epoch: 1, facts: [] });
    expect(outbox.waiting()).toEqual({ count: 0, oldestAt: null, quarantined: 0 });
  });

  it('[SY1] an earlier epoch that still waits goes first, and its followers after it', () => {
    const hall = makeHall();
    recordForced(hall, 1);
    const restored = createStore(hall.store.db, {
      clock: hall.clock,
      ids: hall.ids,
      clockState: () => 'synced',
      restored: true,
    });
    const outbox = createOutbox(restored, hall.clock);
    expect(outbox.head()).toMatchObject({ epoch: 2, seq: 1 });
    expect([outbox.pending(10).epoch, outbox.pending(10).facts.length]).toEqual([1, 3]);
    outbox.acknowledged(1, { ackedSeq: 3, results: [] });
    expect(outbox.pending(10)).toMatchObject({ epoch: 2, facts: [{ seq: 1, type: 'epoch.started' }] });
    expect(verifyFacts(restored)).toBeUndefined();
  });

  it('[SY2] an acknowledgement of what does not exist changes nothing', () => {
    const hall = makeHall();
    const outbox = createOutbox(hall.store, hall.clock);
    expect(() =>
      outbox.acknowledged(1, { ackedSeq: 3, results: [{ seq: 1, status: 'quarantined' }] }),
    ).toThrow(/only 2 exist/);
    expect(() => outbox.acknowledged(9, { ackedSeq: 1, results: [] })).toThrow(/not ours/);
    expect(outbox.waiting()).toMatchObject({ count: 2, quarantined: 0 });
  });

  it('[SY3] a quarantined fact is kept and shown, once', () => {
    const hall = makeHall();
    const outbox = createOutbox(hall.store, hall.clock);
    recordForced(hall, 1);
    const answer = {
      ackedSeq: 3,
      results: [{ seq: 3, status: 'quarantined' as const, reason: 'unknown compartment' }],
    };
    outbox.acknowledged(1, answer);
    outbox.acknowledged(1, answer);
    expect(outbox.waiting()).toMatchObject({ count: 0, quarantined: 1 });
    expect(outbox.parked()).toMatchObject([{ seq: 3, type: 'door.forced', reason: 'unknown compartment' }]);
  });

  it('[SY4] pruned 30 days after the acknowledgement, but for quarantined and newest', () => {
    const hall = makeHall();
    const outbox = createOutbox(hall.store, hall.clock);
    recordForced(hall, 8);
    outbox.acknowledged(1, { ackedSeq: 6, results: [{ seq: 4, status: 'quarantined' }] });
    hall.clock.advance(KEPT_AFTER_ACK_MS / 2);
    outbox.acknowledged(1, { ackedSeq: 10, results: [] });
    expect(outbox.prune()).toBe(0);
    hall.clock.advance(KEPT_AFTER_ACK_MS / 2 + 1);
    expect(outbox.prune()).toBe(5);
    expect(hall.facts().map((fact) => fact.seq)).toEqual([4, 7, 8, 9, 10]);
    hall.clock.advance(KEPT_AFTER_ACK_MS);
    outbox.prune();
    expect(hall.facts().map((fact) => fact.seq)).toEqual([4, 10]);
    const reopened = createStore(hall.store.db, {
      clock: hall.clock,
      ids: hall.ids,
      clockState: () => 'synced',
    });
    reopened.transaction((tx) => {
      expect(tx.record('door.forced', { compartment: 1, at: '2026-11-24T00:00:00.000Z' }).seq).toBe(11);
      return undefined;
    });
    expect(verifyFacts(reopened)).toBeUndefined();
  });

  it('[ST8] what the agent asks often is answered from indexes', () => {
    const { store } = makeHall();
    const plan = (sql: string, ...values: unknown[]): string =>
      store.db
        .prepare<unknown[], { detail: string }>('EXPLAIN QUERY PLAN '.concat(sql))
        .all(...values)
        .map((row) => row.detail)
        .join('\n');
    expect(plan('SELECT * FROM outbox WHERE epoch = ? AND seq > ? ORDER BY seq LIMIT ?', 1, 1, 1)).toMatch(
      /^SEARCH outbox USING PRIMARY KEY \(epoch=\? AND seq>\?\)$/,
    );
    expect(plan('SELECT max(seq) FROM outbox WHERE epoch = ?', 1)).toMatch(/SEARCH outbox USING PRIMARY KEY/);
    expect(plan('SELECT body FROM feed_record WHERE type = ? AND id = ?', 'a', 'b')).toMatch(
      /SEARCH feed_record USING PRIMARY KEY \(type=\? AND id=\?\)/,
    );
    expect(
      plan(
        "SELECT body FROM feed_record WHERE type = 'registration' AND json_extract(body, '$.memberRef') = ?",
        'a',
      ),
    ).toMatch(/USING INDEX feed_registration_member/);
    expect(plan('SELECT kiosk FROM kiosk_token WHERE token_hash = ?', 'a')).toMatch(
      /SEARCH kiosk_token USING (PRIMARY KEY|INDEX)/,
    );
  });
});

const session: Session = {
  number: 7,
  activity: { zh: '太极', en: 'Tai chi' },
  startsAt: '2026-11-24T03:00:00.000Z',
  endsAt: '2026-11-24T04:00:00.000Z',
  capacity: 20,
  taken: 3,
  checkInBefore: 30,
  checkInAfter: 15,
  unit: 'room-201',
  room: '201',
  cancelled: false,
};
const put = (cursor: number, version: number, body: Session = session): FeedChange => ({
  cursor: String(cursor),
  type: 'session',
  id: String(body.number),
  version,
  op: 'put',
  body: { ...body },
});
const page = (changes: FeedChange[], next: number, feedEpoch = 'e1'): FeedPage => ({
  feedEpoch,
  changes,
  next: String(next),
  more: false,
});

describe('inbox', () => {
  function make(onFeed: FeedListener['onFeed'] = () => undefined) {
    const hall = makeHall();
    const heard: string[] = [];
    const listener: FeedListener = {
      onFeed: (type, id, body, tx) => {
        heard.push(`${body === null ? '-' : '+'}${type}/${id}`);
        onFeed(type, id, body, tx);
      },
    };
    const inbox = createInbox({ store: hall.store, clock: hall.clock, listeners: () => [listener] });
    const parked = (): { type: string; id: string; reason: string }[] =>
      hall.store.db
        .prepare<[], { type: string; id: string; reason: string }>(
          'SELECT type, id, reason FROM parked_change ORDER BY number',
        )
        .all();
    return { hall, inbox, heard, parked };
  }

  it('[SY5] records, cursor and what features write are one commit', () => {
    const { hall, inbox } = make((_type, _id, _body, tx) => {
      tx.record('door.forced', { compartment: 1, at: '2026-11-24T00:00:00.000Z' });
    });
    expect(inbox.position()).toBeUndefined();
    expect(inbox.apply(page([put(1, 1)], 1))).toEqual({ applied: 1, parked: 0 });
    expect(inbox.position()).toEqual({ feedEpoch: 'e1', cursor: '1' });
    expect(hall.reference.session(7)?.room).toBe('201');
    expect(hall.facts().filter((fact) => fact.type === 'door.forced')).toHaveLength(1);
  });

  it('[SY5] when the commit fails nothing of the page is there', () => {
    const { hall, inbox } = make();
    hall.store.db.pragma('max_page_count = 1');
    const many = Array.from({ length: 400 }, (_, index) =>
      put(index + 1, 1, { ...session, number: index + 1, room: 'x'.repeat(500) }),
    );
    expect(() => inbox.apply(page(many, 400))).toThrow(/full/);
    hall.store.db.pragma('max_page_count = 1073741823');
    expect(inbox.position()).toBeUndefined();
    expect(hall.reference.all('session')).toEqual([]);
    expect(inbox.apply(page(many, 400))).toEqual({ applied: 400, parked: 0 });
  });

  it('[SY6] the same page twice, an older version, a late page: nothing changes', () => {
    const { hall, inbox, heard } = make();
    inbox.apply(page([put(1, 1), put(2, 3, { ...session, room: '305' })], 2));
    expect(inbox.apply(page([put(1, 1), put(2, 3, { ...session, room: '305' })], 2))).toEqual({
      applied: 0,
      parked: 0,
    });
    expect(inbox.apply(page([put(3, 2)], 3))).toEqual({ applied: 0, parked: 0 });
    expect(hall.reference.session(7)?.room).toBe('305');
    inbox.apply(page([{ cursor: '4', type: 'session', id: '7', version: 4, op: 'remove', body: null }], 4));
    expect(inbox.apply(page([put(5, 3)], 5)).applied).toBe(0);
    expect(hall.reference.session(7)).toBeUndefined();
    expect(inbox.apply(page([put(1, 9)], 2))).toEqual({ applied: 0, parked: 0 });
    expect(inbox.position()?.cursor).toBe('5');
    inbox.apply(page([put(6, 5)], 6));
    expect(hall.reference.session(7)?.room).toBe('201');
    expect(heard).toEqual(['+session/7', '+session/7', '-session/7', '+session/7']);
  });

  it('[SY7] what cannot be understood or taken is parked once with its reason, and the rest is applied', () => {
    const { hall, inbox, parked } = make((type, id, _body, tx) => {
      tx.record('door.forced', { compartment: 1, at: '2026-11-24T00:00:00.000Z' });
      if (type === 'session' && id === '8') throw new Error('no such room');
    });
    const before = hall.facts().length;
    const changes: FeedChange[] = [
      put(1, 1),
      { cursor: '2', type: 'horoscope', id: 'a', version: 1, op: 'put', body: {} },
      { cursor: '3', type: 'session', id: '9', version: 1, op: 'put', body: { number: 9 } },
      put(4, 1, { ...session, number: 8 }),
      { ...put(5, 1), id: '12' },
      put(6, 1, { ...session, number: 10 }),
    ];
    expect(inbox.apply(page(changes, 6))).toEqual({ applied: 2, parked: 4 });
    expect(
      hall.reference
        .all('session')
        .map((each) => each.number)
        .sort(),
    ).toEqual([10, 7]);
    expect(parked().map((row) => [row.type, row.id])).toEqual([
      ['horoscope', 'a'],
      ['session', '9'],
      ['session', '8'],
      ['session', '12'],
    ]);
    expect(parked()[2]?.reason).toBe('no such room');
    // The fact that the feature recorded before it threw is gone with its change, and seq has no gap.
    expect(
      hall
        .facts()
        .slice(before)
        .map((fact) => fact.seq),
    ).toEqual([before + 1, before + 2]);
    expect(verifyFacts(hall.store)).toBeUndefined();
    inbox.replace(page(changes, 6));
    expect(parked()).toHaveLength(4);
  });

  it('[SY8] another feed epoch needs a snapshot; it replaces everything and features hear what went', () => {
    const { hall, inbox, heard } = make();
    inbox.apply(page([put(1, 5), put(2, 1, { ...session, number: 8 })], 2));
    expect(() => inbox.apply(page([put(1, 1)], 1, 'e2'))).toThrow(/snapshot/);
    heard.length = 0;
    expect(
      inbox.replace(
        page([put(10, 1, { ...session, room: '404' }), put(10, 1, { ...session, number: 9 })], 10, 'e2'),
      ),
    ).toEqual({ applied: 3, parked: 0 });
    expect(heard).toEqual(['-session/8', '+session/7', '+session/9']);
    expect(hall.reference.all('session').map((each) => each.number)).toEqual([7, 9]);
    expect(hall.reference.session(7)?.room).toBe('404');
    expect(inbox.position()).toEqual({ feedEpoch: 'e2', cursor: '10' });
    // Versions of another epoch start anew: 1 replaced 5, and 2 follows.
    expect(inbox.apply(page([put(11, 2)], 11, 'e2')).applied).toBe(1);
  });

  it('[SY9] ids and versions give the checksums that central computes from its own rows', () => {
    const { inbox } = make();
    inbox.apply(
      page(
        [
          put(1, 4),
          put(2, 2, { ...session, number: 8 }),
          put(3, 1, { ...session, number: 9 }),
          { cursor: '4', type: 'session', id: '9', version: 2, op: 'remove', body: null },
        ],
        4,
      ),
    );
    expect(inbox.records()).toEqual({
      session: [
        { id: '7', version: 4 },
        { id: '8', version: 2 },
      ],
    });
    expect(checksumBuckets(inbox.records()['session'] ?? [])).toEqual(
      checksumBuckets([
        { id: '8', version: 2 },
        { id: '7', version: 4 },
      ]),
    );
  });
});

describe('sync key and status', () => {
  it('[SY11] made once, kept over a restart, and remembers its enrolment', () => {
    const hall = makeHall();
    const first = openSyncKey(hall.store);
    expect(first.keyId()).toBeUndefined();
    first.enrolled('hall-1001-a');
    const second = openSyncKey(hall.store);
    expect(second.publicKey).toBe(first.publicKey);
    expect(second.keyId()).toBe('hall-1001-a');
    expect(openSyncKey(makeHall({ seed: 3 }).store).publicKey).not.toBe(first.publicKey);
  });

  it('[SY12] says what waits and since when, and a wrong clock once', () => {
    const hall = makeHall();
    const skew: number[] = [];
    const outbox = createOutbox(hall.store, hall.clock);
    const inbox = createInbox({ store: hall.store, clock: hall.clock, listeners: () => [] });
    const heardCentral = (at: number): boolean => {
      skew.push(at - hall.clock.now());
      return Math.abs(at - hall.clock.now()) < 30_000;
    };
    const status = createSyncStatus({ ...hall, outbox, inbox, trust: { heardCentral } });
    expect(status.view()).toMatchObject({
      central: 'offline',
      waitingFacts: 2,
      cursor: null,
      quarantined: 0,
      oldestWaitingAt: '2026-11-24T02:00:00.000Z',
    });
    status.report({
      central: 'online',
      lastContactAt: '2026-11-24T02:00:00.000Z',
      nextTryAt: null,
      trouble: null,
    });
    status.report({
      central: 'online',
      lastContactAt: '2026-11-24T02:00:01.000Z',
      nextTryAt: null,
      trouble: null,
    });
    inbox.apply(page([put(41, 1)], 41));
    expect(status.view()).toMatchObject({ central: 'online', cursor: '41' });
    expect(hall.messages).toEqual([{ kiosk: undefined, message: { type: 'changed', topics: ['sync'] } }]);
    for (const offset of [0, 600_000, 600_000, 0, 600_000]) status.heardTime(hall.clock.now() + offset, 1000);
    expect(skew).toEqual([500, 600_500, 600_500, 500, 600_500]);
    expect(hall.raised.map((each) => each.kind)).toEqual(['clock-skew', 'clock-skew']);
  });
});
