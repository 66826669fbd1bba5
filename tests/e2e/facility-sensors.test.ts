import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ResourceView } from '../../contract/hall-api.ts';
import { hallRoutes } from '../../contract/hall-api.ts';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import { enterKiosk } from '../../simulators/people/visitor.ts';
import type { KioskVisitor } from '../../simulators/people/visitor.ts';
import { startHouse } from '../../tools/house/house.ts';
import type { House } from '../../tools/house/house.ts';
import { hasMosquitto, publishOnce } from '../support/mosquitto.ts';
import { seedDesk } from '../support/seed-desk.ts';

/** Zigbee2MQTT payloads, written by mosquitto_pub, become what a kiosk of a real hall process says about a place. */

const SILENT_AFTER = 4_000;
const STUCK_AFTER = 2_000;
let dir = '';
let house: House;
let kiosk: KioskVisitor;

const mapping = (court: number, name: string, kind: 'presence' | 'contact' | 'temperature') => ({
  device: `court-${String(court)}-${name}`,
  topic: `zigbee2mqtt/court/${String(court)}/${name}`,
  kind,
  property: kind === 'presence' ? 'occupancy' : kind,
  resource: court,
});

async function say(court: number, name: string, payload: string, more: readonly string[] = []) {
  const who = { id: 'zigbee', user: 'zigbee', secret: house.secret('zigbee') };
  const sent = await publishOnce(
    house.mqttPort,
    who,
    `zigbee2mqtt/court/${String(court)}/${name}`,
    payload,
    more,
  );
  expect(sent.code, sent.out).toBe(0);
}

async function court(number: number): Promise<ResourceView> {
  const { resources } = await expectOk(kiosk.api.call('resources', {}));
  const found = resources.find((each) => each.resource.number === number);
  if (found === undefined) throw new Error(`no court ${String(number)}`);
  return found;
}

async function until(
  what: string,
  number: number,
  holds: (view: ResourceView) => boolean,
): Promise<ResourceView> {
  const end = systemClock.monotonic() + 15_000;
  for (;;) {
    const seen = await court(number);
    if (holds(seen)) return seen;
    if (systemClock.monotonic() > end) throw new Error(`not seen: ${what}; last ${JSON.stringify(seen)}`);
    await sleep(systemClock, 100);
  }
}

beforeAll(async () => {
  if (!hasMosquitto) return;
  dir = mkdtempSync(join(tmpdir(), 'facility-sensors-'));
  house = await startHouse({
    dir,
    withCentral: false,
    hall: {
      sensors: [
        mapping(1, 'presence', 'presence'),
        mapping(1, 'door', 'contact'),
        mapping(1, 'climate', 'temperature'),
        { ...mapping(2, 'presence', 'presence'), silentAfterMs: SILENT_AFTER },
        { ...mapping(3, 'north', 'presence'), stuckAfterMs: STUCK_AFTER },
        mapping(3, 'south', 'presence'),
        mapping(4, 'presence', 'presence'),
        mapping(5, 'presence', 'presence'),
      ],
    },
  });
  await house.stopHall();
  seedDesk(house.dataDir);
  await house.startHall();
  const demo = await expectOk(createApiClient(house.hallUrl, hallRoutes).call('demo', {}));
  const code = demo.kiosks.find((each) => each.kiosk === 'kiosk-1')?.code ?? '';
  kiosk = await enterKiosk(house.hallUrl, code, systemClock);
  // What arrives right after the hall connected to the broker has no age that could be trusted [OC4].
  await sleep(systemClock, 2_500);
}, 60_000);

afterAll(async () => {
  if (!hasMosquitto) return;
  await house.stop();
  rmSync(dir, { recursive: true, force: true });
}, 30_000);

