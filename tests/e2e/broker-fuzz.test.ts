import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MqttClient } from 'mqtt';
import { generate } from 'mqtt-packet';
import type { Packet } from 'mqtt-packet';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { seededFraction } from '../../simulators/seeded-fraction.ts';
import { startPart } from '../../tools/house/process.ts';
import type { Part } from '../../tools/house/process.ts';

const PACKETS = process.env.TEST_LONG === '1' ? 1_000_000 : 20_000;
const SEED = Number(process.env.FUZZ_SEED ?? 1_234);
const CLIENTS = 400;
const PER_CONNECTION = 40;
const AT_ONCE = 16;

const Ready = z.object({ port: z.number(), secrets: z.record(z.string(), z.string()) });
const Told = z.object({ heap: z.number(), connected: z.number(), errors: z.number() });

let folder = '';
let broker: Part;
let ready: z.infer<typeof Ready>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broker-fuzz-'));
  broker = startPart(
    'broker',
    join(import.meta.dirname, '../support/fuzz-broker.main.ts'),
    [folder, String(CLIENTS)],
    { flags: ['--expose-gc'] },
  );
  ready = Ready.parse(JSON.parse(await broker.line((line) => line.includes('"ready"'), 60_000)));
}, 60_000);
afterEach(async () => {
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function told(): Promise<z.infer<typeof Told>> {
  const said = new Promise<string>((resolve) => {
    const forget = broker.onLine((line) => {
      if (!line.includes('"heap"')) return;
      forget();
      resolve(line);
    });
  });
  broker.send({});
  return Told.parse(JSON.parse(await said));
}

const TOPICS = [
  'zigbee2mqtt/a',
  'zigbee2mqtt/a/b/c',
  'zigbee2mqtt/#',
  'zigbee2mqtt/+/b',
  'hall/7/time',
  '$SYS/x',
  '',
  '/',
  '+',
  '#',
  'zigbee2mqtt/\u0000',
  'zigbee2mqtt/ä𠮷',
];

/** A right packet of any kind, as a client may send it. */
function anyPacket(fraction: () => number, id: string): Packet {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(fraction() * list.length)] as T;
  const messageId = 1 + Math.floor(fraction() * 20);
  const qos = pick([0, 1, 2] as const);
  const topic = fraction() < 0.9995 ? pick(TOPICS.slice(0, 2)) : pick(TOPICS.slice(0, 6));
  switch (Math.floor(fraction() * 12)) {
    case 0:
      return {
        cmd: 'subscribe',
        messageId,
        subscriptions: [
          { topic: pick(TOPICS.slice(0, 5)), qos },
          { topic, qos },
        ],
      };
    case 1:
      return { cmd: 'unsubscribe', messageId, unsubscriptions: [topic] };
    case 2:
      return { cmd: 'pubrel', messageId };
    case 3:
      return { cmd: 'puback', messageId };
    case 4:
      return { cmd: 'pubrec', messageId };
    case 5:
      return { cmd: 'pubcomp', messageId };
    case 6:
      return { cmd: 'pingreq' };
    case 7:
      return fraction() < 0.1
        ? fraction() < 0.5
          ? { cmd: 'disconnect' }
          : connectPacket(id)
        : { cmd: 'pingreq' };
    default:
      return {
        cmd: 'publish',
        topic,
        payload: Buffer.alloc(Math.floor(fraction() * 200), 120),
        qos,
        retain: fraction() < 0.3,
        dup: qos > 0 && fraction() < 0.3,
        ...(qos === 0 ? {} : { messageId }),
      };
  }
}

function connectPacket(id: string): Packet {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: id.endsWith('1'),
    clientId: id,
    username: id,
    password: Buffer.from(ready.secrets[id] ?? ''),
    keepalive: 60,
  };
}

/** mqtt-packet sets flags on acknowledgements where clause 2.2.2 wants none: those four bytes are ours. */
function rightBytes(packet: Packet): Buffer {
  const first = { puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 } as const;
  const head = packet.cmd in first ? first[packet.cmd as keyof typeof first] : undefined;
  if (head === undefined) return Buffer.from(generate(packet));
  return Buffer.of(head, 2, 0, packet.messageId ?? 1);
}

