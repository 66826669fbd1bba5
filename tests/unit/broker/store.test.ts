import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCredentials } from '../../../broker/credentials.ts';
import type { Credentials } from '../../../broker/credentials.ts';
import { SqlitePersistence } from '../../../broker/persistence.ts';
import { ReturningSessions } from '../../../broker/returning-session.ts';
import type { PersistenceOptions } from '../../../broker/persistence.ts';
import { openBrokerDatabase } from '../../../broker/store.ts';
import type { BrokerDatabase } from '../../../broker/store.ts';
import type { StoredPacket } from '../../../broker/stored-packet.ts';
import { createSeededRandom } from '../../support/seeded.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import type { VirtualClock } from '../../support/virtual-clock.ts';

let folder: string;
let db: BrokerDatabase;
let clock: VirtualClock;
let dropped: number;
const bounds = { queueMessages: 5, queueBytes: 10_000, queueAge: 60_000 };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'broker-unit-'));
  db = openBrokerDatabase(folder);
  clock = createVirtualClock();
  dropped = 0;
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(options: Partial<PersistenceOptions> = {}, id = 'run-1'): Promise<SqlitePersistence> {
  const store = new SqlitePersistence({
    db,
    clock,
    bounds,
    queueDropped: (_client, messages) => {
      dropped += messages;
    },
    ...options,
  });
  await store.setup({ id });
  return store;
}

async function reopen(options: Partial<PersistenceOptions> = {}): Promise<SqlitePersistence> {
  db.close();
  db = openBrokerDatabase(folder);
  return open(options, 'run-2');
}

function message(topic: string, text: string, more: Partial<StoredPacket> = {}): StoredPacket {
  return { cmd: 'publish', topic, payload: Buffer.from(text), qos: 1, retain: false, dup: false, ...more };
}

async function queued(store: SqlitePersistence, id: string): Promise<string[]> {
  const packets = (await store.outgoingStream({ id }).toArray()) as StoredPacket[];
  return packets.map((packet) => String(packet.payload));
}

