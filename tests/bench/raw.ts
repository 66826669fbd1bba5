import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import Sqlite from 'better-sqlite3';
import { MqttClient } from 'mqtt';
import { sleep } from '../../contract/ports.ts';
import type { Millis } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';

/** Peers of the same run: what the machine itself can do, with nothing of ours in it. */

/** Milliseconds of `count` appends of 4 KiB, each followed by fsync, on the disk of `dir`. */
export function rawFsync(dir: string, count: number): number[] {
  const file = join(dir, 'raw-fsync');
  const handle = openSync(file, 'w');
  const block = Buffer.alloc(4096, 7);
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const from = systemClock.monotonic();
    writeSync(handle, block);
    fsyncSync(handle);
    times.push(systemClock.monotonic() - from);
  }
  closeSync(handle);
  rmSync(file);
  return times;
}

/** Milliseconds of `count` round trips through plain aedes in memory: QoS 1 there, QoS 1 back, on loopback. */
export async function rawMqttRoundTrips(count: number): Promise<number[]> {
  const broker = await Aedes.createBroker();
  // Without the wait of Nagle's algorithm, as our own links are: the peer must not be slow by a setting.
  const server = createServer({ noDelay: true }, (socket) => {
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = async (): Promise<MqttClient> => {
    const made = new MqttClient(() => connect({ host: '127.0.0.1', port, noDelay: true }), {
      reconnectPeriod: 0,
    });
    await new Promise((resolve) => made.once('connect', resolve));
    return made;
  };
  const near = await client();
  const far = await client();
  await far.subscribeAsync('ask', { qos: 1 });
  await near.subscribeAsync('answer', { qos: 1 });
  far.on('message', () => {
    far.publish('answer', 'x', { qos: 1 });
  });
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const from = systemClock.monotonic();
    const back = new Promise((resolve) => near.once('message', resolve));
    near.publish('ask', 'x', { qos: 1 });
    await back;
    times.push(systemClock.monotonic() - from);
  }
  await near.endAsync(true);
  await far.endAsync(true);
  await new Promise<void>((resolve) => {
    broker.close(() => {
      server.close(() => {
        resolve();
      });
    });
  });
  return times;
}

/** A table of rows as durable as ours: SQLite, WAL, synchronous FULL, on the disk of `dir`; removed after `work`. */
function withRawTable<T>(dir: string, work: (insert: () => void) => T): T {
  const { insert, close } = openRawTable(dir);
  try {
    return work(insert);
  } finally {
    close();
  }
}

function openRawTable(dir: string): { insert: () => void; close: () => void } {
  const file = join(dir, 'raw.sqlite');
  const db = new Sqlite(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE raw (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT');
  const insert = db.prepare('INSERT INTO raw (body) VALUES (?)');
  const body = 'x'.repeat(300);
  return {
    insert: () => {
      insert.run(body);
    },
    close: () => {
      db.close();
      for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    },
  };
}

/** Milliseconds of `count` durable commits of one row each, on the disk of `dir`. */
export function rawCommits(dir: string, count: number): number[] {
  return withRawTable(dir, (insert) =>
    Array.from({ length: count }, () => {
      const from = systemClock.monotonic();
      insert();
      return systemClock.monotonic() - from;
    }),
  );
}

/** Durable commits a second of one row each, on the disk of `dir`, for `ms` milliseconds. */
export function rawCommitRate(dir: string, ms: number): number {
  return withRawTable(dir, (insert) => {
    const from = systemClock.monotonic();
    let count = 0;
    while (systemClock.monotonic() - from < ms) {
      insert();
      count += 1;
    }
    return count / ((systemClock.monotonic() - from) / 1000);
  });
}

/** The same with a pause after each: processor and disk are cold again, as they are between the messages of a quiet hall. */
export async function rawCommitsPaced(dir: string, count: number, pauseMs: Millis): Promise<number[]> {
  const { insert, close } = openRawTable(dir);
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const from = systemClock.monotonic();
    insert();
    times.push(systemClock.monotonic() - from);
    await sleep(systemClock, pauseMs);
  }
  close();
  return times;
}