/** One byte string somebody might send: right, bent, cut, joined, or plain noise. */
function bytesOf(fraction: () => number, id: string): Buffer {
  const byte = (): number => Math.floor(fraction() * 256);
  if (fraction() < 0.01) return Buffer.from(Array.from({ length: 1 + Math.floor(fraction() * 60) }, byte));
  const bytes = rightBytes(anyPacket(fraction, id));
  // A bent packet mostly ends its connection: few enough, so that many get deep.
  if (fraction() < 0.95) return bytes;
  const what = 0.6 + fraction() * 0.4;
  const at = Math.floor(fraction() * bytes.length);
  if (what < 0.8) {
    bytes[at] = byte();
    return bytes;
  }
  if (what < 0.85) return bytes.subarray(0, at);
  if (what < 0.9) return Buffer.concat([bytes.subarray(0, at), Buffer.of(byte()), bytes.subarray(at)]);
  // The remaining length lies.
  bytes[1] = byte();
  return bytes;
}

/** One connection: a right CONNECT most of the time, then whatever comes; ends when the broker closes or all was said. */
function connection(fraction: () => number, id: string): Promise<number> {
  return new Promise((resolve) => {
    let sent = 0;
    let open = true;
    const socket = createConnection({ host: '127.0.0.1', port: ready.port, noDelay: true });
    const end = (): void => {
      open = false;
      socket.destroy();
      resolve(sent);
    };
    socket.on('error', () => undefined);
    socket.on('close', end);
    socket.resume();
    const say = (): void => {
      // In handfuls, so that packets meet in one chunk and are cut between chunks.
      for (let count = 0; open && count < 4 && sent < PER_CONNECTION; count += 1) {
        socket.write(bytesOf(fraction, id));
        sent += 1;
      }
      if (!open) return;
      if (sent >= PER_CONNECTION) systemClock.after(2, end);
      else systemClock.after(0, say);
    };
    socket.on('connect', () => {
      if (fraction() < 0.9) socket.write(generate(connectPacket(id)));
      // Some wait for their CONNACK, others shout at once.
      if (fraction() < 0.9) socket.once('data', say);
      else say();
      systemClock.after(100, () => {
        if (open && sent === 0) say();
      });
    });
  });
}

test(`[BR40] ${String(PACKETS)} random and mutated packets: no exception, no growth, and a healthy client is served`, async () => {
  const fraction = seededFraction(SEED);
  const healthy = new MqttClient(
    () => createConnection({ host: '127.0.0.1', port: ready.port, noDelay: true }),
    {
      clientId: 'healthy',
      username: 'healthy',
      password: ready.secrets.healthy ?? '',
      reconnectPeriod: 0,
      keepalive: 60,
    },
  );
  await new Promise((resolve) => healthy.once('connect', resolve));
  let echoes = 0;
  healthy.on('message', () => {
    echoes += 1;
  });
  await healthy.subscribeAsync('tasmota/#', { qos: 1 });
  let sent = 0;
  let asked = 0;
  let next = 0;
  const round = async (until: number): Promise<void> => {
    while (sent < until) {
      next += 1;
      sent += await connection(fraction, `fuzz-${String(next % CLIENTS)}`);
      if (next % 25 === 0) {
        await healthy.publishAsync('tasmota/x', 'x', { qos: 1 });
        asked += 1;
      }
    }
  };
  const run = (until: number): Promise<unknown> =>
    Promise.all(Array.from({ length: AT_ONCE }, () => round(until)));
  const handles = (): number => readdirSync(`/proc/${String(broker.pid)}/fd`).length;
  await run(PACKETS / 4);
  await sleep(systemClock, 500);
  const early = { ...(await told()), handles: handles() };
  await run(PACKETS);
  await sleep(systemClock, 500);
  const late = { ...(await told()), handles: handles() };
  console.log(
    `seed ${String(SEED)}: ${String(sent)} packets on ${String(next)} connections; heap ${String(Math.round(early.heap / 1e6))} -> ${String(Math.round(late.heap / 1e6))} MB, handles ${String(early.handles)} -> ${String(late.handles)}, broker errors ${String(late.errors)}`,
  );
  expect(await Promise.race([broker.ended, Promise.resolve('running')])).toBe('running');
  expect(late.connected).toBe(1);
  expect(late.handles).toBeLessThanOrEqual(early.handles + 5);
  // Sessions that are kept fill their bounded queues: 400 of them may hold a little, never hundreds of megabytes.
  expect(late.heap).toBeLessThan(early.heap + 40e6);
  await healthy.publishAsync('tasmota/x', 'last', { qos: 1 });
  await sleep(systemClock, 200);
  expect(echoes).toBe(asked + 1);
  healthy.end(true);
}, 3_600_000);
