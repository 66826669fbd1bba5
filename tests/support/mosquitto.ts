import { spawn, spawnSync } from 'node:child_process';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';

/** Whether the independent MQTT clients (Debian package mosquitto-clients) are on this machine. */
export const hasMosquitto = spawnSync('mosquitto_pub', ['--help']).error === undefined;

/** Who a client says it is. */
export interface Identity {
  readonly id: string;
  readonly user?: string;
  readonly secret?: string;
  /** TLS: the bundle it trusts, and its certificate with key where it has one. */
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string };
}

/** An independent client: what it said and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
}

export interface Listener {
  /** Lines `topic payload retained(0|1)`. */
  readonly lines: string[];
  heard(line: string, withinMs?: number): Promise<void>;
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

function login({ id, user, secret, tls }: Identity, port: number): string[] {
  const name = user === undefined ? [] : ['-u', user];
  const password = secret === undefined ? [] : ['-P', secret];
  const own = tls?.cert === undefined ? [] : ['--cert', tls.cert, '--key', tls.key ?? ''];
  const secured = tls === undefined ? [] : ['--cafile', tls.ca, ...own];
  const server = ['-h', '127.0.0.1', '-p', String(port), '-V', 'mqttv311', '-i', id];
  return [...server, ...name, ...password, ...secured];
}

export function run(program: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    const add = (bytes: Buffer): void => {
      out += bytes.toString();
    };
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, out });
    });
  });
}

/** One message by mosquitto_pub; exit code 0 = the broker took it (with QoS 1: acknowledged it). */
export function publishOnce(
  port: number,
  who: Identity,
  topic: string,
  payload: string,
  more: readonly string[] = [],
): Promise<Ended> {
  return run('mosquitto_pub', [...login(who, port), '-q', '1', '-t', topic, '-m', payload, ...more]);
}

/** mosquitto_sub for `seconds`; `out` has what it heard and, with `-d` among `more`, each SUBACK. */
export function listenFor(
  port: number,
  who: Identity,
  filters: readonly string[],
  seconds: number,
  more: readonly string[] = [],
): Promise<Ended> {
  return run('mosquitto_sub', [
    ...login(who, port),
    ...['-q', '1', '-W', String(seconds), '-F', '%t %p %r'],
    ...filters.flatMap((filter) => ['-t', filter]),
    ...more,
  ]);
}

/** mosquitto_sub that stays until stopped; resolves once every filter has its SUBACK. */
export async function listen(
  port: number,
  who: Identity,
  filters: readonly string[],
  more: readonly string[] = [],
): Promise<Listener> {
  const child = spawn(
    'stdbuf',
    [
      ...['-oL', 'mosquitto_sub', ...login(who, port), '-d', '-q', '1', '-F', '%t %p %r'],
      ...filters.flatMap((filter) => ['-t', filter]),
      ...more,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
    });
  });
  const lines: string[] = [];
  let granted = false;
  let rest = '';
  child.stdout.on('data', (bytes: Buffer) => {
    const parts = (rest + bytes.toString()).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      if (line.startsWith('Subscribed ')) granted = true;
      else if (/^[a-z0-9$]+\/\S+ .* [01]$/.test(line)) lines.push(line);
    }
  });
  const until = async (holds: () => boolean, what: string, withinMs: number): Promise<void> => {
    const end = systemClock.monotonic() + withinMs;
    while (!holds()) {
      if (systemClock.monotonic() > end)
        throw new Error(`${who.id}: ${what}; heard ${JSON.stringify(lines)}`);
      await sleep(systemClock, 10);
    }
  };
  await until(() => granted, 'no SUBACK', 10_000);
  return {
    lines,
    heard: (line, withinMs = 8_000) => until(() => lines.includes(line), `not heard: ${line}`, withinMs),
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await ended;
    },
  };
}
