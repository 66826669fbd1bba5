import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { generate } from 'mqtt-packet';
import type { Packet } from 'mqtt-packet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBroker } from '../../broker/broker.ts';
import type { Broker } from '../../broker/broker.ts';
import { sleep } from '../../contract/ports.ts';
import { systemClock, systemIds, systemRandom } from '../../platform/system.ts';
import { openRaw } from '../support/raw-mqtt.ts';
import { createSeededRandom } from '../support/seeded.ts';

const PACKETS = process.env['TEST_LONG'] === '1' ? 1_000_000 : 20_000;
const SEED = Number(process.env['FUZZ_SEED'] ?? '20261126');
const PER_SOCKET = 25;
const SOCKETS_AT_ONCE = 8;

let folder: string;
let broker: Broker;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broker-fuzz-'));
  broker = await startBroker({
    config: { hall: 7, dataDir: folder, host: '127.0.0.1', port: 0 },
    ...{ clock: systemClock, random: systemRandom, ids: systemIds, log: () => undefined },
    limits: { connectBurst: 10_000_000, connectTimeout: 1_000 },
  });
});
afterAll(async () => {
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What is still held, garbage not counted. */
function heapMb(): number {
  setFlagsFromString('--expose_gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / 1e6;
}

test('[BR41] random and mutated packets: no error inside, nothing left behind, a healthy client served all along', async () => {
  console.log(`fuzz seed ${String(SEED)}, ${String(PACKETS)} packets`);
  const random = createSeededRandom(SEED);
  const below = (n: number): number => Math.floor(random.fraction() * n);
  const secrets: string[] = [];
  /** A denied publish keeps its client out for a growing time; a new secret lets it in again. */
  const admit = async (): Promise<void> => {
    const ids = Array.from({ length: SOCKETS_AT_ONCE }, (_, who) => `fuzz-${String(who)}`);
    const issued = ids.map((device) => broker.issue(device, { kind: 'device', device }));
    secrets.splice(0, Infinity, ...(await Promise.all(issued)));
  };
  const connect = (who: number): Packet => ({
    ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: below(2) === 0, keepalive: 60 },
    ...{
      clientId: `fuzz-${String(who)}`,
      username: `fuzz-${String(who)}`,
      password: Buffer.from(secrets[who] ?? ''),
    },
  });
  const valid = (who: number): Packet => {
    const topic = `hall/7/dev/fuzz-${String(who)}/event`;
    const messageId = 1 + below(20);
    const said = {
      cmd: 'publish',
      topic,
      messageId,
      retain: false,
      dup: below(2) === 0,
      payload: 'x',
    } as const;
    const kinds: (() => Packet)[] = [
      () => connect(who),
      () => ({ ...said, qos: 0 }),
      () => ({ ...said, qos: 1 }),
      () => ({ ...said, qos: 2 }),
      () => ({ cmd: 'pubrel', messageId }),
      () => ({ cmd: 'pubrec', messageId }),
      () => ({ cmd: 'puback', messageId }),
      () => ({ cmd: 'subscribe', messageId, subscriptions: [{ topic: 'hall/7/time', qos: 1 }] }),
      () => ({ cmd: 'unsubscribe', messageId, unsubscriptions: ['hall/7/time'] }),
      () => ({ cmd: 'pingreq' }),
    ];
    return kinds[below(kinds.length)]?.() ?? connect(who);
  };
  const mutated = (who: number): Uint8Array => {
    const kind = below(8);
    if (kind === 0) return random.bytes(1 + below(40));
    const bytes = generate(valid(who));
    // Half stay whole: one broken packet ends a connection, and the depths are behind it.
    if (kind < 5) return bytes;
    const at = below(bytes.length);
    if (kind === 5) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
    if (kind === 6) return bytes.subarray(0, at);
    if (kind === 7)
      return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + below(4)), bytes.subarray(at)]);
    return bytes;
  };
  let letIn = 0;
  const attack = async (_: unknown, who: number): Promise<void> => {
    const socket = createConnection({ host: '127.0.0.1', port: broker.port });
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => {
        resolve();
      });
    });
    socket.on('error', () => undefined);
    const rest = Buffer.concat(Array.from({ length: PER_SOCKET }, () => mutated(who)));
    const knocks = below(4) > 0;
    socket.once('data', (bytes: Buffer) => {
      if (bytes[0] !== 0x20 || bytes[3] !== 0) return;
      letIn += 1;
      // Only now: more than ten packets before the CONNACK end a connection at the door.
      if (knocks) socket.end(rest);
    });
    if (knocks) socket.write(generate(connect(who)));
    else socket.end(rest);
    // A timer of the socket, not one of ours: those would be counted below as left behind.
    socket.setTimeout(3_000, () => socket.destroy());
    await closed;
  };

  const hall = await broker.issue('hall', { kind: 'hall' });
  const healthy = openRaw(broker.port, { id: 'hall', user: 'hall', secret: hall });
  const pongs = (): number => healthy.packets.filter(({ cmd }) => cmd === 'pingresp').length;
  const before = process.getActiveResourcesInfo().length;
  let early = 0;
  let slowest = 0;
  for (let sent = 0, round = 0; sent < PACKETS; sent += PER_SOCKET * SOCKETS_AT_ONCE, round += 1) {
    if (round % 5 === 0) await admit();
    await Promise.all(Array.from({ length: SOCKETS_AT_ONCE }, attack));
    const asked = systemClock.monotonic();
    healthy.packets.length = 0;
    healthy.send({ cmd: 'pingreq' });
    while (pongs() === 0) {
      if (systemClock.monotonic() - asked > 5_000) throw new Error(`no answer in round ${String(round)}`);
      await sleep(systemClock, 1);
    }
    slowest = Math.max(slowest, systemClock.monotonic() - asked);
    if (early === 0 && sent >= PACKETS / 4) early = heapMb();
  }
  console.log(`let in ${String(letIn)} times; slowest answer to the healthy one ${slowest.toFixed(0)} ms`);
  const counters = broker.counters();
  expect(counters.errors).toBe(0);
  // A fuzz that never gets past the door tests the door only.
  expect(letIn).toBeGreaterThan(PACKETS / PER_SOCKET / 10);
  for (let wait = 0; broker.clients().length > 1 && wait < 200; wait += 1) await sleep(systemClock, 10);
  expect(broker.clients()).toEqual(['hall']);
  await sleep(systemClock, 1_500);
  expect(process.getActiveResourcesInfo().length).toBeLessThan(before + 10);
  const late = heapMb();
  console.log(`heap ${early.toFixed(0)} -> ${late.toFixed(0)} MB`);
  expect(late).toBeLessThan(early + 25);
  healthy.socket.destroy();
});
