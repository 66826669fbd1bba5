import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CommitGroup } from '../../../broker/commit-group.ts';
import { OfflineQueue } from '../../../broker/offline-queue.ts';
import { openBrokerDatabase } from '../../../broker/store.ts';
import type { BrokerDatabase } from '../../../broker/store.ts';
import type { StoredPacket } from '../../../broker/stored-packet.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const bounds = { queueMessages: 8, queueBytes: 100_000_000, queueAge: 60_000 };
const NOW = 1_000_000;

let folder: string;
let db: BrokerDatabase;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'broker-queue-'));
  db = openBrokerDatabase(folder);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(): { queue: OfflineQueue; commits: CommitGroup } {
  const queue = new OfflineQueue(db, bounds, () => undefined);
  return { queue, commits: new CommitGroup(db, createVirtualClock(), () => undefined, queue) };
}

/** What the file holds, read by somebody who knows nothing of this run. */
function reopened(): OfflineQueue {
  db.close();
  db = openBrokerDatabase(folder);
  return new OfflineQueue(db, bounds, () => undefined);
}

function message(number: number, more: Partial<StoredPacket> = {}): StoredPacket {
  return {
    ...{ cmd: 'publish', topic: 'e/1', payload: Buffer.from(`m${String(number)}`), qos: 1 },
    ...{ retain: false, dup: false, brokerId: 'run/1/d1', brokerCounter: number, ...more },
  };
}

const rows = (table: string): unknown => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
const contents = (queue: OfflineQueue, client: string): string[] =>
  [...queue.read(client)].map(
    ({ cmd, payload, messageId }) =>
      `${cmd === 'pubrel' ? 'pubrel' : String(payload)}:${String(messageId ?? '-')}`,
  );

