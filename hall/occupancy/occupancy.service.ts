import type { SensorMapping } from '../../contract/config.ts';
import type { ResourceView } from '../../contract/hall-api.ts';
import type { CancelTimer, Millis, UnixMillis } from '../../contract/ports.ts';
import { toInstant } from '../../contract/time.ts';
import { deviceTopic } from '../../contract/topics.ts';
import type { DeviceListener, HallContext } from '../ports.ts';
import {
  availabilityOf,
  occupancyOf,
  ownTimeOf,
  propertyAt,
  tellsOfPeople,
  trustOf,
  valueOf,
} from './occupancy.rules.ts';
import type { Occupancy, Reading, Trust } from './occupancy.rules.ts';
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
  readonly resource: number;
  /** How its messages are read; undefined for one that the sensors feature reads and reports. */
  readonly mapping: SensorMapping | undefined;
  reading: Reading;
}

/** A sensor that staff gave to a place: who it is and how long its word holds. */
export interface AdoptedSensor {
  readonly device: string;
  readonly kind: string;
  readonly unit: string | null;
  readonly resource: number;
  readonly silentAfterMs: Millis;
  readonly stuckAfterMs: Millis;
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
  const adopted = new Map<string, Sensor>();
  let connectedAt: UnixMillis | undefined;
  let stopTimer: CancelTimer | undefined;
  let badPayloads = 0;

  for (const mapping of context.config.sensors) {
    const sensor: Sensor = {
      mapping,
      resource: mapping.resource,
      reading: unread({ ...mapping, unit: mapping.kind === 'temperature' ? '°C' : null }),
    };
    placeOf(mapping.resource).sensors.push(sensor);
    byTopic.set(mapping.topic, [...(byTopic.get(mapping.topic) ?? []), sensor]);
  }

  function placeOf(resource: number): Place {
    const place = places.get(resource) ?? {
      sensors: [],
      now: { state: 'unknown', confidence: 0 },
      since: undefined,
      judgedAt: context.clock.now(),
      publishedAt: undefined,
    };
    places.set(resource, place);
    return place;
  }

  function heard(sensor: Sensor, mapping: SensorMapping, text: string, maybeOld: boolean): boolean {
    const raw = valueOf(mapping.kind, propertyAt(text, mapping.path ?? [mapping.property]));
    if (raw === undefined) return false;
    const value = mapping.invert && typeof raw === 'boolean' ? !raw : raw;
    const now = context.clock.now();
    take(sensor, value, ownTimeOf(text, now) ?? (maybeOld ? undefined : now), !maybeOld);
    return true;
  }

  function take(
    sensor: Sensor,
    value: boolean | number,
    measuredAt: UnixMillis | undefined,
    live: boolean,
  ): void {
    const now = context.clock.now();
    const { reading } = sensor;
    const changed = reading.value !== undefined && reading.value !== value;
    sensor.reading = {
      ...reading,
      value,
      measuredAt,
      changedAt: changed || reading.changedAt === undefined ? (measuredAt ?? now) : reading.changedAt,
      changes: changed ? [...reading.changes, measuredAt ?? now].slice(-REMEMBERED_CHANGES) : reading.changes,
      // Who speaks is there, whatever the bridge said last.
      available: live ? true : reading.available,
    };
  }

  function onMessage(topic: string, text: string, retained: boolean): void {
    const sensors = byTopic.get(topic);
    if (sensors === undefined) {
      onAvailabilityTopic(topic, text);
      return;
    }
    const settling = connectedAt !== undefined && context.clock.now() - connectedAt < SETTLE_MS;
    for (const sensor of sensors) {
      const { mapping } = sensor;
      // A Zigbee message may hold some properties only: a payload without ours is no fault, one that is no object is.
      if (
        mapping !== undefined &&
        !heard(sensor, mapping, text, retained || settling) &&
        propertyAt(text, mapping.path ?? [mapping.property]) !== undefined
      )
        badPayloads += 1;
    }
    judge(new Set(sensors.map((sensor) => sensor.resource)));
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
    judge(new Set(touched.map((sensor) => sensor.resource)));
  }

