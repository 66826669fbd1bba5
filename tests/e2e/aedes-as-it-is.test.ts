import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { Aedes } from 'aedes';
import type { AedesOptions } from 'aedes';
import { generate } from 'mqtt-packet';
import type { IConnectPacket } from 'mqtt-packet';
import { afterEach, describe, expect, test } from 'vitest';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { openRaw } from '../support/raw-mqtt.ts';
import type { RawMqtt } from '../support/raw-mqtt.ts';

/**
 * Aedes without our guards, each fault of decision 0020 shown on it. One of these tests failing is
 * good news: the fault is gone upstream, and the guard it names can be looked at again.
 */
let cleanUp: (() => unknown)[] = [];

async function plainAedes(options: AedesOptions = {}): Promise<{ aedes: Aedes; port: number }> {
  const aedes = await Aedes.createBroker(options);
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    aedes.handle(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    aedes.close();
  });
  return { aedes, port: (server.address() as AddressInfo).port };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = systemClock.monotonic() + 8_000;
  while (!holds()) {
    if (systemClock.monotonic() > end) throw new Error(`it did not come to hold: ${what}`);
    await sleep(systemClock, 2);
  }
}

async function open(port: number, id: string, more: Partial<IConnectPacket> = {}): Promise<RawMqtt> {
  const client = openRaw(port, { id, user: id, secret: 'x' }, more);
  cleanUp.push(() => client.socket.destroy());
  await until('CONNACK', () => client.packets.length > 0);
  return client;
}

const got = (client: RawMqtt, cmd: string): boolean => client.packets.some((packet) => packet.cmd === cmd);
const topics = (client: RawMqtt): string[] => client.messages().map((packet) => packet.topic);

const message = (topic: string, qos: 0 | 1, messageId: number, payload: string | Buffer = 'x') =>
  ({ cmd: 'publish', topic, qos, messageId, payload, retain: false, dup: false }) as const;

async function subscribe(client: RawMqtt, ...filters: string[]): Promise<void> {
  const subscriptions = filters.map((topic) => ({ topic, qos: 1 as const }));
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions });
  await until('SUBACK', () => got(client, 'suback'));
}

afterEach(async () => {
  for (const each of cleanUp) await each();
  cleanUp = [];
});

describe('faults of plain aedes 1.2.0, still there', () => {
  test('1: PUBACK goes out before the message is stored (guard: BR11)', async () => {
    const { aedes, port } = await plainAedes();
    let stored = false;
    const persistence = (aedes as unknown as { persistence: { storeRetained: unknown } }).persistence;
    persistence.storeRetained = async () => {
      await sleep(systemClock, 300);
      stored = true;
    };
    const talker = await open(port, 'talker');
    talker.send({ ...message('a', 1, 1), retain: true });
    await until('PUBACK', () => got(talker, 'puback'));
    expect(stored).toBe(false);
  });

  test('2: a denied filter in a mixed SUBSCRIBE is stored and heard after the reconnect (guards: BR3, BR4)', async () => {
    const { port } = await plainAedes({
      authorizeSubscribe: (_client, subscription, done) => {
        done(null, subscription.topic === 'open' ? subscription : null);
      },
    });
    const spy = await open(port, 'spy');
    await subscribe(spy, 'open', 'secret');
    spy.socket.destroy();
    await sleep(systemClock, 50);
    const talker = await open(port, 'talker');
    talker.send(message('secret', 1, 1));
    await until('PUBACK', () => got(talker, 'puback'));
    await sleep(systemClock, 50);
    const back = await open(port, 'spy');
    await until('the secret', () => topics(back).includes('secret'));
  });

  test('3: an empty client id is accepted with clean = 0 (guard: BR2)', async () => {
    const { port } = await plainAedes();
    const socket = createConnection({ host: '127.0.0.1', port });
    cleanUp.push(() => socket.destroy());
    const bytes: Buffer[] = [];
    socket.on('data', (part: Buffer) => bytes.push(part));
    // Clause 3.1, by hand: no library writes this one. Level 4, flags 0, keep-alive 60, client id of length 0.
    socket.write(Buffer.from('100c00044d5154540400003c0000', 'hex'));
    await until('CONNACK', () => bytes.length > 0);
    expect(Buffer.concat(bytes).toString('hex')).toBe('20020000');
  });

  test('4: a will goes out on a topic with wildcards (guard: BR9)', async () => {
    const { port } = await plainAedes();
    const listener = await open(port, 'listener');
    await subscribe(listener, '#');
    const will = { topic: 'a/+/#', payload: Buffer.from('x'), qos: 0, retain: false } as const;
    (await open(port, 'dying', { will })).socket.destroy();
    await until('the will', () => topics(listener).includes('a/+/#'));
  });

  test('5: one frozen subscriber stops the others (guard: BR38)', async () => {
    const { port } = await plainAedes({ drainTimeout: 60_000 });
    const frozen = await open(port, 'frozen');
    await subscribe(frozen, 'a');
    frozen.socket.pause();
    const healthy = await open(port, 'healthy');
    await subscribe(healthy, 'a');
    const talker = await open(port, 'talker');
    const bytes = generate(message('a', 0, 1, Buffer.alloc(60_000)));
    for (let n = 0; n < 500; n += 1) talker.socket.write(bytes);
    await sleep(systemClock, 1_500);
    const heard = healthy.messages().length;
    await sleep(systemClock, 500);
    expect(healthy.messages().length).toBe(heard);
    expect(heard).toBeLessThan(500);
  });

  test('6: what is sent again carries no DUP flag (guard: BR40)', async () => {
    const { port } = await plainAedes();
    const receiver = await open(port, 'receiver');
    await subscribe(receiver, 'a');
    const talker = await open(port, 'talker');
    talker.send(message('a', 1, 1));
    await until('the message', () => receiver.messages().length === 1);
    receiver.socket.destroy();
    await sleep(systemClock, 50);
    const back = await open(port, 'receiver');
    await until('it again', () => back.messages().length === 1);
    expect(back.messages()[0]?.dup).toBe(false);
  });

  test('7: the queue of an absent client has no bound (guard: BR13)', async () => {
    const { port } = await plainAedes({ queueLimit: 4 });
    const absent = await open(port, 'absent');
    await subscribe(absent, 'a');
    absent.socket.destroy();
    await sleep(systemClock, 50);
    const talker = await open(port, 'talker');
    for (let n = 1; n <= 2_000; n += 1) talker.send(message('a', 1, n));
    await until('all acknowledged', () => talker.packets.length === 2_001);
    const back = await open(port, 'absent');
    await until('all of it', () => back.messages().length === 2_000);
  });

  test('8: what is new overtakes what waited, for a session that returns (guard: BR48)', async () => {
    const { port } = await plainAedes();
    const reader = await open(port, 'reader');
    await subscribe(reader, 'a');
    reader.socket.destroy();
    await sleep(systemClock, 50);
    const talker = await open(port, 'talker');
    for (let n = 1; n <= 500; n += 1) talker.send(message('a', 1, n, 'old'));
    await until('all acknowledged', () => talker.packets.length === 501);
    const back = openRaw(port, { id: 'reader', user: 'reader', secret: 'x' });
    cleanUp.push(() => back.socket.destroy());
    let said = false;
    back.onPacket((packet) => {
      if (packet.cmd !== 'publish' || said) return;
      said = true;
      talker.send(message('a', 1, 501, 'new'));
    });
    await until('all', () => back.messages().length >= 501);
    const order = back.messages().map((packet) => String(packet.payload));
    expect(order.indexOf('new')).toBeLessThan(order.lastIndexOf('old'));
  });
});
