import type { SensorsView } from '../../contract/hall-api.ts';
import type { CancelTimer, Millis, UnixMillis } from '../../contract/ports.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import { toInstant } from '../../contract/time.ts';
import { defaultBridgePrefixes } from '../../contract/topics.ts';
import type { OccupancyService } from '../occupancy/occupancy.service.ts';
import type { DeviceListener, HallContext } from '../ports.ts';
import { parseDiscovery, parseDiscoveryTopic } from './discovery.rules.ts';
import { availabilitySaid, isHeard, joinAvailability, ownTime, readEntity } from './entity.rules.ts';
import type { Entity, Found } from './entity.rules.ts';
import { createGatherer } from './gatherer.ts';
import { createKnownBook } from './known.ts';
import type { Known } from './known.ts';
import { createSensorsStore } from './sensors.store.ts';
import type { PlaceRow } from './sensors.store.ts';
import { payloadOf } from './template.rules.ts';
import { parseBridgeDevices, ZIGBEE_BASE } from './zigbee.rules.ts';

/** After the link to the broker came up, a message without a time of its own may be an old one for this long. */
const SETTLE_MS: Millis = 2_000;
/** Pages hear of new values this often at most. */
const TELL_EVERY_MS: Millis = 100;
/** A reading is small; a bridge's list of a hundred devices is not. */
const LARGEST_READING = 64 * 1024;
const LARGEST_LIST = 4 * 1024 * 1024;

/** How long a word holds when the device does not say: one whose bridge watches it speaks at least hourly. */
const WATCHED_SILENT_MS: Millis = 65 * 60_000;
const SILENT_MS: Millis = 15 * 60_000;
const STUCK_MS: Millis = 6 * 3_600_000;

/**
 * Sensors that announce themselves on the bus: found, heard, stored, and given to places by staff. Never sends anything
 * to them. Discovery is kept by the broker, so what is known lives in memory; what staff decided lives in SQLite.
 */
