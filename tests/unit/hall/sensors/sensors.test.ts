import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ResourceView, SensorsView } from '../../../../contract/hall-api.ts';
import { createOccupancyService } from '../../../../hall/occupancy/occupancy.service.ts';
import { createSensorsService } from '../../../../hall/sensors/sensors.service.ts';
import { createSensorsStore, KEPT_MS, MINUTE_MS, sensorSql } from '../../../../hall/sensors/sensors.store.ts';
import { makeHall } from '../../../support/hall-context.ts';
import type { TestHall } from '../../../support/hall-context.ts';
import zigbee from '../../../vectors/zigbee2mqtt-devices.json' with { type: 'json' };

const NOW = Date.UTC(2026, 10, 24, 2);
const MINUTE = 60_000;
let closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
  closers = [];
});

function setUp(config: Record<string, unknown> = {}, file?: string) {
  const hall: TestHall = makeHall({ start: NOW, config, ...(file === undefined ? {} : { file }) });
  closers.push(() => {
    if (hall.store.db.open) hall.close();
  });
  for (const number of [1, 2])
    hall.feed('resource', {
      number,
      kind: 'badminton',
      name: { zh: `${String(number)} 号场`, en: `Court ${String(number)}` },
      unit: `court-${String(number)}`,
      opens: '08:00',
      closes: '21:00',
      slotMinutes: 60,
      daysAhead: 7,
      dailyMinutesPerMember: 120,
      checkInBefore: 15,
      checkInAfter: 15,
      cancelBefore: 30,
      bookable: true,
    });
  const occupancy = createOccupancyService(hall);
  const service = createSensorsService(hall, occupancy);
  const say = (topic: string, payload: unknown, retained = false): void =>
    service.listener.onForeign?.(
      topic,
      new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload)),
      retained,
    );
  const row = (id: string) => service.view().sensors.find((each) => each.id === id);
  return { hall, occupancy, service, say, row };
}

const PIR = 'homeassistant/binary_sensor/court1/pir/config';
const PIR_ID = 'ha/binary_sensor/court1/pir';
const pir = {
  name: 'PIR',
  dev_cla: 'motion',
  stat_t: 'tasmota/court1/pir',
  avty_t: 'tasmota/court1/lwt',
  dev: { ids: 'c1', name: 'Court 1' },
};
const TEMP = 'homeassistant/sensor/court1/t/config';
const TEMP_ID = 'ha/sensor/court1/t';
const temp = {
  name: 'T',
  dev_cla: 'humidity',
  unit_of_meas: '%',
  stat_t: 'tasmota/court1/air',
  val_tpl: '{{ value_json.h }}',
  dev: { ids: 'c1', name: 'Court 1' },
};

