import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate, parser } from 'mqtt-packet';
import type { Packet } from 'mqtt-packet';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { joinBroker, startBrokerProcess } from '../support/broker-process.ts';
import type { BrokerProcess } from '../support/broker-process.ts';
import { listenFor } from '../support/mosquitto.ts';

let folder = '';
let broker: BrokerProcess;
const BRIDGES = ['writer', 'reader', 'later'];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broker-kill-'));
  broker = await startBrokerProcess(folder, BRIDGES);
});
afterEach(async () => {
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function killAndStart(): Promise<void> {
  await broker.kill();
  broker = await startBrokerProcess(folder, BRIDGES);
}

async function until(what: string, holds: () => boolean, limit = 15_000): Promise<void> {
  const end = systemClock.monotonic() + limit;
  while (!holds()) {
    if (systemClock.monotonic() > end) throw new Error(`it did not come to hold: ${what}`);
    await sleep(systemClock, 10);
  }
}

/** The reader's stored session is made, and the reader goes away. */
async function leaveSession(): Promise<void> {
  const reader = await joinBroker(broker, 'reader', false);
  await reader.subscribeAsync('zigbee2mqtt/#', { qos: 2 });
  await reader.endAsync();
}

/** Comes back to the stored session and counts what was kept, by payload. */
async function collect(expected: number): Promise<Map<string, number>> {
  const heard = new Map<string, number>();
  const reader = await joinBroker(broker, 'reader', false, (_topic, payload) => {
    heard.set(payload, (heard.get(payload) ?? 0) + 1);
  });
  await until(`${String(expected)} messages`, () => heard.size >= expected);
  // What comes twice would come now.
  await sleep(systemClock, 300);
  await reader.endAsync(true);
  return heard;
}

/** Speaks MQTT packet by packet, so that it can stop between two of them. */
async function rawWriter(): Promise<{
  socket: Socket;
  send(packet: Packet): void;
  next(cmd: Packet['cmd']): Promise<Packet>;
}> {
  const socket = createConnection({ host: '127.0.0.1', port: broker.port, noDelay: true });
  socket.on('error', () => undefined);
  const got: Packet[] = [];
  const reads = parser({ protocolVersion: 4 });
  reads.on('packet', (packet: Packet) => got.push(packet));
  socket.on('data', (bytes: Buffer) => void reads.parse(bytes));
  const send = (packet: Packet): void => {
    socket.write(generate(packet));
  };
  const next = async (cmd: Packet['cmd']): Promise<Packet> => {
    await until(cmd ?? 'a packet', () => got.some((each) => each.cmd === cmd));
    return got.splice(
      got.findIndex((each) => each.cmd === cmd),
      1,
    )[0] as Packet;
  };
  send({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: false,
    clientId: 'writer',
    username: 'writer',
    password: Buffer.from(broker.secret('writer')),
    keepalive: 60,
  });
  await next('connack');
  return { socket, send, next };
}

describe('the broker killed with SIGKILL', () => {
  test('[BR38] 100 retained, 500 of QoS 1 and 500 of QoS 2 acknowledged for an absent client are all there, once', async () => {
    await leaveSession();
    const writer = await joinBroker(broker, 'writer', true);
    const say = (topic: string, payload: string, qos: 1 | 2, retain = false): Promise<unknown> =>
      writer.publishAsync(topic, payload, { qos, retain });
    const kept = Array.from({ length: 100 }, (_, index) =>
      say(`zigbee2mqtt/kept/${String(index)}`, `kept-${String(index)}`, 1, true),
    );
    const ones = Array.from({ length: 500 }, (_, index) => say('zigbee2mqtt/one', `one-${String(index)}`, 1));
    // The broker takes 50 QoS 2 messages of one client on their way at once.
    for (let index = 0; index < 500; index += 25)
      await Promise.all(
        Array.from({ length: 25 }, (_, each) => say('zigbee2mqtt/two', `two-${String(index + each)}`, 2)),
      );
    await Promise.all([...kept, ...ones]);
    // The last acknowledgement is here: whatever comes now, nothing may be lost.
    await killAndStart();
    writer.end(true);
    const heard = await collect(1_100);
    expect(heard.size).toBe(1_100);
    expect([...heard].filter(([, times]) => times !== 1)).toEqual([]);
    const retained = await listenFor(
      broker.port,
      { id: 'later', user: 'later', secret: broker.secret('later') },
      ['zigbee2mqtt/kept/+'],
      10,
      ['-C', '100'],
    );
    expect(retained.out.trim().split('\n').sort()).toEqual(
      Array.from(
        { length: 100 },
        (_, index) => `zigbee2mqtt/kept/${String(index)} kept-${String(index)} 1`,
      ).sort(),
    );
  }, 60_000);

  test.each([
    ['after PUBREC, before PUBREL', false],
    ['after PUBREL, before PUBCOMP', true],
  ])(
    '[BR38] QoS 2 killed %s: delivered once, and the publisher gets its PUBCOMP',
    async (_when, released) => {
      await leaveSession();
      const first = await rawWriter();
      const message = {
        cmd: 'publish' as const,
        topic: 'zigbee2mqtt/two',
        payload: Buffer.from('once'),
        qos: 2 as const,
        retain: false,
        messageId: 7,
      };
      first.send({ ...message, dup: false });
      await first.next('pubrec');
      if (released) first.send({ cmd: 'pubrel', messageId: 7 });
      await killAndStart();
      first.socket.destroy();
      const again = await rawWriter();
      // A publisher that saw no PUBREC says it again, marked; one that did goes on with PUBREL (clause 4.4).
      if (!released) {
        again.send({ ...message, dup: true });
        await again.next('pubrec');
      }
      again.send({ cmd: 'pubrel', messageId: 7 });
      await again.next('pubcomp');
      again.socket.destroy();
      expect([...(await collect(1))]).toEqual([['once', 1]]);
    },
    60_000,
  );
});
