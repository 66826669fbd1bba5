import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startBroker } from '../../broker/broker.ts';
import type { Broker } from '../../broker/broker.ts';
import { sleep } from '../../contract/ports.ts';
import { systemClock, systemIds, systemRandom } from '../../platform/system.ts';
import type { Identity } from '../support/mosquitto.ts';
import { openRaw } from '../support/raw-mqtt.ts';
import type { RawMqtt } from '../support/raw-mqtt.ts';

/** A session that comes and goes while messages for it flow: what waited and what is new must not meet. */
const MESSAGES = 1_500;
const UNDER_WAY = 20;

let folder: string;
let broker: Broker;
let sockets: RawMqtt[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broker-returning-'));
  sockets = [];
  broker = await startBroker({
    config: { hall: 7, dataDir: folder, host: '127.0.0.1', port: 0 },
    clock: systemClock,
    random: systemRandom,
    ids: systemIds,
    log: () => undefined,
  });
});
afterEach(async () => {
  for (const each of sockets) each.socket.destroy();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = systemClock.monotonic() + 20_000;
  while (!holds()) {
    if (systemClock.monotonic() > end) throw new Error(`it did not come to hold: ${what}`);
    await sleep(systemClock, 2);
  }
}

async function open(who: Identity): Promise<RawMqtt> {
  const client = openRaw(broker.port, who);
  sockets.push(client);
  await until('CONNACK', () => client.packets.length > 0);
  return client;
}

const identity = async (id: string): Promise<Identity> => ({
  id,
  user: id,
  secret: await broker.issue(id, { kind: 'bridge', prefixes: ['zigbee2mqtt'] }),
});

test('[BR48] QoS 2 to a session that leaves and returns while messages flow: each exactly once and in order', async () => {
  const reader = await identity('reader');
  const topic = 'zigbee2mqtt/a';
  const first = await open(reader);
  first.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'zigbee2mqtt/+', qos: 2 }] });
  await until('SUBACK', () => first.packets.some((packet) => packet.cmd === 'suback'));
  first.socket.destroy();

  const talker = await open(await identity('talker'));
  let sent = 0;
  let done = 0;
  const say = (): void => {
    if (sent === MESSAGES) return;
    sent += 1;
    const messageId = sent;
    talker.send({
      cmd: 'publish',
      topic,
      qos: 2,
      messageId,
      payload: String(sent),
      retain: false,
      dup: false,
    });
  };
  talker.onPacket((packet) => {
    const { messageId = 0 } = packet;
    if (packet.cmd === 'pubrec') talker.send({ cmd: 'pubrel', messageId });
    if (packet.cmd !== 'pubcomp') return;
    done += 1;
    say();
  });
  for (let i = 0; i < UNDER_WAY; i += 1) say();

  // What a receiver keeps of its session (clause 4.3.3): numbers received and not yet released.
  const held = new Set<number>();
  const got: number[] = [];
  let visits = 0;
  while (done < MESSAGES || got.length < MESSAGES) {
    visits += 1;
    const before = got.length;
    const client = openRaw(broker.port, reader);
    sockets.push(client);
    client.onPacket((packet) => {
      const { messageId = 0 } = packet;
      if (packet.cmd === 'publish') {
        if (!held.has(messageId)) got.push(Number(packet.payload));
        held.add(messageId);
        client.send({ cmd: 'pubrec', messageId });
      }
      if (packet.cmd !== 'pubrel') return;
      held.delete(messageId);
      client.send({ cmd: 'pubcomp', messageId });
    });
    await until('messages', () => got.length >= Math.min(before + 40, MESSAGES) || got.length > MESSAGES);
    if (got.length > MESSAGES) break;
    client.socket.destroy();
  }
  const repeated = got.filter((each, at) => got.indexOf(each) !== at);
  expect(repeated, `of ${String(visits)} visits`).toEqual([]);
  expect(got).toEqual(Array.from({ length: MESSAGES }, (_, at) => at + 1));
}, 60_000);