describe('store', () => {
  test('[BR11] an accepted message is in the file when accept returns, without any further step', async () => {
    const store = await open();
    await store.addSubscriptions({ id: 'hall' }, [{ topic: 'e/#', qos: 1 }]);
    await store.accept('d1', message('e/1', 'one'));
    // A second connection sees committed rows only.
    const other = openBrokerDatabase(folder);
    expect(other.prepare('SELECT count(*) AS n FROM message JOIN owed USING (seq)').get()).toEqual({ n: 1 });
    other.close();
  });

  test('[BR11] the calls that aedes makes afterwards store it no second time', async () => {
    const store = await open();
    await store.addSubscriptions({ id: 'hall' }, [
      { topic: 'e/#', qos: 1 },
      { topic: 'e/+', qos: 1 },
    ]);
    const packet = message('e/1', 'one', { retain: true });
    await store.accept('d1', packet);
    await store.storeRetained(packet);
    await store.outgoingEnqueueCombi(await store.subscriptionsByTopic('e/1'), packet);
    expect(await queued(store, 'hall')).toEqual(['one']);
    expect(await store.createRetainedStream('e/1').toArray()).toHaveLength(1);
  });

  test('[BR11] what nobody is owed touches no disk', async () => {
    const store = await open();
    const packet = message('hall/1/dev/d1/cmd', 'open');
    const changes = db.prepare('SELECT total_changes()').pluck();
    const before = changes.get();
    await store.accept('hall', packet);
    expect(packet.brokerId).toBeUndefined();
    expect(changes.get()).toBe(before);
  });

  test('[BR12] each publisher counts for itself, and apart from the broker', async () => {
    const store = await open();
    await store.addSubscriptions({ id: 'hall' }, [{ topic: 'e/#', qos: 1 }]);
    const packets = [message('e/1', 'a'), message('e/2', 'b'), message('e/1', 'c')];
    await Promise.all([
      store.accept('d1', packets[0] ?? {}),
      store.accept('d2', packets[1] ?? {}),
      store.accept('d1', packets[2] ?? {}),
    ]);
    expect(packets.map(({ brokerId, brokerCounter }) => [brokerId, brokerCounter])).toEqual([
      ['run-1/1/d1', 1],
      ['run-1/1/d2', 1],
      ['run-1/1/d1', 2],
    ]);
  });

  test('[BR13] a full queue drops its oldest, counts them, and leaves other clients alone', async () => {
    const store = await open();
    await store.addSubscriptions({ id: 'slow' }, [{ topic: 'e', qos: 1 }]);
    await store.addSubscriptions({ id: 'other' }, [{ topic: 'o', qos: 1 }]);
    await store.accept('d1', message('o', 'kept'));
    for (let turn = 0; turn < 8; turn += 1) await store.accept('d1', message('e', String(turn)));
    expect(await queued(store, 'slow')).toEqual(['3', '4', '5', '6', '7']);
    expect(await queued(store, 'other')).toEqual(['kept']);
    expect(dropped).toBe(3);
    await store.accept('d1', message('e', 'x'.repeat(9_900)));
    expect(await queued(store, 'slow')).toHaveLength(1);
    await store.cleanSubscriptions({ id: 'slow' });
    expect(await queued(store, 'slow')).toEqual([]);
  });

  test('[BR13] a message grows too old in a queue', async () => {
    const store = await open();
    await store.addSubscriptions({ id: 'slow' }, [{ topic: 'e', qos: 1 }]);
    await store.accept('d1', message('e', 'old'));
    clock.advance(40_000);
    await store.accept('d1', message('e', 'young'));
    clock.advance(30_000);
    store.expire();
    expect(await queued(store, 'slow')).toEqual(['young']);
    expect(dropped).toBe(1);
  });

  test('[BR14] everything is there again after a restart', async () => {
    const store = await open();
    await store.addSubscriptions({ id: 'hall' }, [
      { topic: 'e/#', qos: 1 },
      { topic: 'zero', qos: 0 },
    ]);
    await store.accept('d1', message('e/1', 'r', { retain: true }));
    await store.accept('d1', message('e/2', 'q'));
    await store.incomingStorePacket({ id: 'd2' }, message('e/3', 'two', { qos: 2, messageId: 9 }));
    await store.putWill({ id: 'd1' }, { topic: 'w', payload: 'gone', qos: 1, retain: true });
    await store.destroy();

    const again = await reopen();
    expect(await again.subscriptionsByClient({ id: 'hall' })).toMatchObject([
      { topic: 'e/#', qos: 1 },
      { topic: 'zero', qos: 0 },
    ]);
    expect(await queued(again, 'hall')).toEqual(['r', 'q', 'two']);
    expect(
      ((await again.createRetainedStream('#').toArray()) as StoredPacket[]).map((packet) => [
        packet.topic,
        String(packet.payload),
        packet.retain,
      ]),
    ).toEqual([['e/1', 'r', true]]);
    expect(again.retainedFrom('d1')).toEqual(['e/1']);
    expect((await again.incomingGetPacket({ id: 'd2' }, { messageId: 9 })).topic).toBe('e/3');
    expect(again.orphanedWills()).toEqual([
      { topic: 'w', payload: 'gone', qos: 1, retain: true, brokerId: 'run-1', clientId: 'd1' },
    ]);
  });

  test('[BR3] filters without a right are not kept, though they came in a packet with a granted one', async () => {
    const rights = {
      mayHold: (_id: string, filter: string) => filter === 'mine',
      mayReceive: (_id: string, topic: string) => topic === 'mine',
    };
    const store = await open({ rights });
    await store.addSubscriptions({ id: 'd1' }, [
      { topic: 'mine', qos: 1 },
      { topic: 'secret', qos: 1 },
    ]);
    expect(await store.subscriptionsByClient({ id: 'd1' })).toMatchObject([{ topic: 'mine' }]);
    await store.accept('x', message('secret', 's'));
    await store.accept('x', message('mine', 'm'));
    expect(await queued(store, 'd1')).toEqual(['m']);
  });

  test('[BR4] a right that is gone fills no queue, though the subscription is still in the file', async () => {
    let granted = true;
    const rights = { mayHold: () => granted, mayReceive: () => granted };
    const store = await open({ rights });
    await store.addSubscriptions({ id: 'd1' }, [{ topic: 'e', qos: 1 }]);
    granted = false;
    await store.accept('x', message('e', 'late'));
    granted = true;
    expect(await queued(store, 'd1')).toEqual([]);
  });

  test('[BR14] a database of a newer version is refused, and the file is for its owner only', () => {
    expect(statSync(join(folder, 'broker.sqlite')).mode & 0o777).toBe(0o600);
    db.pragma('user_version = 99');
    expect(() => openBrokerDatabase(folder)).toThrow('newer version');
  });
});

