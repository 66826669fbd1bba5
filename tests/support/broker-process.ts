import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { MqttClient } from 'mqtt';
import { z } from 'zod';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { startPart } from '../../tools/house/process.ts';
import type { Part } from '../../tools/house/process.ts';

/** The broker as a process of its own, that can be killed and comes back on the same data. */
export interface BrokerProcess {
  readonly port: number;
  readonly pid: number;
  secret(id: string): string;
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

const root = join(import.meta.dirname, '../..');
const Ports = z.looseObject({ mqtt: z.number(), pid: z.number() });

/** Starts `npm run broker`'s program on `folder`, with these bridges that may use `zigbee2mqtt/#`. */
export async function startBrokerProcess(
  folder: string,
  bridges: readonly string[],
  prefix: readonly string[] = [],
): Promise<BrokerProcess> {
  mkdirSync(folder, { recursive: true });
  const dataDir = join(folder, 'data');
  const config = join(folder, 'broker.json');
  writeFileSync(
    config,
    JSON.stringify({
      hall: 7,
      dataDir,
      port: 0,
      bridges: bridges.map((id) => ({ id, prefixes: ['zigbee2mqtt'] })),
    }),
  );
  const part: Part = startPart('broker', join(root, 'broker/broker.main.ts'), ['--config', config], {
    prefix,
  });
  const until = systemClock.monotonic() + 20_000;
  for (;;) {
    const file = join(dataDir, 'ports.json');
    const ports = existsSync(file) ? Ports.safeParse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
    if (ports?.success === true && (prefix.length > 0 || ports.data.pid === part.pid)) {
      return {
        port: ports.data.mqtt,
        pid: part.pid,
        secret: (id) => {
          const secrets = z
            .record(z.string(), z.string())
            .parse(JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')));
          return secrets[id] ?? '';
        },
        kill: () => part.kill(),
        stop: () => part.stop(),
      };
    }
    if (systemClock.monotonic() > until) {
      await part.kill();
      throw new Error('the broker did not get ready');
    }
    await sleep(systemClock, 20);
  }
}

/** A client of the mqtt package with a session that is kept, or a clean one; resolves once connected. */
export async function joinBroker(
  broker: BrokerProcess,
  id: string,
  clean: boolean,
  hear?: (topic: string, payload: string, retained: boolean) => void,
): Promise<MqttClient> {
  const client = new MqttClient(
    () => createConnection({ host: '127.0.0.1', port: broker.port, noDelay: true }),
    {
      clientId: id,
      username: id,
      password: broker.secret(id),
      protocolVersion: 4,
      clean,
      reconnectPeriod: 0,
      keepalive: 60,
    },
  );
  // Killed brokers are the point of these tests.
  client.on('error', () => undefined);
  if (hear !== undefined)
    client.on('message', (topic, payload, packet) => {
      hear(topic, payload.toString(), packet.retain);
    });
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => {
      resolve();
    });
    client.once('error', reject);
    client.once('close', () => {
      reject(new Error('closed before CONNACK'));
    });
  });
  return client;
}
