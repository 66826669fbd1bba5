import type { Millis, UnixMillis } from '../../contract/ports.ts';
import type { Instant } from '../../contract/time.ts';
import type { Database } from '../store/database.ts';

export const MINUTE_MS: Millis = 60_000;
/** Minutes are kept this long [SE12]. */
export const KEPT_MS: Millis = 7 * 24 * 3_600_000;

export interface PlaceRow {
  readonly entity: string;
  readonly resource: number;
  readonly device: string;
  readonly name: string;
  readonly quantity: string;
  readonly unit: string | null;
  readonly silentAfterMs: number;
  readonly at: Instant;
  readonly by: string;
}

/** What came of one sensor since the last write: the newest value, and one sum a minute. */
export interface Gathered {
  value: number;
  at: UnixMillis;
  readonly minutes: Map<number, { low: number; high: number; total: number; count: number }>;
}

export interface MinuteRow {
  readonly minute: number;
  readonly low: number;
  readonly high: number;
  readonly total: number;
  readonly count: number;
}

/** The texts of the hot statements, for the test of their plans. */
export const sensorSql = {
  minute:
    'INSERT INTO sensor_minute (sensor, minute, low, high, total, count) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sensor, minute) DO UPDATE SET low = min(low, excluded.low), high = max(high, excluded.high), total = total + excluded.total, count = count + excluded.count',
  last: 'UPDATE sensor_last SET value = ?, at = ? WHERE sensor = ? AND (at IS NULL OR at <= ?)',
  prune: 'DELETE FROM sensor_minute WHERE sensor = ? AND minute < ?',
  minutes:
    'SELECT minute, low, high, total, count FROM sensor_minute WHERE sensor = ? AND minute >= ? ORDER BY minute',
} as const;

/** Prepared statements over places and readings of found sensors. */
export function createSensorsStore(db: Database) {
  const places = db.prepare<[], PlaceRow>(
    'SELECT entity, resource, device, name, quantity, unit, silent_after_ms AS silentAfterMs, at, by FROM sensor_place ORDER BY entity',
  );
  const put = db.prepare(
    'INSERT OR REPLACE INTO sensor_place (entity, resource, device, name, quantity, unit, silent_after_ms, at, by) VALUES (@entity, @resource, @device, @name, @quantity, @unit, @silentAfterMs, @at, @by)',
  );
  const remove = db.prepare('DELETE FROM sensor_place WHERE entity = ?');
  const addLast = db.prepare('INSERT INTO sensor_last (entity) VALUES (?) ON CONFLICT (entity) DO NOTHING');
  const number = db.prepare<[string], number>('SELECT sensor FROM sensor_last WHERE entity = ?').pluck();
  const all = db.prepare<[], number>('SELECT sensor FROM sensor_last').pluck();
  const last = db.prepare<[string], { value: number | null; at: number | null }>(
    'SELECT value, at FROM sensor_last WHERE entity = ?',
  );
  const setLast = db.prepare(sensorSql.last);
  const minute = db.prepare(sensorSql.minute);
  const prune = db.prepare(sensorSql.prune);
  const minutes = db.prepare<[number, number], MinuteRow>(sensorSql.minutes);
  const numbers = new Map<string, number>();

  function numberOf(entity: string): number {
    let found = numbers.get(entity) ?? number.get(entity);
    if (found === undefined) {
      addLast.run(entity);
      found = number.get(entity);
    }
    if (found === undefined) throw new Error(`sensor ${entity} has no row`);
    numbers.set(entity, found);
    return found;
  }

  return {
    places: (): PlaceRow[] => places.all(),
    put: (row: PlaceRow): void => void put.run(row),
    remove: (entity: string): void => void remove.run(entity),
    /** Writes what was gathered; inside the caller's transaction. */
    write: (entity: string, gathered: Gathered): void => {
      const sensor = numberOf(entity);
      setLast.run(gathered.value, gathered.at, sensor, gathered.at);
      for (const [at, { low, high, total, count }] of gathered.minutes)
        minute.run(sensor, at, low, high, total, count);
    },
    /** Numbers given inside a transaction that was undone are given anew. */
    forgetNumbers: (): void => {
      numbers.clear();
    },
    last: (entity: string) => last.get(entity),
    minutes: (entity: string, from: UnixMillis): MinuteRow[] => {
      const sensor = number.get(entity);
      return sensor === undefined ? [] : minutes.all(sensor, Math.floor(from / MINUTE_MS));
    },
    prune: (now: UnixMillis): number => {
      const before = Math.floor((now - KEPT_MS) / MINUTE_MS);
      return all.all().reduce((sum, sensor) => sum + prune.run(sensor, before).changes, 0);
    },
  };
}

export type SensorsStore = ReturnType<typeof createSensorsStore>;
