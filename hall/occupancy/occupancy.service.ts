import type { SensorMapping } from '../../contract/config.ts';
import type { ResourceView } from '../../contract/hall-api.ts';
import type { CancelTimer, UnixMillis } from '../../contract/ports.ts';
import { toInstant } from '../../contract/time.ts';
import { deviceTopic } from '../../contract/topics.ts';
import type { DeviceListener, HallContext } from '../ports.ts';
import { availabilityOf, occupancyOf, ownTimeOf, propertyOf, trustOf, valueOf } from './occupancy.rules.ts';
import type { Occupancy, Reading } from './occupancy.rules.ts';
import { createOccupancyStore } from './occupancy.store.ts';

/** After the link to the broker came up, a message without a time of its own may be an old one for this long [OC4]. */
const SETTLE_MS = 2_000;
const TICK_MS = 5_000;
/** Published again this often, so that its age says something. */
const REPEAT_MS = 60_000;
/** A state must hold this long before it becomes a fact: a sensor that flickers fills no outbox [OC7]. */
const HOLD_MS = 10_000;
const REMEMBERED_CHANGES = 20;

interface Sensor {
  readonly mapping: SensorMapping;
  reading: Reading;
}

interface Place {
  readonly sensors: Sensor[];
  now: Occupancy;
  since: UnixMillis | undefined;
  judgedAt: UnixMillis;
  publishedAt: UnixMillis | undefined;
}

export interface SensorHealth {
  readonly device: string;
  readonly kind: string;
  readonly trust: 'fresh' | 'silent' | 'stuck';
  readonly lastAt: UnixMillis | undefined;
}

/**
 * Occupancy of resources from the sensors of the configuration. Readings live in memory only:
 * after a start everything is unknown until a sensor speaks. Publishes to MQTT and records facts.
 */