describe('credentials', () => {
  const make = (): Credentials =>
    openCredentials({ db, clock, random: createSeededRandom(1), hashesAtOnce: 2, hashesWaiting: 10 });

  test('[BR15] a secret is right once issued, survives a restart, and is nowhere in the file', async () => {
    const secret = await make().issue('d1', { kind: 'device', device: 'd1' });
    const credentials = make();
    expect(await credentials.verify('d1', secret)).toBe('right');
    expect(await credentials.verify('d1', `${secret}x`)).toBe('wrong');
    expect(await credentials.verify('nobody', secret)).toBe('wrong');
    db.pragma('wal_checkpoint(TRUNCATE)');
    expect(readFileSync(join(folder, 'broker.sqlite')).includes(secret)).toBe(false);
  });

  test('[BR15] a proven secret is remembered, until it is replaced or removed', async () => {
    const credentials = make();
    const secret = await credentials.issue('d1', { kind: 'device', device: 'd1' });
    expect(credentials.remembers('d1', secret)).toBeUndefined();
    await credentials.verify('d1', secret);
    expect(credentials.remembers('d1', secret)).toBe(true);
    expect(credentials.remembers('d1', 'wrong')).toBeUndefined();
    const next = await credentials.issue('d1', { kind: 'device', device: 'd1' });
    expect(credentials.remembers('d1', secret)).toBeUndefined();
    expect(await credentials.verify('d1', secret)).toBe('wrong');
    expect(await credentials.verify('d1', next)).toBe('right');
    expect(credentials.remove('d1')).toBe(true);
    expect(credentials.remembers('d1', next)).toBeUndefined();
    expect(await credentials.verify('d1', next)).toBe('wrong');
  });

  test('[BR2] a device credential cannot carry another id than its own', async () => {
    await expect(make().issue('d2', { kind: 'device', device: 'd1' })).rejects.toThrow('client id');
    await expect(make().issue('Up/per', { kind: 'hall' })).rejects.toThrow('client id');
  });

  test('[BR49] a returning session is given new numbers behind the newest that is under way', async () => {
    const store = new ReturningSessions({ db, clock, bounds });
    await store.setup({ id: 'run-1' });
    const next = async (under: readonly number[]): Promise<number> => {
      const client = { id: `d${under.join('-')}`, clean: false, _nextId: 7, duplicates: {} };
      await store.addSubscriptions(client, [{ topic: 'e/#', qos: 1 }]);
      for (const [at, messageId] of under.entries()) {
        const packet = message('e/1', String(at), { brokerId: 'run-1', brokerCounter: at + 1 });
        await store.outgoingEnqueue({ clientId: client.id }, packet);
        await store.outgoingUpdate(client, { ...packet, messageId });
      }
      store.outgoingStream(client).destroy();
      return client._nextId;
    };
    expect(await next([])).toBe(7);
    expect(await next([65_533, 65_534])).toBe(65_535);
    expect(await next([65_534, 65_535])).toBe(1);
    expect(await next([65_535, 1, 2])).toBe(3);
  });
});
