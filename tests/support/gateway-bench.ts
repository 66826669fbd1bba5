import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { MqttClient } from 'mqtt';
import { createConnection } from 'node:net';
import { COMMAND_LIFE_MS, Outcome, type OutcomeKind } from '../../contract/messages.ts';
import { sleep, type Clock } from '../../contract/ports.ts';
import { toInstant } from '../../contract/time.ts';
import { accessTable, deviceTopic, timeTopic } from '../../contract/topics.ts';
import { startPty, type PtyPair } from '../../simulators/pty.ts';
import { systemClock, systemIds } from '../../platform/system.ts';
import { startProgram, type JsonProcess } from './json-process.ts';

export interface Heard {
  readonly topic: string;
  readonly payload: string;
  readonly retained: boolean;
  /** Steady milliseconds. */
  readonly t: number;
}

/** A broker and a hall's MQTT client: the far side of a gateway, with nothing of ours in it but the contract. */
export interface FarSide {
  readonly clock: Clock;
  readonly hall: number;
  readonly port: number;
  readonly heard: Heard[];
  /** Rights a device tried to use and does not have. */
  readonly denied: string[];
  readonly clients: () => string[];
  sayTime(offsetMs?: number): void;
  /** Publishes a command and returns its id. */
  command(
    device: string,
    name: string,
    args: object,
    more?: { id?: string; expiresInMs?: number; retain?: boolean },
  ): string;
  outcome(id: string, withinMs?: number): Promise<Outcome>;
  outcomes(id: string): { outcome: OutcomeKind; reason?: string }[];
  hear(fits: (heard: Heard) => boolean, withinMs?: number, from?: number): Promise<Heard>;
  /** Cuts every connection and refuses new ones until `mend`. */
  cut(): void;
  mend(): Promise<void>;
  stop(): Promise<void>;
}

const SECRET = 'secret-of-';

export async function startFarSide(hall = 7): Promise<FarSide> {
  const clock = systemClock;
  const broker = await Aedes.createBroker();
  const heard: Heard[] = [];
  const denied: string[] = [];
  const sockets = new Set<{ destroy(): void }>();
  const rights = (id: string) =>
    accessTable(hall, id === 'hall' ? { kind: 'hall' } : { kind: 'device', device: id });
  broker.authenticate = (client, user, password, done) => {
    done(null, user === client.id && password?.toString() === SECRET + client.id);
  };
  broker.authorizePublish = (client, packet, done) => {
    if (client !== null && !allowed(rights(client.id).publish, packet.topic))
      denied.push(`${client.id} publishes ${packet.topic}`);
    done(null);
  };
  broker.authorizeSubscribe = (client, subscription, done) => {
    if (client !== null && client.id !== 'hall' && !rights(client.id).subscribe.includes(subscription.topic))
      denied.push(`${client.id} subscribes ${subscription.topic}`);
    done(null, subscription);
  };
  let server: Server = serve();
  function serve(): Server {
    return createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      broker.handle(socket);
    });
  }
  const listen = (port: number): Promise<number> =>
    new Promise((resolve) => {
      server.listen(port, '127.0.0.1', () => {
        resolve((server.address() as AddressInfo).port);
      });
    });
  const port = await listen(0);

  let client = await joinHall();
  async function joinHall(): Promise<MqttClient> {
    const joined = new MqttClient(() => createConnection({ host: '127.0.0.1', port, noDelay: true }), {
      clientId: 'hall',
      username: 'hall',
      password: `${SECRET}hall`,
      protocolVersion: 4,
      reconnectPeriod: 0,
    });
    joined.on('message', (topic, payload, packet) => {
      heard.push({ topic, payload: payload.toString(), retained: packet.retain, t: clock.monotonic() });
    });
    await new Promise<void>((resolve, reject) => {
      joined.on('connect', () => {
        resolve();
      });
      joined.on('error', reject);
    });
    await joined.subscribeAsync(
      rights('hall').subscribe.filter((filter) => filter.startsWith('hall/')),
      { qos: 1 },
    );
    return joined;
  }

  const sayTime = (offsetMs = 0): void => {
    client.publish(timeTopic(hall), JSON.stringify({ at: toInstant(clock.now() + offsetMs) }));
  };
  const hear: FarSide['hear'] = async (fits, withinMs = 5_000, from = 0) => {
    const until = clock.monotonic() + withinMs;
    for (;;) {
      const found = heard.slice(from).find(fits);
      if (found !== undefined) return found;
      if (clock.monotonic() > until)
        throw new Error(`not heard; last messages: ${JSON.stringify(heard.slice(-6))}`);
      await sleep(clock, 2);
    }
  };
  const outcomesOf = (id: string): Outcome[] =>
    heard
      .filter((each) => each.topic.endsWith('/outcome'))
      .flatMap((each) => {
        const outcome = Outcome.parse(JSON.parse(each.payload));
        return outcome.id === id ? [outcome] : [];
      });

  return {
    clock,
    hall,
    port,
    heard,
    denied,
    clients: () =>
      Object.keys((broker as unknown as { clients: Record<string, unknown> }).clients)
        .filter((id) => id !== 'hall')
        .sort(),
    sayTime,
    command: (device, name, args, more = {}) => {
      const id = more.id ?? systemIds.uuid();
      const expiresAt = toInstant(clock.now() + (more.expiresInMs ?? COMMAND_LIFE_MS));
      client.publish(deviceTopic(hall, device, 'cmd'), JSON.stringify({ id, name, args, expiresAt }), {
        qos: 1,
        retain: more.retain ?? false,
      });
      return id;
    },
    outcome: async (id, withinMs = 6_000) => {
      await hear((each) => each.topic.endsWith('/outcome') && each.payload.includes(id), withinMs);
      const [outcome] = outcomesOf(id);
      if (outcome === undefined) throw new Error(`no outcome of ${id}`);
      return outcome;
    },
    outcomes: (id) =>
      outcomesOf(id).map(({ outcome, reason }) => (reason === undefined ? { outcome } : { outcome, reason })),
    hear,
    cut: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
    mend: async () => {
      server = serve();
      await listen(port);
      client = await joinHall();
    },
    stop: async () => {
      await client.endAsync(true);
      server.close();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        broker.close(() => {
          resolve();
        });
      });
    },
  };
}