describe.skipIf(!hasMosquitto)('sensors of a place, over real MQTT', () => {
  test('[OC1] [OC5] presence, door and temperature: each says what it measures and no more', async () => {
    expect((await court(1)).occupancy.state).toBe('unknown');
    await say(1, 'door', '{"contact":false,"battery":80}');
    const doorOnly = await until('the open door', 1, ({ occupancy }) =>
      occupancy.sensors.some((each) => each.kind === 'contact' && each.value === 'false'),
    );
    expect(doorOnly.occupancy.state).toBe('unknown');

    await say(1, 'presence', '{"occupancy":true,"linkquality":120}');
    await until('occupied', 1, ({ occupancy }) => occupancy.state === 'occupied');
    await say(1, 'presence', '{"occupancy":false}');
    const empty = await until('empty', 1, ({ occupancy }) => occupancy.state === 'empty');
    expect(empty.occupancy.confidence).toBeGreaterThanOrEqual(0.8);
    expect(empty.occupancy.sensors.map((each) => [each.kind, each.value, each.trust])).toEqual([
      ['presence', 'false', 'fresh'],
      ['contact', 'false', 'fresh'],
      ['temperature', '', 'silent'],
    ]);
    expect(empty.temperature).toBeNull();
    await say(1, 'climate', '{"temperature":21.5,"humidity":40}');
    expect((await until('21.5 °C', 1, ({ temperature }) => temperature !== null)).temperature).toBe(21.5);
  });

  test('[OC2] a sensor that falls silent makes the place unknown, never empty', async () => {
    await say(2, 'presence', '{"occupancy":false}');
    await until('empty', 2, ({ occupancy }) => occupancy.state === 'empty');
    const silent = await until('silent', 2, ({ occupancy }) => occupancy.state !== 'empty');
    expect(silent.occupancy.state).toBe('unknown');
    expect(silent.occupancy.sensors[0]?.trust).toBe('silent');
    expect(systemClock.now() - Date.parse(silent.occupancy.at ?? '')).toBeGreaterThan(SILENT_AFTER);
    expect(silent.free).not.toBe('free');
  });

  test('[OC3] one that never changes while its neighbour does is stuck, and counts like a silent one', async () => {
    await say(3, 'north', '{"occupancy":false}');
    await say(3, 'south', '{"occupancy":false}');
    await until('empty', 3, ({ occupancy }) => occupancy.state === 'empty');
    await sleep(systemClock, STUCK_AFTER);
    for (const occupancy of [true, false]) await say(3, 'south', JSON.stringify({ occupancy }));
    const stuck = await until('stuck', 3, ({ occupancy }) =>
      occupancy.sensors.some((each) => each.device === 'court-3-north' && each.trust === 'stuck'),
    );
    expect(stuck.occupancy.state).toBe('unknown');
  });

  test('[OC6] availability in both forms, and a bridge that is gone', async () => {
    const report = () => say(4, 'presence', '{"occupancy":false}');
    for (const gone of ['offline', '{"state":"offline"}']) {
      await report();
      await until('empty', 4, ({ occupancy }) => occupancy.state === 'empty');
      await say(4, 'presence/availability', gone, ['-r']);
      await until(gone, 4, ({ occupancy }) => occupancy.state === 'unknown');
    }
    await say(4, 'presence/availability', '{"state":"online"}', ['-r']);
    await report();
    await until('empty', 4, ({ occupancy }) => occupancy.state === 'empty');
    const who = { id: 'zigbee', user: 'zigbee', secret: house.secret('zigbee') };
    await publishOnce(house.mqttPort, who, 'zigbee2mqtt/bridge/state', '{"state":"offline"}', ['-r']);
    await until('the bridge gone', 4, ({ occupancy }) => occupancy.state === 'unknown');
    // Its return says nothing about each device; each must speak.
    await publishOnce(house.mqttPort, who, 'zigbee2mqtt/bridge/state', '{"state":"online"}', ['-r']);
    await sleep(systemClock, 300);
    expect((await court(4)).occupancy.state).toBe('unknown');
    await report();
    await until('empty', 4, ({ occupancy }) => occupancy.state === 'empty');
  });

  test('[OC1] noise instead of a payload changes nothing, and a stranger is not heard', async () => {
    await say(5, 'presence', '{"occupancy":true}');
    const before = await until('occupied', 5, ({ occupancy }) => occupancy.state === 'occupied');
    for (const payload of [
      '',
      '{"occupancy":',
      '[false]',
      '{"occupancy":"false"}',
      '{"occupancy":0}',
      'null',
      '{}',
    ])
      await say(5, 'presence', payload);
    const topic = 'zigbee2mqtt/court/5/presence';
    for (const who of [
      { id: 'zigbee', user: 'zigbee', secret: 'not-it' },
      { id: 'stranger' },
      { id: 'scanner-1', user: 'scanner-1', secret: house.secret('scanner-1') },
    ])
      await publishOnce(house.mqttPort, who, topic, '{"occupancy":false}');
    await sleep(systemClock, 500);
    const after = await court(5);
    expect(after.occupancy.state).toBe('occupied');
    expect(after.occupancy.sensors).toEqual(before.occupancy.sensors);
    await say(5, 'presence', '{"occupancy":false}');
    await until('empty', 5, ({ occupancy }) => occupancy.state === 'empty');
  });
});
