import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SensorsView } from '../../contract/hall-api.ts';
import { hallRoutes } from '../../contract/hall-api.ts';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import { DEMO_STAFF } from '../../tools/house/demo-configs.ts';
import { startHouse } from '../../tools/house/house.ts';
import type { House } from '../../tools/house/house.ts';
import { hasMosquitto, listen, listenFor, publishOnce } from '../support/mosquitto.ts';
import type { Listener } from '../support/mosquitto.ts';
import { seedDesk } from '../support/seed-desk.ts';
import zigbee from '../vectors/zigbee2mqtt-devices.json' with { type: 'json' };

/** Independent MQTT clients announce sensors to a real hall process, and hear what the hall announces about itself. */

let dir = '';
const listeners: Listener[] = [];
let house: House;
let staff: ReturnType<typeof client>;
const client = () => createApiClient(house.hallUrl, hallRoutes);

const bridges = [
  { id: 'zigbee', prefixes: ['zigbee2mqtt', 'homeassistant'] },
  { id: 'home', prefixes: ['homeassistant'] },
  { id: 'lamp', prefixes: ['court-lamp', 'homeassistant'] },
];
const who = (id: string) => ({ id, user: id, secret: house.secret(id) });

async function say(id: string, topic: string, payload: string, more: readonly string[] = []): Promise<void> {
  const sent = await publishOnce(house.mqttPort, who(id), topic, payload, more);
  expect(sent.code, sent.out).toBe(0);
}

async function until(what: string, holds: (view: SensorsView) => boolean): Promise<SensorsView> {
  const end = systemClock.monotonic() + 15_000;
  for (;;) {
    const view = await expectOk(staff.call('sensors', {}));
    if (holds(view)) return view;
    if (systemClock.monotonic() > end)
      throw new Error(`not seen: ${what}; last ${JSON.stringify(view).slice(0, 2000)}`);
    await sleep(systemClock, 100);
  }
}

async function signIn(): Promise<void> {
  staff = client();
  await expectOk(staff.call('signIn', { body: { name: DEMO_STAFF.name, password: DEMO_STAFF.password } }));
}

const place = (view: Awaited<ReturnType<typeof resources>>, number: number) =>
  view.find((each) => each.resource.number === number);
async function resources() {
  return (await expectOk(staff.call('resources', {}))).resources;
}

beforeAll(async () => {
  if (!hasMosquitto) return;
  dir = mkdtempSync(join(tmpdir(), 'found-sensors-'));
  house = await startHouse({ dir, withCentral: false, hall: { sensors: [], broker: { port: 0, bridges } } });
  await house.stopHall();
  seedDesk(house.dataDir);
  await house.startHall();
  await signIn();
  await sleep(systemClock, 2_500);
}, 60_000);

afterAll(async () => {
  if (!hasMosquitto) return;
  for (const each of listeners) await each.stop('SIGKILL');
  await house.stop();
  rmSync(dir, { recursive: true, force: true });
}, 30_000);

