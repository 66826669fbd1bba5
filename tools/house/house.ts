import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { CentralConfig, HallConfig } from '../../contract/config.ts';
import type { Millis } from '../../contract/ports.ts';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { demoCentralConfig, demoHallConfig } from './demo-configs.ts';
import type { DemoPorts } from './demo-configs.ts';
import { startMosquitto } from './mosquitto.ts';
import { startHardware } from './hardware.ts';
import type { Hardware } from './hardware.ts';
import { startPart } from './process.ts';
import { hallFlags } from '../setup.mjs';
import type { Part } from './process.ts';

/**
 * A whole house as processes: central, a hall with broker, gateway and sync inside, and its
 * hardware simulated at byte level. `npm start`, the story, the bench and the end-to-end
 * tests all start this one.
 */

const root = join(import.meta.dirname, '../..');

export interface HouseOptions {
  /** Folder for all data; made when missing. Starting again in the same folder finds the data again. */
  readonly dir: string;
  readonly ports?: DemoPorts;
  readonly echo?: (part: string, line: string) => void;
  readonly hall?: Partial<z.input<typeof HallConfig>>;
  readonly central?: Partial<z.input<typeof CentralConfig>>;
  /** Where the hall believes central to be: a cable that can be cut. Asked once central is up. */
  readonly throughCable?: (centralPort: number) => Promise<number>;
  /** false = a hall that has never had a central; its reference data is what its database holds. */
  readonly withCentral?: boolean;
  /** `mosquitto` = an independent broker, set up by `export-mosquitto`, in place of the embedded one. */
  readonly broker?: 'embedded' | 'mosquitto';
  /** A made-up person shuts each opened door after about so long; without it doors stay as they are left. */
  readonly doorsCloseAfter?: Millis;
  /** Limit for each part to get ready. */
  readonly readyMs?: Millis;
}

export interface House {
  readonly hallUrl: string;
  readonly centralUrl: string;
  readonly mqttPort: number;
  /** The hall's data folder. */
  readonly dataDir: string;
  readonly hardware: Hardware;
  /** Secret of a broker credential (device or bridge id), as the hall issued it. */
  secret(id: string): string;
  readonly hallPid: () => number;
  killHall(): Promise<void>;
  startHall(): Promise<void>;
  stopHall(): Promise<void>;
  stop(): Promise<void>;
}

const PortsFile = z.looseObject({ http: z.number().optional(), mqtt: z.number().optional() });

export async function startHouse(options: HouseOptions): Promise<House> {
  mkdirSync(options.dir, { recursive: true });
  const ports = options.ports ?? { hall: 0, mqtt: 0, central: 0 };
  const readyMs = options.readyMs ?? 30_000;
  const running: { stop(): Promise<unknown> }[] = [];
  const echo = (part: string) =>
    options.echo === undefined ? {} : { echo: (line: string) => options.echo?.(part, line) };

  try {
    // Central takes longest to come up (its first start makes a database): the hardware is built meanwhile.
    const begun = await Promise.allSettled([
      startHardware(join(options.dir, 'lines'), options.echo, options.doorsCloseAfter ?? null).then(
        (made) => {
          running.push(made);
          return made;
        },
      ),
      options.withCentral === false ? undefined : startCentral(options, ports, readyMs, running),
    ]);
    const [hardware, centralPort] = [valueOf(begun[0]), valueOf(begun[1])];
    const linkPort =
      centralPort === undefined ? undefined : ((await options.throughCable?.(centralPort)) ?? centralPort);
    const { central: link, ...withoutCentral } = demoHallConfig(
      options.dir,
      ports,
      hardware.lines,
      `http://127.0.0.1:${String(linkPort ?? 0)}`,
      options.hall,
    );
    const embedded = linkPort === undefined ? withoutCentral : { ...withoutCentral, central: link };
    const outside =
      options.broker === 'mosquitto' ? await startMosquitto(options.dir, embedded, options.echo) : undefined;
    if (outside !== undefined) running.push(outside.part);
    const hallConfig =
      outside === undefined
        ? embedded
        : { ...embedded, broker: { ...embedded.broker, url: outside.url, credentials: outside.secrets } };
    const hallFile = writeConfig(options.dir, 'hall', hallConfig);
    let hall: Part | undefined;
    let hallPort = 0;
    let mqttPort = 0;
    const startHall = async (): Promise<void> => {
      // A hall that comes back keeps its address, so that kiosks and phones find it again.
      const fixed = {
        ...hallConfig,
        http: { ...hallConfig.http, port: hallPort || ports.hall },
        broker: { ...hallConfig.broker, port: mqttPort || ports.mqtt },
      };
      writeFileSync(hallFile, JSON.stringify(fixed, null, 2));
      hall = startPart('hall', join(root, 'hall/hall.main.ts'), ['--config', hallFile], {
        ...echo('hall'),
        flags: hallFlags,
      });
      hallPort = await awaitPort(hall, hallConfig.dataDir, 'http', readyMs);
      mqttPort = await awaitPort(hall, hallConfig.dataDir, 'mqtt', readyMs);
      await awaitHealthy(`http://127.0.0.1:${String(hallPort)}`, readyMs);
    };
    running.push({ stop: () => hall?.stop() ?? Promise.resolve() });
    await startHall();

    return {
      hallUrl: `http://127.0.0.1:${String(hallPort)}`,
      centralUrl: `http://127.0.0.1:${String(centralPort ?? 0)}`,
      dataDir: hallConfig.dataDir,
      mqttPort,
      hardware,
      secret: (id) => {
        const secrets = z
          .record(z.string(), z.string())
          .parse(
            JSON.parse(readFileSync(outside?.secrets ?? join(hallConfig.dataDir, 'secrets.json'), 'utf8')),
          );
        const found = secrets[id];
        if (found === undefined) throw new Error(`no credential for ${id} in secrets.json`);
        return found;
      },
      hallPid: () => hall?.pid ?? -1,
      killHall: async () => {
        await hall?.kill();
      },
      startHall,
      stopHall: async () => {
        await hall?.stop();
      },
      stop: () => stopAll(running),
    };
  } catch (error) {
    await stopAll(running);
    throw error;
  }
}