export function createSensorsService(
  context: Pick<HallContext, 'clock' | 'config' | 'live' | 'log' | 'reference' | 'store'>,
  occupancy: Pick<OccupancyService, 'adopt' | 'letGo' | 'reported' | 'gone' | 'fixed'>,
) {
  const { clock, config, live, reference, store } = context;
  const rows = createSensorsStore(store.db);
  const gatherer = createGatherer(context, rows);
  const book = createKnownBook();
  const prefixes = [...defaultBridgePrefixes, ...config.broker.bridges.flatMap((each) => each.prefixes)];
  const devicesTopic = `${ZIGBEE_BASE}/bridge/devices`;
  const decoder = new TextDecoder();
  const placed = new Map<string, PlaceRow>();
  let connectedAt: UnixMillis | undefined;
  let cancelTell: CancelTimer | undefined;

  for (const row of rows.places()) take(row);

  function take(row: PlaceRow): void {
    placed.set(row.entity, row);
    occupancy.adopt(row.entity, {
      device: `${row.device} · ${row.name}`,
      kind: row.quantity,
      unit: row.unit,
      resource: row.resource,
      silentAfterMs: row.silentAfterMs,
      stuckAfterMs: STUCK_MS,
    });
    const known = book.get(row.entity);
    if (known?.value !== undefined) report(known, known.value, false);
  }

  function tellSoon(): void {
    cancelTell ??= clock.after(TELL_EVERY_MS, () => {
      cancelTell = undefined;
      live.changed('sensors');
    });
  }

  /** A sensor counts in its place only while it measures what staff saw when they gave it there. */
  function report(known: Known, value: boolean | number, spoke: boolean): void {
    const row = placed.get(known.entity.id);
    if (row?.quantity === known.entity.quantity)
      occupancy.reported(known.entity.id, value, known.measuredAt, spoke);
  }

  function announce(source: string, found: readonly Found[]): void {
    const heard = found.map((each): Found => {
      if (each.state !== 'usable' || isHeard(each.entity.topic, prefixes)) return each;
      const { id, device, name, topic } = each.entity;
      return { state: 'not-mapped', id, device, name, reason: { code: 'not-heard', detail: topic } };
    });
    for (const id of book.announce(source, heard).gone) occupancy.gone(id);
    tellSoon();
  }

  function heard(list: readonly Known[], text: string, maybeOld: boolean): void {
    const payload = payloadOf(text);
    const now = clock.now();
    const measuredAt = ownTime(payload, now) ?? (maybeOld ? undefined : now);
    for (const known of list) {
      const value = readEntity(known.entity, payload);
      if (value === undefined) continue;
      known.value = value;
      known.measuredAt = measuredAt;
      if (!maybeOld) known.available = true;
      if (measuredAt !== undefined) gatherer.add(known.entity.id, Number(value), measuredAt);
      if (placed.size > 0) report(known, value, !maybeOld);
    }
    tellSoon();
  }

  function said(list: readonly { known: Known; index: number }[], text: string): void {
    for (const { known, index } of list) {
      const { mode, topics } = known.entity.availability;
      const topic = topics[index];
      const word = topic === undefined ? undefined : availabilitySaid(topic, text);
      if (word === undefined) continue;
      known.said[index] = word;
      known.newest = word;
      const joined = joinAvailability(mode, known.said, known.newest);
      if (joined === undefined || joined === known.available) continue;
      known.available = joined;
      if (joined) continue;
      // Its return says that it can be reached, not what it measures: until it speaks its value has no age [SE11].
      known.measuredAt = undefined;
      occupancy.gone(known.entity.id);
    }
    tellSoon();
  }

  function onForeign(topic: string, payload: Uint8Array, retained: boolean): void {
    const readers = book.on(topic);
    const watchers = book.availableOn(topic);
    if (readers !== undefined || watchers !== undefined) {
      if (payload.length > LARGEST_READING) return;
      const text = decoder.decode(payload);
      const settling = connectedAt !== undefined && clock.now() - connectedAt < SETTLE_MS;
      if (readers !== undefined) heard(readers, text, retained || settling);
      if (watchers !== undefined) said(watchers, text);
    }
    if (topic === devicesTopic) {
      if (payload.length > LARGEST_LIST) return;
      const found = parseBridgeDevices(decoder.decode(payload));
      if (found !== undefined) announce(topic, found);
      return;
    }
    const named = parseDiscoveryTopic(topic);
    if (named !== undefined && payload.length <= LARGEST_READING)
      announce(topic, parseDiscovery(named, decoder.decode(payload)));
  }

  function stateOf(known: Known, now: UnixMillis): SensorsView['sensors'][number]['state'] {
    if (!known.available) return 'offline';
    if (known.value === undefined) return 'never';
    return known.measuredAt === undefined || now - known.measuredAt > silentAfter(known.entity)
      ? 'silent'
      : 'fresh';
  }

  const listener: DeviceListener = {
    onForeign: (topic, payload, retained) => {
      onForeign(topic, payload, retained === true);
    },
    onConnected: () => {
      connectedAt = clock.now();
    },
  };

  return {
    listener,
    start: (): void => {
      gatherer.start();
    },
    stop: (): void => {
      cancelTell?.();
      cancelTell = undefined;
      gatherer.stop();
    },
    counts: () => ({ ...gatherer.counts(), dropped: book.dropped() }),
    view: (): SensorsView => {
      const now = clock.now();
      const native = new Set(
        [...book.all()]
          .filter(({ entity }) => entity.source === 'zigbee2mqtt')
          .map(({ entity }) => wire(entity)),
      );
      const shown = [...book.all()].filter(
        // The same property announced by the bridge itself is one sensor, not two; what staff gave to a place stays.
        ({ entity }) => entity.source === 'zigbee2mqtt' || placed.has(entity.id) || !native.has(wire(entity)),
      );
      const found = shown.map((known): SensorsView['sensors'][number] => ({
        id: known.entity.id,
        source: known.entity.source,
        device: known.entity.device,
        name: known.entity.name,
        model: known.entity.model,
        quantity: known.entity.quantity,
        unit: known.entity.unit,
        value: known.value ?? null,
        at: known.measuredAt === undefined ? null : toInstant(known.measuredAt),
        state: stateOf(known, now),
        resource: placed.get(known.entity.id)?.resource ?? null,
        fixed: false,
      }));
      const missing = [...placed.values()]
        .filter((row) => book.get(row.entity) === undefined)
        .map((row): SensorsView['sensors'][number] => {
          const last = rows.last(row.entity);
          return {
            id: row.entity,
            source: row.entity.startsWith('z2m/') ? 'zigbee2mqtt' : 'discovery',
            device: row.device,
            name: row.name,
            model: null,
            quantity: row.quantity,
            unit: row.unit,
            value: null,
            at: last?.at === undefined || last.at === null ? null : toInstant(last.at),
            state: 'gone',
            resource: row.resource,
            fixed: false,
          };
        });
      const fixed = occupancy.fixed().map(({ mapping, reading, trust }): SensorsView['sensors'][number] => ({
        id: `config/${mapping.device}/${mapping.kind}`,
        source: 'config',
        device: mapping.device,
        name: mapping.property,
        model: null,
        quantity: mapping.kind,
        unit: reading.unit ?? null,
        value: reading.value ?? null,
        at: reading.measuredAt === undefined ? null : toInstant(reading.measuredAt),
        state: !reading.available ? 'offline' : reading.value === undefined ? 'never' : trust,
        resource: mapping.resource,
        fixed: true,
      }));
      return {
        now: toInstant(now),
        sensors: [...found, ...missing, ...fixed].sort(
          (a, b) => a.device.localeCompare(b.device) || a.name.localeCompare(b.name),
        ),
        lost: [...book.lost()]
          .map(({ id, device, name, state, reason }) => ({
            id,
            device,
            name,
            state,
            reason: reason.code,
            detail: reason.detail,
          }))
          .sort((a, b) => a.device.localeCompare(b.device) || a.name.localeCompare(b.name)),
        places: reference.all('resource').map(({ number, name }) => ({ number, name })),
      };
    },
    /** Gives a sensor to a place, or takes it away; the answer names the place before, which undoes it [SE9]. */
    place: (id: string, resource: number | null, staff: string): Result<{ before: number | null }> => {
      const row = placed.get(id);
      const before = row?.resource ?? null;
      if (resource === null) {
        if (row === undefined) return refused('not-found');
        store.transaction((tx) => {
          rows.remove(id);
          tx.audit({
            actor: `staff:${staff}`,
            action: 'sensor.taken-away',
            subject: id,
            detail: { resource: row.resource },
          });
          return undefined;
        });
        placed.delete(id);
        occupancy.letGo(id);
      } else {
        if (!reference.all('resource').some((each) => each.number === resource))
          return refused('resource-unknown');
        const entity = book.get(id)?.entity;
        const base = entity === undefined ? row : describe(entity);
        if (base === undefined) return refused('not-found');
        const next: PlaceRow = { ...base, resource, at: toInstant(clock.now()), by: staff };
        store.transaction((tx) => {
          rows.put(next);
          tx.audit({
            actor: `staff:${staff}`,
            action: 'sensor.placed',
            subject: id,
            detail: { resource, ...(before === null ? {} : { before }) },
          });
          return undefined;
        });
        take(next);
      }
      live.changed('sensors', 'resources');
      return accepted({ before });
    },
  };
}

export type SensorsService = ReturnType<typeof createSensorsService>;

function describe(entity: Entity): Omit<PlaceRow, 'resource' | 'at' | 'by'> {
  const { id, device, name, quantity, unit } = entity;
  return { entity: id, device, name, quantity, unit, silentAfterMs: silentAfter(entity) };
}

function silentAfter(entity: Entity): Millis {
  return entity.expireAfterMs ?? (entity.availability.topics.length > 0 ? WATCHED_SILENT_MS : SILENT_MS);
}

/** Topic and property: what makes two announcements speak of one value. */
function wire({ topic, template }: Entity): string {
  return `${topic}\n${JSON.stringify(template)}`;
}