describe.skipIf(!hasMosquitto)('found sensors, over real MQTT', () => {
  test('[SE1] [SE6] [SE9] [SE10] a bridge tells of its devices; one is given to a place and counts at once, and after a restart', async () => {
    await say('zigbee', 'zigbee2mqtt/bridge/devices', JSON.stringify(zigbee.payload), ['-r']);
    await until('the list', (view) => view.sensors.length === zigbee.expected.length);
    const id = 'z2m/0x00158d0000000001/occupancy';
    await say('zigbee', 'zigbee2mqtt/court/1/presence', '{"occupancy":true,"battery":90}');
    await until('its value', (view) => view.sensors.some((each) => each.id === id && each.value === true));
    expect(place(await resources(), 1)?.occupancy.state).toBe('unknown');
    expect(await expectOk(staff.call('placeSensor', { body: { id, resource: 1 } }))).toEqual({
      before: null,
    });
    expect(place(await resources(), 1)?.occupancy.state).toBe('occupied');
    await house.stopHall();
    await house.startHall();
    await signIn();
    await sleep(systemClock, 2_500);
    await say('zigbee', 'zigbee2mqtt/court/1/presence', '{"occupancy":false}');
    await until('its place', (view) => view.sensors.some((each) => each.id === id && each.value === false));
    expect(place(await resources(), 1)?.occupancy.state).toBe('empty');
    await say('zigbee', 'zigbee2mqtt/bridge/state', '{"state":"offline"}', ['-r']);
    await until('offline', (view) => view.sensors.some((each) => each.id === id && each.state === 'offline'));
    expect(place(await resources(), 1)?.occupancy.state).toBe('unknown');
  });

  test('[SE1] [SE3] [SE11] discovery of another project under a prefix of its own; one that names our topics is refused', async () => {
    const config = {
      name: 'PIR',
      dev_cla: 'motion',
      stat_t: 'court-lamp/binary_sensor/pir/state',
      avty_t: 'court-lamp/status',
      dev: { ids: 'a4', name: 'court-lamp' },
    };
    const topic = 'homeassistant/binary_sensor/court-lamp/pir/config';
    await say('lamp', topic, JSON.stringify(config), ['-r']);
    await say(
      'lamp',
      'homeassistant/binary_sensor/court-lamp/bad/config',
      JSON.stringify({ ...config, stat_t: 'hall/1/occupancy/1' }),
      ['-r'],
    );
    const view = await until('refused', ({ lost }) =>
      lost.some((each) => each.state === 'refused' && each.detail.includes('hall/1/')),
    );
    expect(view.sensors.some((each) => each.id === 'ha/binary_sensor/court-lamp/pir')).toBe(true);
    await say('lamp', 'court-lamp/binary_sensor/pir/state', 'ON');
    await until('ON', ({ sensors }) =>
      sensors.some((each) => each.device === 'court-lamp' && each.value === true && each.state === 'fresh'),
    );
    await say('lamp', 'court-lamp/status', 'offline', ['-r']);
    await until('offline', ({ sensors }) =>
      sensors.some((each) => each.device === 'court-lamp' && each.state === 'offline'),
    );
    await say('lamp', topic, '', ['-r']);
    await until('taken back', ({ sensors }) => sensors.every((each) => each.device !== 'court-lamp'));
  });

  test('[SE21] [SE22] [SE23] a smart-home system hears doors, places and kiosks, and can operate nothing', async () => {
    const filters = ['homeassistant/#'];
    const home = await listen(house.mqttPort, who('home'), filters);
    listeners.push(home);
    const node = 'homeassistant/binary_sensor/unionhall-1';
    await home.heard('homeassistant/unionhall-1/availability online 1');
    await home.heard(`${node}/device-bank-a/state ON 1`);
    await home.heard(`${node}/door-12/state OFF 1`);
    const topics = new Set(home.lines.map((line) => line.split(' ')[0] ?? ''));
    expect([...topics].filter((topic) => /\/(lock|switch|button|cover)\//.test(topic))).toEqual([]);
    const configs = home.lines.filter((line) => line.includes('/unionhall-1/') && line.includes('/config '));
    expect(configs.length).toBeGreaterThan(20);
    for (const line of configs) expect(line).not.toMatch(/command_topic|cmd_t|member|phone/);
    // The place of the first test has a sensor and is announced; places without one are not.
    expect(topics.has(`${node}/place-1/config`)).toBe(true);
    expect(topics.has(`${node}/place-2/config`)).toBe(false);

    const before = home.lines.length;
    await say('home', 'homeassistant/status', 'online');
    const end = systemClock.monotonic() + 8_000;
    while (home.lines.slice(before).filter((line) => line.includes('/config ')).length < configs.length) {
      if (systemClock.monotonic() > end) throw new Error('not announced again');
      await sleep(systemClock, 50);
    }
    await expectOk(
      staff.call('placeSensor', { body: { id: 'z2m/0x00158d0000000001/occupancy', resource: null } }),
    );
    await home.stop();
    // Taken back: nothing is retained any more.
    const gone = systemClock.monotonic() + 8_000;
    for (;;) {
      const left = await listenFor(house.mqttPort, who('home'), [`${node}/place-1/config`], 1);
      if (!left.out.includes('place-1')) break;
      if (systemClock.monotonic() > gone) throw new Error('place 1 is still announced');
    }
  });

  test('[SE12] readings are in the database', async () => {
    await say('zigbee', 'zigbee2mqtt/climate 3F', '{"temperature":21.5,"humidity":40}');
    await sleep(systemClock, 1_500);
    const db = new Sqlite(join(house.dataDir, 'hall.sqlite'), { readonly: true });
    const row = db
      .prepare("SELECT value FROM sensor_last WHERE entity = 'z2m/0x00158d0000000004/temperature'")
      .pluck()
      .get();
    db.close();
    expect(row).toBe(21.5);
  });
});