/** MQTT filter match for the plain filters of the access table (`+` only). */
function allowed(filters: readonly string[], topic: string): boolean {
  return filters.some((filter) => {
    const wanted = filter.split('/');
    const have = topic.split('/');
    return (
      wanted.length === have.length && wanted.every((part, index) => part === '+' || part === have[index])
    );
  });
}

/** A temporary folder with a gateway's files, virtual serial ports and processes; everything ends with `stop`. */
export interface GatewayBench {
  readonly far: FarSide;
  readonly folder: string;
  cable(name: string): Promise<PtyPair>;
  board(name: string, config: object): Promise<JsonProcess>;
  program(program: string, args: readonly string[]): JsonProcess;
  /** Starts the gateway process; resolves when it is ready and knows the hall's time. */
  gateway(devices: readonly object[], more?: { knowsTime?: boolean; config?: object }): Promise<JsonProcess>;
  stop(): Promise<void>;
}

export async function createGatewayBench(): Promise<GatewayBench> {
  const far = await startFarSide();
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
  const cleanups: (() => Promise<unknown>)[] = [];
  const program: GatewayBench['program'] = (file, args) => {
    const child = startProgram(file, args, far.clock);
    cleanups.push(() => child.stop('SIGKILL'));
    return child;
  };
  return {
    far,
    folder,
    program,
    cable: async (name) => {
      const pair = await startPty(join(folder, `${name}-gateway`), join(folder, `${name}-device`), far.clock);
      cleanups.push(() => pair.stop());
      return pair;
    },
    board: async (name, config) => {
      const child = program('simulators/boards/board.main.ts', [
        '--json',
        JSON.stringify({ transport: { kind: 'serial', path: join(folder, `${name}-device`) }, ...config }),
      ]);
      await child.hear((line) => line.report === 'ready');
      return child;
    },
    gateway: async (devices, more = {}) => {
      const ids = devices.map((device) => (device as { id: string }).id);
      writeFileSync(
        join(folder, 'credentials.json'),
        JSON.stringify(Object.fromEntries(ids.map((id) => [id, SECRET + id]))),
      );
      const config = {
        hall: far.hall,
        dataDir: join(folder, 'data'),
        mqtt: { port: far.port },
        credentials: join(folder, 'credentials.json'),
        devices,
        ...more.config,
      };
      writeFileSync(join(folder, 'gateway.json'), JSON.stringify(config));
      const child = program('devices/gateway.main.ts', ['--config', join(folder, 'gateway.json')]);
      await child.hear((line) => line.ready === true, 15_000);
      if (more.knowsTime !== false) {
        far.sayTime();
        await sleep(far.clock, 50);
      }
      return child;
    },
    stop: async () => {
      for (const cleanup of cleanups.reverse()) await cleanup();
      await far.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Compartment wiring of one board: compartment n = lock n. */
export function wires(board: number, locks: readonly number[], first = 0): object[] {
  return locks.map((lock) => ({ number: first + lock, size: 'small', board, lock, column: 1, row: lock }));
}
