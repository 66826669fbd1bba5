import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { z } from 'zod';
import type { BrokerConfig } from '../../contract/config.ts';
import { startPart, wrapChild } from './process.ts';
import type { Part } from './process.ts';

/** A Mosquitto that stands in for our broker, set up by nothing but `broker -- export-mosquitto`. */
export interface Mosquitto {
  readonly part: Part;
  readonly port: number;
  readonly url: string;
  /** File {clientId: secret}. */
  readonly secrets: string;
}

const MAIN = join(import.meta.dirname, '../../broker/broker.main.ts');

interface HallLike {
  readonly hall: number;
  readonly devices?: readonly { readonly id: string }[] | undefined;
  readonly broker?:
    { readonly bridges?: readonly { id: string; prefixes: string[] }[] | undefined } | undefined;
}

/** Exports for the devices and bridges of a hall's configuration and starts Debian's mosquitto on a free port. */
export function startMosquitto(
  dir: string,
  hall: HallLike,
  echo?: (part: string, line: string) => void,
): Promise<Mosquitto> {
  return startExported(
    dir,
    {
      hall: hall.hall,
      devices: (hall.devices ?? []).map((device) => device.id),
      bridges: [...(hall.broker?.bridges ?? [])],
    },
    echo,
  );
}

export async function startExported(
  dir: string,
  config: Omit<z.input<typeof BrokerConfig>, 'dataDir' | 'port'>,
  echo?: (part: string, line: string) => void,
): Promise<Mosquitto> {
  const out = join(dir, 'mosquitto');
  mkdirSync(out, { recursive: true });
  const port = await freePort();
  const tls = config.tls === undefined ? {} : { tls: { ...config.tls, port: await freePort() } };
  const file = join(dir, 'broker.json');
  writeFileSync(file, JSON.stringify({ ...config, ...tls, port, dataDir: join(dir, 'broker') }));
  const exported = startPart('export', MAIN, ['export-mosquitto', '--config', file, '--out', out]);
  await exported.line((line) => line === '}', 20_000);
  await exported.ended;
  const conf = join(out, 'mosquitto.conf');
  // Started by root it would become the user mosquitto, who may not read this folder.
  if (process.getuid?.() === 0) appendFileSync(conf, 'user root\n');
  const tell =
    echo === undefined
      ? undefined
      : (line: string) => {
          echo('mosquitto', line);
        };
  const part = wrapChild(
    'mosquitto',
    spawn('/usr/sbin/mosquitto', ['-c', conf], { stdio: ['ignore', 'pipe', 'pipe'] }),
    tell,
  );
  await part.line((line) => line.includes('running'), 10_000);
  return { part, port, url: `mqtt://127.0.0.1:${String(port)}`, secrets: join(out, 'secrets.json') };
}

/** The TLS port of an exported configuration, or undefined. */
export function exportedTlsPort(dir: string): number | undefined {
  const text = readFileSync(join(dir, 'mosquitto', 'mosquitto.conf'), 'utf8');
  const found = [...text.matchAll(/^listener (\d+)/gm)][1]?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Mosquitto cannot be told "any free port" and say which it took. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}
