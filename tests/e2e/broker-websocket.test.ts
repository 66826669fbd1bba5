import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import type { IClientOptions, MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startBroker } from '../../broker/broker.ts';
import type { Broker } from '../../broker/broker.ts';
import { sleep } from '../../contract/ports.ts';
import { systemClock, systemIds, systemRandom } from '../../platform/system.ts';
import { HALL, named, patterns, rights, wideFilters } from '../support/rights-table.ts';
import { createSeededRandom } from '../support/seeded.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

/** MQTT in WebSocket frames through a real HTTP server, as the hall's own hands connections over. */
let folder: string;
let broker: Broker;
let server: Server;
let clients: MqttClient[];
const clock = createVirtualClock();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broker-web-'));
  clients = [];
  broker = await startBroker({
    config: { hall: HALL, dataDir: folder, host: '127.0.0.1', port: 0 },
    // Passes age by this clock; everything else of the broker works on sockets and disk.
    clock: {
      ...systemClock,
      now: () => clock.now(),
      after: (delay, run) => clock.after(delay, run),
    },
    ...{ random: systemRandom, ids: systemIds, log: () => undefined },
  });
  server = createServer();
  server.on('upgrade', (request, socket, head) => {
    broker.webSockets.accept(request, socket, head);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const client of clients) client.end(true);
  await broker.stop();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const url = (): string => `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}/mqtt`;

/** Tries once: a connected client, or the refusal's words. */
async function open(options: IClientOptions, at = url()): Promise<MqttClient | string> {
  const client = mqtt.connect(at, { reconnectPeriod: 0, connectTimeout: 4_000, ...options });
  clients.push(client);
  return new Promise((resolve) => {
    client.on('connect', () => {
      resolve(client);
    });
    client.on('error', (error) => {
      resolve(error.message);
    });
    client.on('close', () => {
      resolve('closed');
    });
  });
}

async function watch(): Promise<{ client: MqttClient; heard: string[] }> {
  const { id, token } = broker.viewerPass();
  const client = await open({ clientId: id, username: id, password: token });
  if (typeof client === 'string') throw new Error(client);
  const heard: string[] = [];
  client.on('message', (topic) => heard.push(topic));
  return { client, heard };
}

async function device(id: string): Promise<MqttClient> {
  const password = await broker.issue(id, { kind: 'device', device: id });
  const at = `mqtt://127.0.0.1:${String(broker.port)}`;
  const client = await open({ clientId: id, username: id, password }, at);
  if (typeof client === 'string') throw new Error(client);
  return client;
}

test('[BR43] a page with a pass hears what is kept and what is new, also messages larger than a frame', async () => {
  const bank = await device('bank-1');
  await bank.publishAsync('hall/7/dev/bank-1/state', 'kept', { qos: 1, retain: true });
  const { client, heard } = await watch();
  await client.subscribeAsync('hall/7/dev/+/state', { qos: 1 });
  await expect.poll(() => heard).toEqual(['hall/7/dev/bank-1/state']);
  const large = new Promise<number>((resolve) => {
    client.on('message', (_topic, payload) => {
      resolve(payload.length);
    });
  });
  await bank.publishAsync('hall/7/dev/bank-1/state', 'x'.repeat(60_000), { qos: 1 });
  expect(await large).toBe(60_000);
});

test('[BR43] every topic and filter of the table: a viewer hears what it may, and says nothing', async () => {
  const granted: string[] = [];
  const denied: string[] = [];
  const { client } = await watch();
  for (const pattern of [...patterns, ...wideFilters]) {
    const filter = named(pattern, 'bank-1');
    const [answer] = await client.subscribeAsync(filter, { qos: 1 }).catch(() => []);
    (answer === undefined || answer.qos === 128 ? denied : granted).push(filter);
  }
  const { hears, wide } = rights.viewer;
  expect(granted.sort()).toEqual([...hears, ...wide].map((each) => named(each, 'bank-1')).sort());
  expect(denied.length).toBeGreaterThan(20);

  await broker.issue('ear', { kind: 'hall' });
  for (const pattern of patterns) {
    const { client: speaker } = await watch();
    const closed = new Promise<void>((resolve) =>
      speaker.once('close', () => {
        resolve();
      }),
    );
    speaker.publish(named(pattern, 'bank-1'), 'x', { retain: true });
    await closed;
  }
  expect(broker.counters().published).toBe(0);
});

test('[BR43] no pass, another pass, a device’s secret, a kept session, a will: refused; and a pass opens no other door', async () => {
  const { id, token } = broker.viewerPass();
  const other = broker.viewerPass();
  const secret = await broker.issue('bank-1', { kind: 'device', device: 'bank-1' });
  const me = { clientId: id, username: id, password: token };
  const will = {
    topic: 'hall/7/dev/bank-1/state',
    payload: Buffer.from('x'),
    qos: 0,
    retain: false,
  } as const;
  for (const [options, why] of [
    [{ ...me, password: 'guess' }, /Bad username or password/],
    [{ ...me, clientId: other.id, username: other.id }, /Bad username or password/],
    [{ ...me, clientId: 'else' }, /Identifier rejected/],
    [{ clientId: 'bank-1', username: 'bank-1', password: secret }, /Bad username or password/],
    [{ ...me, clean: false }, /Not authorized/],
    [{ ...me, will }, /Not authorized/],
    [{ clientId: other.id, username: '', password: '' }, /Identifier rejected/],
  ] as [IClientOptions, RegExp][])
    expect(await open(options), JSON.stringify(options)).toMatch(why);
  expect(await open(me, `mqtt://127.0.0.1:${String(broker.port)}`)).toMatch(/Bad username|unavailable/);
  expect(broker.counters().refusedBy['kept-session']).toBe(1);
});

test('[BR44] the connection ends with its pass, and the pass does not come back', async () => {
  const { id, token } = broker.viewerPass();
  const client = await open({ clientId: id, username: id, password: token });
  if (typeof client === 'string') throw new Error(client);
  const closed = new Promise<void>((resolve) =>
    client.once('close', () => {
      resolve();
    }),
  );
  clock.advance(300_000);
  await closed;
  expect(broker.clients()).toEqual([]);
  expect(await open({ clientId: id, username: id, password: token })).toMatch(/Bad username or password/);
});

test('[BR45] what is no MQTT in binary frames is refused, and the next page is served', async () => {
  const refusal = (protocols: string[]): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url(), protocols);
      socket.on('error', (error) => {
        resolve(error.message);
      });
    });
  expect(await refusal([])).toContain('400');
  expect(await refusal(['chat'])).toContain('400');
  const closing = (bytes: string | Buffer): Promise<number> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url(), 'mqtt');
      socket.on('open', () => {
        socket.send(bytes);
      });
      socket.on('error', () => undefined);
      socket.on('close', (code) => {
        resolve(code);
      });
    });
  expect(await closing('text')).toBe(1003);
  expect(await closing(Buffer.alloc(70_000, 0x10))).toBeGreaterThan(0);
  expect(await closing(Buffer.from('300400016178', 'hex'))).toBeGreaterThan(0);
  const random = createSeededRandom(20261126);
  for (let n = 0; n < 300; n += 1) {
    const bytes = Buffer.from(random.bytes(1 + (n % 90)));
    if (n % 2 === 0) bytes[0] = 0x10;
    const socket = new WebSocket(url(), 'mqtt');
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) => {
      socket.on('open', () => {
        socket.send(bytes);
        socket.terminate();
        resolve();
      });
      socket.on('close', () => {
        resolve();
      });
    });
  }
  const { client, heard } = await watch();
  await client.subscribeAsync('hall/7/time');
  expect(heard).toEqual([]);
  await sleep(systemClock, 20);
  expect(broker.clients()).toHaveLength(1);
  expect(broker.counters().errors).toBe(0);
});