describe('offline queue', () => {
  test('[BR51] a message for a hundred receivers is in the file once, and gone with the last acknowledgement', () => {
    const { queue, commits } = open();
    const receivers = Array.from({ length: 100 }, (_, index) => `c${String(index)}`);
    commits.deferred(() => {
      queue.add(receivers, message(1), NOW);
    });
    commits.flush();
    expect([rows('message'), rows('owed')]).toEqual([1, 1]);
    for (const [index, client] of receivers.entries()) {
      queue.update(client, { ...message(1), messageId: index + 1 });
      if (index > 0) expect(queue.acknowledge(client, index + 1)?.payload).toEqual(Buffer.from('m1'));
    }
    commits.flush();
    const after = reopened();
    expect(contents(after, 'c0')).toEqual(['m1:1']);
    expect(contents(after, 'c1')).toEqual([]);
    expect(after.acknowledge('c0', 1)?.topic).toBe('e/1');
    new CommitGroup(db, createVirtualClock(), () => undefined, after).flush();
    expect([rows('message'), rows('owed')]).toEqual([0, 0]);
  });

  test('[BR51] what is acknowledged before its commit is never written', () => {
    const { queue, commits } = open();
    const changes = db.prepare('SELECT total_changes()').pluck();
    const before = changes.get();
    queue.add(['c1'], message(1), NOW);
    queue.update('c1', { ...message(1), messageId: 7 });
    queue.acknowledge('c1', 7);
    commits.flush();
    expect(changes.get()).toBe(before);
  });

  test('[BR11] a commit that fails owes nothing new, and what it should have removed is removed by the next', async () => {
    const { queue, commits } = open();
    await commits.durable(() => {
      queue.add(['c1'], message(1), NOW);
    });
    queue.update('c1', { ...message(1), messageId: 1 });
    queue.acknowledge('c1', 1);
    db.exec(
      `CREATE TEMP TRIGGER full BEFORE INSERT ON message BEGIN SELECT raise(ROLLBACK, 'disk full'); END`,
    );
    await expect(
      commits.durable(() => {
        queue.add(['c1'], message(2), NOW);
      }),
    ).rejects.toThrow('disk full');
    expect(contents(queue, 'c1')).toEqual([]);
    expect(queue.size('c1')).toEqual({ messages: 0, bytes: 0 });
    expect(rows('message')).toBe(1);
    db.exec('DROP TRIGGER full');
    await commits.durable(() => {
      queue.add(['c1'], message(2), NOW);
    });
    expect(contents(reopened(), 'c1')).toEqual(['m2:-']);
  });

  test('[BR51] bodies that no longer fit in memory come from the file', () => {
    const { queue, commits } = open();
    const body = (number: number): Buffer => Buffer.alloc(3_000_000, number);
    for (let number = 1; number <= 5; number += 1) {
      queue.add(['c1'], message(number, { payload: body(number) }), NOW);
      commits.flush();
    }
    const got = [...queue.read('c1')].map(({ payload }) => payload);
    expect(got.every((payload, index) => body(index + 1).equals(Buffer.from(payload ?? '')))).toBe(true);
  });

  test('[BR51] the queues of version 1 of the file are taken over', () => {
    const old = join(folder, 'old');
    openBrokerDatabase(old).close();
    const file = new Database(join(old, 'broker.sqlite'));
    file.exec(`DROP TABLE message; DROP TABLE owed;
      CREATE TABLE outgoing (id INTEGER PRIMARY KEY, client_id TEXT NOT NULL, broker_id TEXT, broker_counter INTEGER,
        message_id INTEGER, cmd TEXT NOT NULL, topic TEXT, qos INTEGER NOT NULL, retain INTEGER NOT NULL,
        dup INTEGER NOT NULL, text INTEGER NOT NULL, payload BLOB, bytes INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
      INSERT INTO outgoing VALUES
        (3, 'c1', 'run', 1, 5, 'publish', 'e/1', 1, 0, 0, 0, x'6131', 66, 1),
        (4, 'c2', 'run', 1, NULL, 'publish', 'e/1', 1, 0, 0, 0, x'6131', 66, 1),
        (5, 'c1', NULL, NULL, 9, 'pubrel', 'e/1', 2, 0, 0, 0, NULL, 66, 1),
        (6, 'c1', 'run', 2, NULL, 'publish', 'e/1', 2, 0, 0, 1, x'6132', 66, 1);
      PRAGMA user_version = 1;`);
    file.close();
    db.close();
    db = openBrokerDatabase(old);
    const queue = new OfflineQueue(db, bounds, () => undefined);
    expect(contents(queue, 'c1')).toEqual(['a1:5', 'pubrel:9', 'a2:-']);
    expect(contents(queue, 'c2')).toEqual(['a1:-']);
    expect(rows('message')).toBe(3);
    expect(queue.size('c1')).toEqual({ messages: 3, bytes: 198 });
    expect(db.prepare("SELECT name FROM sqlite_master WHERE name = 'outgoing'").all()).toEqual([]);
  });

  test('[BR13] [BR14] any run of queueing, numbering, releasing, acknowledging and committing leaves what a plain list says, in memory and in the file', () => {
    const client = fc.constantFrom('a', 'b', 'c');
    const number = fc.integer({ min: 1, max: 6 });
    const step = fc.oneof(
      fc.record({ act: fc.constant('add' as const), to: fc.uniqueArray(client, { minLength: 1 }) }),
      fc.record({ act: fc.constant('number' as const), client, of: fc.nat(20), number }),
      fc.record({ act: fc.constant('release' as const), client, number }),
      fc.record({ act: fc.constant('acknowledge' as const), client, number }),
      fc.record({ act: fc.constant('clear' as const), client }),
      fc.record({ act: fc.constant('commit' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        db.exec('DELETE FROM message; DELETE FROM owed');
        const { queue, commits } = open();
        const model = new Map<string, { of: number; number?: number; released?: true }[]>();
        const of = (id: string): { of: number; number?: number; released?: true }[] => {
          const known = model.get(id) ?? [];
          model.set(id, known);
          return known;
        };
        let added = 0;
        for (const each of steps) {
          switch (each.act) {
            case 'add':
              added += 1;
              queue.add(each.to, message(added), NOW);
              for (const id of each.to) {
                of(id).push({ of: added });
                if (of(id).length > bounds.queueMessages) of(id).shift();
              }
              break;
            case 'number': {
              queue.update(each.client, { ...message(each.of), messageId: each.number });
              const copy = of(each.client).find((one) => one.of === each.of && one.released !== true);
              if (copy !== undefined) copy.number = each.number;
              break;
            }
            case 'release': {
              queue.update(each.client, { cmd: 'pubrel', messageId: each.number });
              const copy = of(each.client).find((one) => one.number === each.number);
              if (copy !== undefined) copy.released = true;
              break;
            }
            case 'acknowledge': {
              const at = of(each.client).findIndex((one) => one.number === each.number);
              expect(queue.acknowledge(each.client, each.number) !== undefined).toBe(at >= 0);
              if (at >= 0) of(each.client).splice(at, 1);
              break;
            }
            case 'clear':
              queue.clear(each.client);
              model.delete(each.client);
              break;
            case 'commit':
              commits.flush();
          }
        }
        commits.flush();
        const expected = (id: string): string[] =>
          of(id).map(
            (one) =>
              `${one.released === true ? 'pubrel' : `m${String(one.of)}`}:${String(one.number ?? '-')}`,
          );
        const fresh = new OfflineQueue(db, bounds, () => undefined);
        for (const id of ['a', 'b', 'c']) {
          expect(contents(queue, id)).toEqual(expected(id));
          expect(contents(fresh, id)).toEqual(expected(id));
          expect(fresh.size(id)).toEqual(queue.size(id));
        }
      }),
      { numRuns: 200 },
    );
  });
});