async function startCentral(
  options: HouseOptions,
  ports: DemoPorts,
  readyMs: Millis,
  running: { stop(): Promise<unknown> }[],
): Promise<number> {
  const config = demoCentralConfig(options.dir, ports, options.central);
  const file = writeConfig(options.dir, 'central', config);
  const { echo } = options;
  const central = startPart(
    'central',
    join(root, 'central/central.main.ts'),
    ['--config', file],
    echo === undefined
      ? {}
      : {
          echo: (line) => {
            echo('central', line);
          },
        },
  );
  running.push(central);
  const port = await awaitPort(central, config.dataDir, 'http', readyMs);
  await awaitHealthy(`http://127.0.0.1:${String(port)}`, readyMs);
  return port;
}

function valueOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

async function stopAll(parts: readonly { stop(): Promise<unknown> }[]): Promise<void> {
  for (const part of [...parts].reverse()) await part.stop();
}

function writeConfig(dir: string, name: string, config: unknown): string {
  const file = join(dir, `${name}.json`);
  writeFileSync(file, JSON.stringify(config, null, 2));
  return file;
}

/** The port a part has really taken, from its ports file written by this very process. */
async function awaitPort(
  part: Part,
  dataDir: string,
  name: 'http' | 'mqtt',
  limitMs: Millis,
): Promise<number> {
  const file = join(dataDir, 'ports.json');
  const until = systemClock.monotonic() + limitMs;
  let dead: number | null | undefined;
  void part.ended.then((code) => {
    dead = code;
  });
  for (;;) {
    if (existsSync(file)) {
      const found = PortsFile.extend({ pid: z.number() }).safeParse(JSON.parse(readFileSync(file, 'utf8')));
      const port = found.success && found.data.pid === part.pid ? found.data[name] : undefined;
      if (port !== undefined) return port;
    }
    if (dead !== undefined || systemClock.monotonic() > until) {
      // Reads better than a bare time-out: it carries the part's last lines.
      await part.line(() => false, 1);
    }
    await sleep(systemClock, 25);
  }
}

export async function awaitHealthy(url: string, limitMs: Millis): Promise<void> {
  const until = systemClock.monotonic() + limitMs;
  let last = 'no answer';
  while (systemClock.monotonic() < until) {
    try {
      const answer = await fetch(`${url}/healthz`);
      const text = await answer.text();
      if (answer.status === 200) return;
      last = `${String(answer.status)} ${text}`;
    } catch (error) {
      last = error instanceof Error ? error.message : 'no answer';
    }
    await sleep(systemClock, 50);
  }
  throw new Error(`${url}/healthz is not well: ${last}`);
}