  function letGo(id: string): void {
    const sensor = adopted.get(id);
    if (sensor === undefined) return;
    adopted.delete(id);
    const place = placeOf(sensor.resource);
    place.sensors.splice(place.sensors.indexOf(sensor), 1);
    judge([sensor.resource]);
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
    onForeign: (topic, payload, retained) => {
      // Most of what is on the bus is not ours: it is not even decoded.
      if (byTopic.has(topic) || /\/(availability|state)$/.test(topic))
        onMessage(topic, new TextDecoder().decode(payload), retained === true);
    },
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
      const hasSensors = place.sensors.some((sensor) => tellsOfPeople(sensor.reading.kind));
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
        !tellsOfPeople(reading.kind) || reading.measuredAt === undefined ? [] : [reading.measuredAt],
      );
      return {
        state: place.now.state,
        confidence: place.now.confidence,
        at: times.length === 0 ? null : toInstant(Math.max(...times)),
        sensors: readings.map((reading) => ({
          device: reading.device,
          kind: reading.kind,
          value: reading.value === undefined ? '' : String(reading.value),
          ...(reading.unit === undefined || reading.unit === null ? {} : { unit: reading.unit }),
          at: reading.measuredAt === undefined ? null : toInstant(reading.measuredAt),
          trust: trustOf(reading, readings, now),
        })),
        temperature: typeof warm?.value === 'number' ? warm.value : null,
      };
    },
    /** Gives a sensor to a place; the same id again moves it. From now on its reports count there [SE10]. */
    adopt: (id: string, sensor: AdoptedSensor): void => {
      letGo(id);
      const made: Sensor = { mapping: undefined, resource: sensor.resource, reading: unread(sensor) };
      adopted.set(id, made);
      placeOf(sensor.resource).sensors.push(made);
      judge([sensor.resource]);
      context.live.changed('resources');
    },
    letGo: (id: string): void => {
      letGo(id);
      context.live.changed('resources');
    },
    /** A value of an adopted sensor. `measuredAt` undefined = its age is not known [OC4]; `live` = the device spoke just now. */
    reported: (
      id: string,
      value: boolean | number,
      measuredAt: UnixMillis | undefined,
      live: boolean,
    ): void => {
      const sensor = adopted.get(id);
      if (sensor === undefined) return;
      const before = sensor.reading;
      take(sensor, value, measuredAt, live);
      // What is only shown needs no new judgement.
      if (tellsOfPeople(before.kind)) judge([sensor.resource]);
      else if (before.value !== value) context.live.changed('resources');
    },
    /** An adopted sensor cannot be reached: it counts as silent until it speaks. */
    gone: (id: string): void => {
      const sensor = adopted.get(id);
      if (sensor === undefined || !sensor.reading.available) return;
      sensor.reading = { ...sensor.reading, available: false, measuredAt: undefined };
      judge([sensor.resource]);
    },
    /** Sensors of the configuration, which staff see but do not move. */
    fixed: (): { readonly mapping: SensorMapping; readonly reading: Reading; readonly trust: Trust }[] => {
      const now = context.clock.now();
      return [...places.values()].flatMap((place) => {
        const readings = place.sensors.map((sensor) => sensor.reading);
        return place.sensors.flatMap(({ mapping, reading }) =>
          mapping === undefined ? [] : [{ mapping, reading, trust: trustOf(reading, readings, now) }],
        );
      });
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

function unread(sensor: Omit<AdoptedSensor, 'resource'>): Reading {
  return {
    device: sensor.device,
    kind: sensor.kind,
    unit: sensor.unit,
    silentAfterMs: sensor.silentAfterMs,
    stuckAfterMs: sensor.stuckAfterMs,
    value: undefined,
    measuredAt: undefined,
    changedAt: undefined,
    changes: [],
    available: true,
  };
}

export type OccupancyService = ReturnType<typeof createOccupancyService>;
