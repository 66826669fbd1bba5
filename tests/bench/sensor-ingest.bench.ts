import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { HallConfig } from '../../contract/config.ts';
import { sleep } from '../../contract/ports.ts';
import { createReference } from '../../hall/store/reference.ts';
import { createSensorsService } from '../../hall/sensors/sensors.service.ts';
import { MINUTE_MS, sensorSql } from '../../hall/sensors/sensors.store.ts';
import { openDatabase } from '../../hall/store/database.ts';
import { createStore } from '../../hall/store/store.ts';
import { systemClock, systemIds } from '../../platform/system.ts';
import { silentLog, testHallConfig } from '../support/hall-context.ts';
import { percentile, rounded } from './rows.ts';
import type { Bench } from './rows.ts';

const DEVICES = 500;
/** Messages between two turns of the event loop, as a full socket buffer brings them. */
const BURST = 200;

/**
 * Messages of 500 Zigbee sensors (two quantities each), from the edge after MQTT to SQLite and to the live view.
 * The peer writes the same rows with better-sqlite3 alone, a group of 500 messages a commit.
 */
export const sensorIngestBench: Bench = {
  names: ['sensor-ingest'],
  run: async ({ long }) => {
    const dir = mkdtempSync(join(tmpdir(), 'sensor-ingest-'));
    const ms = long ? 30_000 : 4_000;
    try {
      const ours = await measure(join(dir, 'hall.sqlite'), ms);
      const peer = raw(join(dir, 'raw.sqlite'), ms / 2);
      return [
        {
          name: 'sensor-ingest',
          unit: 'messages/s',
          value: rounded(ours.rate),
          p50: rounded(percentile(ours.delays, 0.5)),
          p99: rounded(percentile(ours.delays, 0.99)),
          peer: 'better-sqlite3 upserts',
          peerValue: rounded(peer),
          ratio: rounded(ours.rate / peer),
          target: '20000/s, p99 under 250 ms to the live view',
          note: `p50 and p99 in ms from message to live view; ${String(DEVICES)} devices, 2 quantities a message, MQTT itself not in it; ${String(ours.stored)} readings in SQLite`,
        },
      ];
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

const topic = (index: number): string => `zigbee2mqtt/room/${String(index)}`;
const payload = (turnNumber: number): Uint8Array =>
  new TextEncoder().encode(
    `{"battery":97,"linkquality":${String(turnNumber % 255)},"occupancy":${String(turnNumber % 2 === 0)},"temperature":${String(15 + (turnNumber % 100) / 10)}}`,
  );

async function measure(file: string, ms: number) {
  const db = openDatabase(file);
  const store = createStore(db, { clock: systemClock, ids: systemIds, clockState: () => 'synced' });
  const delays: number[] = [];
  let waiting: number[] = [];
  const service = createSensorsService(
    {
      clock: systemClock,
      config: HallConfig.parse(testHallConfig),
      live: {
        changed: () => {
          const now = systemClock.monotonic();
          for (const at of waiting) delays.push(now - at);
          waiting = [];
        },
        send: () => undefined,
      },
      log: silentLog,
      reference: createReference(db),
      store,
    },
    {
      adopt: () => undefined,
      letGo: () => undefined,
      reported: () => undefined,
      gone: () => undefined,
      fixed: () => [],
    },
  );
  const list = Array.from({ length: DEVICES }, (_, index) => ({
    ieee_address: `0x${index.toString(16).padStart(16, '0')}`,
    friendly_name: `room/${String(index)}`,
    type: 'EndDevice',
    definition: {
      vendor: 'x',
      model: 'y',
      exposes: [
        { type: 'binary', name: 'occupancy', property: 'occupancy', value_on: true, value_off: false },
        { type: 'numeric', name: 'temperature', property: 'temperature', unit: '°C' },
      ],
    },
  }));
  service.listener.onForeign?.(
    'zigbee2mqtt/bridge/devices',
    new TextEncoder().encode(JSON.stringify(list)),
    true,
  );
  service.start();
  const topics = list.map((_, index) => topic(index));
  const payloads = Array.from({ length: 100 }, (_, index) => payload(index));
  let count = 0;
  const from = systemClock.monotonic();
  while (systemClock.monotonic() - from < ms) {
    for (let index = 0; index < BURST; index += 1, count += 1) {
      waiting.push(systemClock.monotonic());
      service.listener.onForeign?.(
        topics[count % DEVICES] ?? '',
        payloads[Math.floor(count / DEVICES) % 100] ?? new Uint8Array(),
        false,
      );
    }
    await sleep(systemClock, 0);
  }
  service.stop();
  const rate = count / ((systemClock.monotonic() - from) / 1000);
  const stored = db.prepare<[], number>('SELECT sum(count) FROM sensor_minute').pluck().get() ?? 0;
  db.close();
  if (stored !== count * 2) throw new Error(`${String(stored)} readings stored of ${String(count * 2)}`);
  return { rate, delays, stored };
}

/** Messages a second whose two values are upserted as they come, last value and minute, 500 messages a commit. */
function raw(file: string, ms: number): number {
  const db = new Sqlite(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(
    'CREATE TABLE sensor_last (sensor INTEGER PRIMARY KEY, value REAL, at INTEGER) STRICT; CREATE TABLE sensor_minute (sensor INTEGER NOT NULL, minute INTEGER NOT NULL, low REAL NOT NULL, high REAL NOT NULL, total REAL NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (sensor, minute)) STRICT, WITHOUT ROWID',
  );
  const last = db.prepare(
    'INSERT INTO sensor_last (sensor, value, at) VALUES (?, ?, ?) ON CONFLICT (sensor) DO UPDATE SET value = excluded.value, at = excluded.at',
  );
  const minute = db.prepare(sensorSql.minute);
  let count = 0;
  const from = systemClock.monotonic();
  const group = db.transaction(() => {
    const now = systemClock.now();
    const at = Math.floor(now / MINUTE_MS);
    for (let index = 0; index < DEVICES; index += 1, count += 1) {
      for (const [sensor, value] of [
        [index * 2, count % 2],
        [index * 2 + 1, 15 + (count % 100) / 10],
      ] as const) {
        last.run(sensor, value, now);
        minute.run(sensor, at, value, value, value, 1);
      }
    }
  });
  while (systemClock.monotonic() - from < ms) group();
  const rate = count / ((systemClock.monotonic() - from) / 1000);
  db.close();
  return rate;
}