describe('found sensors', () => {
  test('[SE9] staff give a sensor to a place with one act, move it, and take it back; each is audited', () => {
    const { hall, service, say, row } = setUp();
    say(PIR, pir, true);
    expect(row(PIR_ID)).toMatchObject({ resource: null, state: 'never', quantity: 'presence', fixed: false });
    expect(service.place('ha/none', 1, 'wang').ok).toBe(false);
    expect(service.place(PIR_ID, 77, 'wang')).toMatchObject({ refusal: { code: 'resource-unknown' } });
    expect(service.place(PIR_ID, 1, 'wang')).toEqual({ ok: true, value: { before: null } });
    expect(row(PIR_ID)?.resource).toBe(1);
    expect(service.place(PIR_ID, 2, 'wang')).toEqual({ ok: true, value: { before: 1 } });
    // Undo is the same call with what was before.
    expect(service.place(PIR_ID, 1, 'wang')).toEqual({ ok: true, value: { before: 2 } });
    expect(service.place(PIR_ID, null, 'li')).toEqual({ ok: true, value: { before: 1 } });
    expect(service.place(PIR_ID, null, 'li').ok).toBe(false);
    const audited = hall.auditRows().filter((each) => each.action.startsWith('sensor.'));
    expect(audited.map((each) => [each.actor, each.action, each.detail])).toEqual([
      ['staff:wang', 'sensor.placed', '{"resource":1}'],
      ['staff:wang', 'sensor.placed', '{"before":1,"resource":2}'],
      ['staff:wang', 'sensor.placed', '{"before":2,"resource":1}'],
      ['staff:li', 'sensor.taken-away', '{"resource":1}'],
    ]);
  });

  test('[SE9] what staff decided outlives a restart, also before the sensor is announced again', () => {
    const dir = mkdtempSync(join(tmpdir(), 'sensors-'));
    closers.push(() => {
      rmSync(dir, { recursive: true, force: true });
    });
    const file = join(dir, 'hall.sqlite');
    const first = setUp({}, file);
    first.say(PIR, pir, true);
    first.service.place(PIR_ID, 1, 'wang');
    first.hall.close();
    const { occupancy, say, row } = setUp({}, file);
    expect(row(PIR_ID)).toMatchObject({ resource: 1, state: 'gone', device: 'Court 1', name: 'PIR' });
    expect(occupancy.measured(1)).toMatchObject({ state: 'unknown', hasSensors: true });
    say(PIR, pir, true);
    say('tasmota/court1/pir', 'ON');
    expect(row(PIR_ID)).toMatchObject({ resource: 1, state: 'fresh', value: true });
    expect(occupancy.measured(1).state).toBe('occupied');
  });

  test('[SE10] the place reacts at once: when a sensor comes, moves, and goes', () => {
    const { occupancy, service, say, hall } = setUp();
    say(PIR, pir, true);
    say('tasmota/court1/pir', 'OFF');
    expect(occupancy.measured(1).hasSensors).toBe(false);
    service.place(PIR_ID, 1, 'wang');
    // What it said before it was given to the place counts with its age.
    expect(occupancy.measured(1)).toMatchObject({ state: 'empty', hasSensors: true });
    say('tasmota/court1/pir', 'ON');
    expect(occupancy.measured(1).state).toBe('occupied');
    expect(hall.devices.occupancy.at(-1)).toMatchObject({ resource: 1, state: { state: 'occupied' } });
    service.place(PIR_ID, 2, 'wang');
    expect(occupancy.measured(1)).toMatchObject({ state: 'unknown', hasSensors: false });
    expect(occupancy.measured(2).state).toBe('occupied');
    service.place(PIR_ID, null, 'wang');
    expect(occupancy.measured(2)).toMatchObject({ state: 'unknown', hasSensors: false });
  });

  test('[SE10] a sensor of the configuration is shown as fixed and works beside found ones', () => {
    const { occupancy, service, say } = setUp({
      sensors: [
        { device: 'old', topic: 'zigbee2mqtt/old', kind: 'presence', property: 'occupancy', resource: 1 },
      ],
    });
    say(PIR, pir, true);
    service.place(PIR_ID, 1, 'wang');
    say('tasmota/court1/pir', 'OFF');
    expect(occupancy.measured(1).state).toBe('unknown');
    service.listener.onForeign?.('x', new Uint8Array());
    occupancy.listener.onForeign?.('zigbee2mqtt/old', new TextEncoder().encode('{"occupancy":false}'));
    expect(occupancy.measured(1)).toMatchObject({ state: 'empty', confidence: 0.9 });
    const fixed = service.view().sensors.find((each) => each.fixed);
    expect(fixed).toMatchObject({ id: 'config/old/presence', resource: 1, value: false, state: 'fresh' });
    expect(service.place('config/old/presence', 2, 'wang').ok).toBe(false);
  });

  test('[SE11] retained, unavailable, expired, withdrawn: no age until the sensor speaks again', () => {
    const { occupancy, service, say, row, hall } = setUp();
    say(PIR, { ...pir, exp_aft: 120 }, true);
    service.place(PIR_ID, 1, 'wang');
    say('tasmota/court1/pir', 'OFF', true);
    expect(row(PIR_ID)).toMatchObject({ value: false, at: null, state: 'silent' });
    expect(occupancy.measured(1).state).toBe('unknown');
    say('tasmota/court1/pir', 'OFF');
    expect(occupancy.measured(1).state).toBe('empty');
    say('tasmota/court1/lwt', 'offline', true);
    expect([row(PIR_ID)?.state, occupancy.measured(1).state]).toEqual(['offline', 'unknown']);
    say('tasmota/court1/lwt', 'online');
    expect([row(PIR_ID)?.state, occupancy.measured(1).state]).toEqual(['silent', 'unknown']);
    say('tasmota/court1/pir', 'OFF');
    expect([row(PIR_ID)?.state, occupancy.measured(1).state]).toEqual(['fresh', 'empty']);
    hall.clock.advance(120_001);
    expect([row(PIR_ID)?.state, occupancy.measured(1).state]).toEqual(['silent', 'unknown']);
    say('tasmota/court1/pir', 'OFF');
    say(PIR, '', true);
    expect([row(PIR_ID)?.state, occupancy.measured(1).state]).toEqual(['gone', 'unknown']);
    say('tasmota/court1/pir', 'OFF');
    expect(occupancy.measured(1).state).toBe('unknown');
    // Right after connecting a message may come out of the broker's queue.
    say(PIR, pir, true);
    service.listener.onConnected?.();
    say('tasmota/court1/pir', 'OFF');
    expect(occupancy.measured(1).state).toBe('unknown');
    hall.clock.advance(2_000);
    say('tasmota/court1/pir', 'OFF');
    expect(occupancy.measured(1).state).toBe('empty');
  });

  test('[SE11] a sensor that is announced as another quantity does not count in its old place', () => {
    const { occupancy, service, say } = setUp();
    say(PIR, pir, true);
    service.place(PIR_ID, 1, 'wang');
    say(PIR, { ...pir, dev_cla: 'smoke' }, true);
    say('tasmota/court1/pir', 'ON');
    expect(occupancy.measured(1).state).toBe('unknown');
  });

  test('[SE7] deeper values and the other meaning of yes are data of the configuration', () => {
    const { occupancy } = setUp({
      sensors: [
        {
          device: 'deep',
          topic: 'tasmota/x/SENSOR',
          kind: 'presence',
          property: 'x',
          path: ['PIR', 0, 'seen'],
          resource: 1,
        },
        {
          device: 'plain',
          topic: 'tasmota/y',
          kind: 'presence',
          property: 'x',
          path: [],
          resource: 2,
          invert: true,
        },
      ],
    });
    const say = (topic: string, payload: string): void =>
      occupancy.listener.onForeign?.(topic, new TextEncoder().encode(payload));
    say('tasmota/x/SENSOR', '{"x":true}');
    expect(occupancy.measured(1).state).toBe('unknown');
    say('tasmota/x/SENSOR', '{"PIR":[{"seen":true}]}');
    expect(occupancy.measured(1).state).toBe('occupied');
    say('tasmota/y', 'true');
    expect(occupancy.measured(2).state).toBe('empty');
    say('tasmota/y', 'false');
    expect(occupancy.measured(2).state).toBe('occupied');
    expect(occupancy.badPayloads()).toBe(0);
  });

  test('[SE14] what says nothing about people is shown with its unit and judges nothing', () => {
    const { occupancy, service, say, row } = setUp();
    say(TEMP, temp, true);
    service.place(TEMP_ID, 1, 'wang');
    say('tasmota/court1/air', '{"h":44.5}');
    expect(row(TEMP_ID)).toMatchObject({ value: 44.5, unit: '%', state: 'fresh' });
    const view = occupancy.view(1);
    expect(view.sensors).toEqual([
      expect.objectContaining({ kind: 'humidity', value: '44.5', unit: '%', trust: 'fresh' }),
    ]);
    expect(ResourceView.shape.occupancy.parse(view).sensors[0]?.unit).toBe('%');
    expect(occupancy.measured(1)).toMatchObject({ state: 'unknown', hasSensors: false });
  });

  test('[SE1] a bridge list of devices and its discovery of the same values are one line each; lost ones are listed', () => {
    const { service, say, row } = setUp();
    say('homeassistant/binary_sensor/0x00158d0000000001/occupancy/config', {
      device_class: 'occupancy',
      payload_on: true,
      payload_off: false,
      state_topic: 'zigbee2mqtt/court/1/presence',
      value_template: '{{ value_json.occupancy }}',
    });
    expect(service.view().sensors).toHaveLength(1);
    say('zigbee2mqtt/bridge/devices', zigbee.payload, true);
    const view = SensorsView.parse(service.view());
    expect(view.sensors).toHaveLength(zigbee.expected.length);
    expect(view.lost.length).toBe(zigbee.lost.length);
    expect(view.places.map((each) => each.number)).toEqual([1, 2]);
    say('zigbee2mqtt/court/1/presence', '{"occupancy":true,"battery":91}');
    expect(row('z2m/0x00158d0000000001/battery')?.value).toBe(91);
    say('zigbee2mqtt/bridge/devices', '[]', true);
    expect(service.view().sensors).toHaveLength(1);
    // A topic that no prefix of this hall covers would never be heard.
    say(PIR, { ...pir, stat_t: 'elsewhere/pir', avty_t: undefined });
    expect(service.view().lost).toMatchObject([{ id: PIR_ID, reason: 'not-heard', detail: 'elsewhere/pir' }]);
  });

  test('[SE1] prefixes of configured bridges are heard as well', () => {
    const { say, row } = setUp({ broker: { bridges: [{ id: 'esp', prefixes: ['court-lamp'] }] } });
    say(PIR, { ...pir, stat_t: 'court-lamp/binary_sensor/pir/state', avty_t: undefined });
    say('court-lamp/binary_sensor/pir/state', 'ON');
    expect(row(PIR_ID)?.value).toBe(true);
  });

  test('[SE12] newest wins, one sum a minute, written in groups; seven days are kept', () => {
    const { hall, service, say } = setUp();
    const stored = createSensorsStore(hall.store.db);
    say(TEMP, temp, true);
    service.start();
    const said = [40, 44, 41];
    for (const h of said) say('tasmota/court1/air', { h });
    expect(stored.last(TEMP_ID)).toBeUndefined();
    hall.clock.advance(1_000);
    expect(stored.last(TEMP_ID)).toEqual({ value: 41, at: NOW });
    // A late one with an older time of its own is part of its minute and not the newest.
    say('tasmota/court1/air', { h: 39, last_seen: NOW - 500 });
    hall.clock.advance(1_000);
    expect(stored.last(TEMP_ID)?.value).toBe(41);
    hall.clock.advance(MINUTE);
    say('tasmota/court1/air', { h: 50 });
    service.stop();
    const minute = NOW / MINUTE_MS;
    expect(stored.minutes(TEMP_ID, NOW - MINUTE)).toEqual([
      { minute: minute - 1, low: 39, high: 39, total: 39, count: 1 },
      { minute, low: 40, high: 44, total: 125, count: 3 },
      { minute: minute + 1, low: 50, high: 50, total: 50, count: 1 },
    ]);
    expect(stored.prune(NOW + KEPT_MS + MINUTE)).toBe(2);
    expect(stored.minutes(TEMP_ID, 0)).toHaveLength(1);
    expect(service.counts()).toMatchObject({ gathered: 5, failed: 0 });
    expect(hall.clock.timers()).toBe(0);
  });

  test('[SE12] when the disk refuses, nothing is lost and nothing counted twice', () => {
    const { hall, service, say } = setUp();
    const stored = createSensorsStore(hall.store.db);
    say(TEMP, temp, true);
    service.start();
    say('tasmota/court1/air', { h: 40 });
    hall.store.db.pragma('query_only = ON');
    hall.clock.advance(3_000);
    expect(service.counts().failed).toBe(3);
    say('tasmota/court1/air', { h: 42 });
    hall.store.db.pragma('query_only = OFF');
    hall.clock.advance(1_000);
    expect(stored.minutes(TEMP_ID, NOW)).toMatchObject([{ low: 40, high: 42, total: 82, count: 2 }]);
    service.stop();
  });

  test('[SE12] writes and look-ups of readings use the primary key', () => {
    const { hall } = setUp();
    const plan = (sql: string, ...values: unknown[]): string =>
      (hall.store.db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[])
        .map((each) => each.detail)
        .join('; ');
    expect(plan(sensorSql.last, 1, 1, 1, 1)).toContain('USING INTEGER PRIMARY KEY');
    expect(plan(sensorSql.prune, 1, 1)).toContain('USING PRIMARY KEY (sensor=? AND minute<?)');
    expect(plan(sensorSql.minutes, 1, 1)).toContain('USING PRIMARY KEY (sensor=? AND minute>?)');
  });

  test('[SE12] open pages are told together, ten times a second at most', () => {
    const { hall, say } = setUp();
    say(TEMP, temp, true);
    for (let index = 0; index < 500; index += 1) {
      say('tasmota/court1/air', { h: index % 100 });
      hall.clock.advance(2);
    }
    hall.clock.advance(100);
    const told = hall.messages.filter(
      ({ message }) => message.type === 'changed' && message.topics.includes('sensors'),
    ).length;
    expect(told).toBeGreaterThanOrEqual(9);
    expect(told).toBeLessThanOrEqual(12);
  });

  test('[SE3] nothing that is announced makes the hall send anything', () => {
    const { hall, service, say } = setUp();
    say('homeassistant/switch/x/config', { cmd_t: 'tasmota/x/cmnd', stat_t: 'tasmota/x/stat' });
    say(PIR, { ...pir, cmd_t: 'tasmota/court1/set' });
    service.place(PIR_ID, 1, 'wang');
    say('tasmota/court1/pir', 'ON');
    expect([hall.devices.sent, hall.devices.printed]).toEqual([[], []]);
    expect(new Set(hall.devices.occupancy.map((each) => each.resource))).toEqual(new Set([1]));
  });
});