export function createOccupancyService(context: HallContext) {
  const store = createOccupancyStore(context.store.db);
  const places = new Map<number, Place>();
  const byTopic = new Map<string, Sensor[]>();
  let connectedAt: UnixMillis | undefined;
  let stopTimer: CancelTimer | undefined;
  let badPayloads = 0;

  for (const mapping of context.config.sensors) {
    const sensor: Sensor = {
      mapping,
      reading: {
        device: mapping.device,
        kind: mapping.kind,
        silentAfterMs: mapping.silentAfterMs,
        stuckAfterMs: mapping.stuckAfterMs,
        value: undefined,
        measuredAt: undefined,
        changedAt: undefined,
        changes: [],
        available: true,
      },
    };
    const place = places.get(mapping.resource) ?? {
      sensors: [],
      now: { state: 'unknown', confidence: 0 },
      since: undefined,
      judgedAt: context.clock.now(),
      publishedAt: undefined,
    };
    place.sensors.push(sensor);
    places.set(mapping.resource, place);
    byTopic.set(mapping.topic, [...(byTopic.get(mapping.topic) ?? []), sensor]);
  }

  function heard(sensor: Sensor, text: string, maybeOld: boolean): boolean {
    const value = valueOf(sensor.mapping.kind, propertyOf(text, sensor.mapping.property));
    if (value === undefined) return false;
    const now = context.clock.now();
    const measuredAt = ownTimeOf(text, now) ?? (maybeOld ? undefined : now);
    const { reading } = sensor;
    const changed = reading.value !== undefined && reading.value !== value;
    sensor.reading = {
      ...reading,
      value,
      measuredAt,
      changedAt: changed || reading.changedAt === undefined ? (measuredAt ?? now) : reading.changedAt,
      changes: changed ? [...reading.changes, measuredAt ?? now].slice(-REMEMBERED_CHANGES) : reading.changes,
      // Who speaks is there, whatever the bridge said last.
      available: maybeOld ? reading.available : true,
    };
    return true;
  }

  function onMessage(topic: string, text: string, retained: boolean): void {
    const sensors = byTopic.get(topic);
    if (sensors === undefined) {
      onAvailabilityTopic(topic, text);
      return;
    }
    const settling = connectedAt !== undefined && context.clock.now() - connectedAt < SETTLE_MS;
    for (const sensor of sensors) {
      // A Zigbee message may hold some properties only: a payload without ours is no fault, one that is no object is.
      if (
        !heard(sensor, text, retained || settling) &&
        propertyOf(text, sensor.mapping.property) !== undefined
      )
        badPayloads += 1;
    }
    judge(new Set(sensors.map((sensor) => sensor.mapping.resource)));
  }

  function onAvailabilityTopic(topic: string, text: string): void {
    const available = availabilityOf(text);
    if (available === undefined) return;
    const touched: Sensor[] = [];
    if (topic.endsWith('/availability'))
      touched.push(...(byTopic.get(topic.slice(0, -'/availability'.length)) ?? []));
    // The bridge itself gone: none of its devices is heard. Its return says nothing about each device [OC6].
    else if (topic.endsWith('/bridge/state') && !available) {
      const prefix = topic.slice(0, -'bridge/state'.length);
      for (const [each, sensors] of byTopic) if (each.startsWith(prefix)) touched.push(...sensors);
    } else return;
    for (const sensor of touched) sensor.reading = { ...sensor.reading, available };
    judge(new Set(touched.map((sensor) => sensor.mapping.resource)));
  }

  function judge(which: Iterable<number>): void {
    const now = context.clock.now();
    for (const resource of which) {
      const place = places.get(resource);
      if (place === undefined) continue;
      const next = occupancyOf(
        place.sensors.map((sensor) => sensor.reading),
        now,
      );
      const changed = next.state !== place.now.state || next.confidence !== place.now.confidence;
      if (next.state !== place.now.state || place.since === undefined) place.since = now;
      place.now = next;
      place.judgedAt = now;
      if (changed || place.publishedAt === undefined || now - place.publishedAt >= REPEAT_MS) {
        place.publishedAt = now;
        context.devices.publishOccupancy(resource, { ...next, at: toInstant(now) });
      }
      if (changed) context.live.changed('resources');
      if (now - place.since >= HOLD_MS) tell(resource, place, now);
    }
  }

  function tell(resource: number, place: Place, now: UnixMillis): void {
    const told = store.told(resource);
    if (told === place.now.state) return;
    const body = { resource, state: place.now.state, confidence: place.now.confidence, at: toInstant(now) };
    context.store.transaction((tx) => {
      store.setTold(body);
      tx.record('occupancy.changed', body);
      return undefined;
    });
  }

  function tick(): void {
    judge(places.keys());
    stopTimer = context.clock.after(TICK_MS, tick);
  }

  const listener: DeviceListener = {
    onForeign: (topic, payload, retained) =>
      onMessage(topic, new TextDecoder().decode(payload), retained === true),
    onState: (device, payload) => {
      const topic = deviceTopic(context.config.hall, device, 'state');
      if (byTopic.has(topic)) onMessage(topic, JSON.stringify(payload), false);
    },
    onAvailability: (device, online) =>
      onAvailabilityTopic(
        `${deviceTopic(context.config.hall, device, 'state')}/availability`,
        online ? 'online' : 'offline',
      ),
    onConnected: () => {
      connectedAt = context.clock.now();
    },
  };

  return {
    listener,
    /** Starts judging by age; publishes `unknown` at once, because what the broker keeps is from an earlier life. */
    start: (): void => {
      if (stopTimer === undefined) tick();
    },
    stop: (): void => {
      stopTimer?.();
      stopTimer = undefined;
    },
    /** What bookings ask: state, confidence, since when, and whether anything measures here at all. */
    measured: (resource: number) => {
      const place = places.get(resource);
      const now = context.clock.now();
      if (place === undefined)
        return { state: 'unknown', confidence: 0, since: null, hasSensors: false } as const;
      // Ages move between ticks: judged anew for whoever asks.
      if (place.judgedAt !== now) judge([resource]);
      const hasSensors = place.sensors.some((sensor) => sensor.mapping.kind !== 'temperature');
      return {
        state: place.now.state,
        confidence: place.now.confidence,
        since: place.since ?? null,
        hasSensors,
      };
    },
    /** For people: every sensor with its value, age and trust. */
    view: (resource: number): ResourceView['occupancy'] & { temperature: number | null } => {
      const place = places.get(resource);
      if (place === undefined)
        return { state: 'unknown', confidence: 0, at: null, sensors: [], temperature: null };
      const now = context.clock.now();
      if (place.judgedAt !== now) judge([resource]);
      const readings = place.sensors.map((sensor) => sensor.reading);
      const warm = readings.find(
        (reading) => reading.kind === 'temperature' && trustOf(reading, readings, now) === 'fresh',
      );
      const times = readings.flatMap((reading) =>
        reading.kind === 'temperature' || reading.measuredAt === undefined ? [] : [reading.measuredAt],
      );
      return {
        state: place.now.state,
        confidence: place.now.confidence,
        at: times.length === 0 ? null : toInstant(Math.max(...times)),
        sensors: readings.map((reading) => ({
          device: reading.device,
          kind: reading.kind,
          value: reading.value === undefined ? '' : String(reading.value),
          at: reading.measuredAt === undefined ? null : toInstant(reading.measuredAt),
          trust: trustOf(reading, readings, now),
        })),
        temperature: typeof warm?.value === 'number' ? warm.value : null,
      };
    },
    /** One line a physical sensor, for the desk's list of devices. */
    health: (): SensorHealth[] => {
      const now = context.clock.now();
      return [...places.values()].flatMap((place) => {
        const readings = place.sensors.map((sensor) => sensor.reading);
        return readings.map((reading) => ({
          device: reading.device,
          kind: reading.kind,
          trust: trustOf(reading, readings, now),
          lastAt: reading.measuredAt,
        }));
      });
    },
    /** Payloads whose property was of the wrong type, since start. */
    badPayloads: (): number => badPayloads,
  };
}

export type OccupancyService = ReturnType<typeof createOccupancyService>;
