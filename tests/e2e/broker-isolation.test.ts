import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBroker } from '../../broker/broker.ts';
import type { Broker } from '../../broker/broker.ts';
import { sleep } from '../../contract/ports.ts';
import { accessTable } from '../../contract/topics.ts';
import { systemClock, systemIds, systemRandom } from '../../platform/system.ts';
import { hasMosquitto, listen, listenFor, publishOnce } from '../support/mosquitto.ts';
import type { Identity, Listener } from '../support/mosquitto.ts';

/** The broker on a real file and socket. Who attacks and who is attacked is Debian's mosquitto, not a line of ours. */
const own = (device: string, channel: string): string => `hall/7/dev/${device}/${channel}`;
const DEVICE_SAYS = ['state', 'event', 'outcome', 'availability'] as const;

let folder: string;
let broker: Broker;
let hall: MqttClient;
let atHall: string[];
let victim: Identity;
let listeners: Listener[];

async function device(id: string): Promise<Identity> {
  return { id, user: id, secret: await broker.issue(id, { kind: 'device', device: id }) };
}

async function observe(who: Identity, filters: readonly string[]): Promise<Listener> {
  const listener = await listen(broker.port, who, filters);
  listeners.push(listener);
  return listener;
}

async function until(holds: () => boolean): Promise<void> {
  const end = systemClock.monotonic() + 8_000;
  while (!holds()) {
    if (systemClock.monotonic() > end)
      throw new Error(`it did not come to hold; hall heard ${String(atHall)}`);
    await sleep(systemClock, 5);
  }
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broker-isolation-'));
  listeners = [];
  atHall = [];
  broker = await startBroker({
    config: { hall: 7, dataDir: folder, host: '127.0.0.1', port: 0 },
    clock: systemClock,
    random: systemRandom,
    ids: systemIds,
    log: () => undefined,
  });
  const password = await broker.issue('hall', { kind: 'hall' });
  hall = new MqttClient(() => createConnection({ host: '127.0.0.1', port: broker.port }), {
    clientId: 'hall',
    username: 'hall',
    password,
    protocolVersion: 4,
    reconnectPeriod: 0,
  });
  hall.on('message', (topic, payload) => atHall.push(`${topic} ${payload.toString()}`));
  await hall.subscribeAsync([...accessTable(7, { kind: 'hall' }).subscribe], { qos: 1 });
  victim = await device('bank-2');
});
afterEach(async () => {
  for (const listener of listeners) await listener.stop();
  await hall.endAsync(true);
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!hasMosquitto)('one credential cannot reach the topics of another', () => {
  test('[BR5] [BR6] [BR8] writing: nothing outside its own topics arrives anywhere, live or retained', async () => {
    const atVictim = await observe(victim, [own('bank-2', 'cmd'), 'hall/7/time']);
    const attacks: [string, ...string[]][] = [
      ...DEVICE_SAYS.map((channel): [string] => [own('bank-2', channel)]),
      [own('bank-2', 'state'), '-r'],
      [own('bank-2', 'availability'), '-r'],
      [own('bank-2', 'cmd')],
      [own('bank-2', 'cmd'), '-r'],
      ['hall/7/time'],
      ['hall/7/time', '-r'],
      ['hall/7/occupancy/1', '-r'],
      ['hall/8/dev/bank-2/state'],
      ['homeassistant/lock/x/config', '-r'],
      ['zigbee2mqtt/bridge/request/permit_join'],
      ['$SYS/evil'],
    ];
    for (const [index, [topic, ...more]] of attacks.entries()) {
      const evil = await device(`evil-${String(index)}`);
      const ended = await publishOnce(broker.port, evil, topic, 'EVIL', more);
      expect(ended.code, `${topic} ${more.join(' ')}: ${ended.out}`).not.toBe(0);
    }
    // Its own commands are not its own to say; what it may say live it may not leave behind.
    for (const channel of ['cmd', 'event', 'outcome']) {
      const evil = await device(`self-${channel}`);
      const ended = await publishOnce(broker.port, evil, own(evil.id, channel), 'EVIL', ['-r']);
      expect(ended.code, ended.out).not.toBe(0);
    }

    // Those who may are heard by the same observers: the silence above is not deafness.
    const good = await device('good');
    for (const channel of DEVICE_SAYS) {
      expect((await publishOnce(broker.port, good, own('good', channel), 'mine')).code).toBe(0);
    }
    await hall.publishAsync(own('bank-2', 'cmd'), 'from-hall', { qos: 1 });
    await atVictim.heard(`${own('bank-2', 'cmd')} from-hall 0`);
    await until(() => DEVICE_SAYS.every((channel) => atHall.includes(`${own('good', channel)} mine`)));
    expect(atVictim.lines).toEqual([`${own('bank-2', 'cmd')} from-hall 0`]);
    expect(atHall.filter((line) => line.endsWith('EVIL'))).toEqual([]);
    // Nothing was left behind for whoever subscribes next.
    const later = await listenFor(broker.port, victim, [own('bank-2', 'cmd'), 'hall/7/time'], 1);
    expect(later.out).not.toContain('EVIL');
    const heardBefore = atHall.length;
    await hall.subscribeAsync([...accessTable(7, { kind: 'hall' }).subscribe], { qos: 1 });
    await hall.publishAsync('homeassistant/end', 'end', { qos: 1 });
    await until(() => atHall.includes('homeassistant/end end'));
    expect(atHall.slice(heardBefore).filter((line) => line.endsWith('EVIL'))).toEqual([]);
  });

  test('[BR3] [BR8] reading: every wider or foreign filter gets 0x80 and hears nothing, retained or live', async () => {
    await publishOnce(broker.port, victim, own('bank-2', 'state'), 'SECRET', ['-r']);
    await hall.publishAsync('hall/7/occupancy/1', 'SECRET', { qos: 1, retain: true });
    const spy = await device('bank-1');
    const filters = [
      '#',
      '+/#',
      '+/+/+/+/+',
      '$SYS/#',
      'hall/#',
      'hall/+/time',
      'hall/8/time',
      'hall/7/dev/#',
      'hall/7/dev/+/cmd',
      'hall/+/dev/bank-1/cmd',
      'hall/7/dev/bank-1/+',
      'hall/7/dev/bank-1/#',
      'hall/7/dev/bank-1/state',
      ...[...DEVICE_SAYS, 'cmd'].map((channel) => own('bank-2', channel)),
      'hall/7/occupancy/+',
      'homeassistant/#',
      'zigbee2mqtt/#',
      '$share/all/hall/7/dev/+/cmd',
    ];
    const spying = listenFor(broker.port, spy, [...filters, own('bank-1', 'cmd')], 2, ['-d']);
    await until(() => broker.counters().deniedSubscribeBy['not-granted'] !== undefined);
    await sleep(systemClock, 300);
    await publishOnce(broker.port, victim, own('bank-2', 'event'), 'SECRET');
    await hall.publishAsync(own('bank-2', 'cmd'), 'SECRET', { qos: 1 });
    await hall.publishAsync('hall/7/time', 'SECRET');
    await hall.publishAsync(own('bank-1', 'cmd'), 'for-you', { qos: 1 });
    const { out } = await spying;
    expect(out).toContain(`${own('bank-1', 'cmd')} for-you 0`);
    expect(out).not.toContain('SECRET');
    // One SUBACK names them all: 128 for each but the last.
    const granted = /Subscribed \(mid: \d+\): (.*)/.exec(out)?.[1]?.split(', ') ?? [];
    expect(granted).toEqual([...filters.map(() => '128'), '1']);
    await until(() => atHall.includes(`${own('bank-2', 'event')} SECRET`));
  });

  test('[BR4] [BR3] a stored session holds no denied filter, and is cut to the rights of today when it returns', async () => {
    const bridge = { id: 'bridge', user: 'bridge' };
    let secret = await broker.issue('bridge', { kind: 'bridge', prefixes: ['zigbee2mqtt'] });
    const stored = ['-c', '-d'];
    const first = await listenFor(broker.port, { ...bridge, secret }, ['#', 'zigbee2mqtt/#'], 1, stored);
    expect(first.out).toContain('128, 1');
    // Positive control: the session keeps what it may hear while it is away.
    const talker = { id: 'talker', user: 'talker' };
    const talkerSecret = await broker.issue('talker', {
      kind: 'bridge',
      prefixes: ['zigbee2mqtt', 'tasmota'],
    });
    const say = (topic: string, payload: string): ReturnType<typeof publishOnce> =>
      publishOnce(broker.port, { ...talker, secret: talkerSecret }, topic, payload);
    await say('zigbee2mqtt/a', 'one');
    await say('tasmota/a', 'SECRET');
    const second = await listenFor(broker.port, { ...bridge, secret }, ['zigbee2mqtt/b'], 1, stored);
    expect(second.out).toContain('zigbee2mqtt/a one 0');
    expect(second.out).not.toContain('SECRET');
    // Queued under the old rights, delivered under the new: nothing.
    await say('zigbee2mqtt/a', 'SECRET');
    secret = await broker.issue('bridge', { kind: 'bridge', prefixes: ['tasmota'] });
    const third = await listenFor(broker.port, { ...bridge, secret }, ['tasmota/b'], 1, stored);
    expect(third.out).toMatch(/Subscribed \(mid: \d+\): 1/);
    expect(third.out).not.toContain('SECRET');
  });

  test('[BR1] no user name, an unknown one, a wrong secret, a name that is not its own: refused by code', async () => {
    const topic = own('bank-2', 'state');
    const refused = async (who: Identity): Promise<string> => {
      const { code, out } = await publishOnce(broker.port, who, topic, 'EVIL');
      expect(code).not.toBe(0);
      return out;
    };
    expect(await refused({ id: 'bank-2' })).toMatch(/identifier rejected/);
    expect(await refused({ id: 'bank-2', user: 'bank-2' })).toMatch(/bad user name or password/);
    expect(await refused({ ...victim, secret: 'wrong' })).toMatch(/bad user name or password/);
    expect(await refused({ id: 'nobody', user: 'nobody', secret: 'x' })).toMatch(/bad user name or password/);
    expect(await refused({ ...victim, id: 'bank-9' })).toMatch(/identifier rejected/);
    expect((await publishOnce(broker.port, victim, topic, 'mine')).code).toBe(0);
    await until(() => atHall.includes(`${topic} mine`));
    expect(atHall.filter((line) => line.endsWith('EVIL'))).toEqual([]);
  });

  test('[BR9] a will is held to the rights of a publish: a foreign, wildcard or wrongly retained one is refused, its own speaks', async () => {
    const wills: [string, ...string[]][] = [
      [own('bank-2', 'state')],
      [own('bank-2', 'cmd')],
      [own('bank-1', 'cmd')],
      [own('bank-1', 'event'), '--will-retain'],
      ['hall/7/time'],
      ['$SYS/x'],
    ];
    const dying = await device('bank-1');
    for (const [topic, ...more] of wills) {
      const will = ['--will-topic', topic, '--will-payload', 'EVIL', '--will-qos', '1', ...more];
      const { code, out } = await listenFor(broker.port, dying, [own('bank-1', 'cmd')], 2, will);
      expect(code, topic).not.toBe(0);
      expect(out, topic).toMatch(/not authorised/);
    }
    // mosquitto_sub sends no DISCONNECT when it is killed: the will speaks.
    const will = [
      '--will-topic',
      own('bank-1', 'availability'),
      '--will-payload',
      'offline',
      '--will-retain',
    ];
    const listener = await listen(broker.port, dying, [own('bank-1', 'cmd')], will);
    await listener.stop('SIGKILL');
    await until(() => atHall.includes(`${own('bank-1', 'availability')} offline`));
    expect(atHall.filter((line) => line.endsWith('EVIL'))).toEqual([]);
  });
});
