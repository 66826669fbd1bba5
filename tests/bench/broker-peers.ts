import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';

/** Brokers to measure, each a process on the first processor; the generator has the second. */
export interface BrokerProcess {
  readonly port: number;
  readonly secrets: Readonly<Record<string, string>>;
  /** Resident memory now, in kB. */
  rssKb(): number;
  stop(): Promise<void>;
}

const MOSQUITTO = '/usr/sbin/mosquitto';
const pinning = spawnSync('taskset', ['--version']).error === undefined;

function pinned(cpu: number, program: string, args: readonly string[]): [string, string[]] {
  return pinning ? ['taskset', ['-c', String(cpu), program, ...args]] : [program, [...args]];
}

function ended(child: ChildProcess): Promise<void> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => {
        child.once('exit', () => {
          resolve();
        });
      });
}

function handle(child: ChildProcess, port: number, secrets: Readonly<Record<string, string>>): BrokerProcess {
  return {
    port,
    secrets,
    rssKb: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(child.pid)}/status`, 'utf8'))?.[1]),
    stop: async () => {
      child.kill('SIGKILL');
      await ended(child);
    },
  };
}

const Started = z.object({ port: z.number(), secrets: z.record(z.string(), z.string()) });

/** The product's broker, or plain aedes, with that many clients enrolled. */
export async function startNodeBroker(
  dir: string,
  clients: number,
  plain: boolean,
  flags: readonly string[] = [],
): Promise<BrokerProcess> {
  const entry = join(import.meta.dirname, 'bench-broker.main.ts');
  const [program, args] = pinned(0, process.execPath, [
    ...flags,
    entry,
    ...['--data-dir', dir, '--clients', String(clients)],
    ...(plain ? ['--plain'] : []),
  ]);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await firstLine(child);
  const { port, secrets } = Started.parse(JSON.parse(line));
  return handle(child, port, secrets);
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) {
      reject(new Error('no output'));
      return;
    }
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`the process ended with ${String(code)} before it said anything`));
    });
  });
}

/**
 * Debian's mosquitto with passwords and an access list that grants what ours grants.
 * @param durable keeps sessions on disk as often as it can (`autosave_on_changes`): still not before it acknowledges.
 */
export async function startMosquitto(dir: string, clients: number, durable: boolean): Promise<BrokerProcess> {
  if (!existsSync(MOSQUITTO)) throw new Error(`${MOSQUITTO} is missing: install Debian's package mosquitto`);
  const ids = Array.from({ length: clients }, (_, index) => `b-${String(index).padStart(4, '0')}`);
  const passwords = join(dir, 'passwords');
  const access = join(dir, 'access');
  const secrets = Object.fromEntries(ids.map((id) => [id, `secret-of-${id}-0123456789abcdef`]));
  writeFileSync(passwords, ids.map((id) => `${id}:${secrets[id] ?? ''}\n`).join(''), { mode: 0o600 });
  // -U replaces the plain passwords of the file by salted hashes.
  const hashed = spawnSync('mosquitto_passwd', ['-U', passwords]);
  if (hashed.status !== 0) throw new Error(`mosquitto_passwd: ${String(hashed.stderr)}`);
  writeFileSync(access, ids.map((id) => `user ${id}\ntopic readwrite bench/#\n\n`).join(''), { mode: 0o600 });
  const port = await freePort();
  const config = join(dir, 'mosquitto.conf');
  writeFileSync(
    config,
    [
      `listener ${String(port)} 127.0.0.1`,
      'user root',
      'allow_anonymous false',
      `password_file ${passwords}`,
      `acl_file ${access}`,
      'set_tcp_nodelay true',
      'max_inflight_messages 0',
      'max_queued_messages 0',
      'log_type error',
      ...(durable
        ? [
            'persistence true',
            `persistence_location ${dir}/`,
            'autosave_on_changes true',
            'autosave_interval 1',
          ]
        : ['persistence false']),
      '',
    ].join('\n'),
  );
  const [program, args] = pinned(0, MOSQUITTO, ['-c', config]);
  // Silent: it warns of running as root each time; if it does not come up, that is said below.
  const child = spawn(program, args, { stdio: 'ignore' });
  const until = systemClock.monotonic() + 10_000;
  while (!(await answers(port))) {
    if (child.exitCode !== null || systemClock.monotonic() > until)
      throw new Error(`mosquitto did not start (exit ${String(child.exitCode)})`);
    await sleep(systemClock, 50);
  }
  return handle(child, port, secrets);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  return port;
}

/** Runs one job of the generator against a broker; `whileOpen` is called when an idle job has all its connections. */
export async function load(
  broker: Pick<BrokerProcess, 'port' | 'secrets'>,
  job: Readonly<Record<string, unknown>>,
  whileOpen?: () => Promise<void>,
): Promise<unknown> {
  // In a file: five thousand secrets are more than a command line takes.
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-load-'));
  const order = join(folder, 'job.json');
  writeFileSync(order, JSON.stringify({ ...job, port: broker.port, secrets: broker.secrets }), {
    mode: 0o600,
  });
  const [program, args] = pinned(1, process.execPath, [
    join(import.meta.dirname, 'mqtt-load.main.ts'),
    order,
  ]);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  if (whileOpen !== undefined) {
    const gone = ended(child).then(() => {
      throw new Error('the generator ended before its connections were open');
    });
    const opened = new Promise<void>((resolve) => {
      reader.once('line', () => {
        resolve();
      });
    });
    await Promise.race([opened, gone]);
    gone.catch(() => undefined);
    await whileOpen();
    child.stdin.end();
  }
  reader.on('line', (line) => lines.push(line));
  await ended(child);
  rmSync(folder, { recursive: true, force: true });
  if (child.exitCode !== 0) throw new Error(`the load generator ended with ${String(child.exitCode)}`);
  return JSON.parse(lines.at(-1) ?? '');
}
