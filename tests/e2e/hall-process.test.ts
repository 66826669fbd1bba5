import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';

const root = join(import.meta.dirname, '../..');
const node = join(root, 'node_modules/.bin/node');
const open: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const Ports = z.object({ pid: z.number(), http: z.number(), mqtt: z.number(), url: z.string() });

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly output: () => string;
}

function start(file: string, env: Record<string, string> = {}): Running {
  const child = spawn(node, [join(root, 'hall/hall.main.ts'), '--config', file], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  open.push(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  });
  return { child, ended, output: () => text };
}

function folder(over: Record<string, unknown> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'hall-process-'));
  open.push(() => rmSync(dir, { recursive: true }));
  const dataDir = join(dir, 'data');
  const file = join(dir, 'hall.json');
  const write = (more: Record<string, unknown> = {}): void => {
    writeFileSync(
      file,
      JSON.stringify({
        hall: 7,
        name: { zh: '测试大厅', en: 'Test hall' },
        dataDir,
        demo: true,
        http: { port: 0 },
        broker: { port: 0 },
        kiosks: [
          { id: 'kiosk-1', name: { zh: '一号机', en: 'Kiosk 1' }, place: { zh: '大厅', en: 'Lobby' } },
        ],
        ...over,
        ...more,
      }),
    );
  };
  write();
  return { dir, dataDir, file, write };
}

async function ready(running: Running, dataDir: string): Promise<z.infer<typeof Ports>> {
  const end = systemClock.monotonic() + 15_000;
  for (;;) {
    const path = join(dataDir, 'ports.json');
    const found = existsSync(path) ? Ports.safeParse(JSON.parse(readFileSync(path, 'utf8'))) : undefined;
    if (found?.success === true && found.data.pid === running.child.pid) return found.data;
    if (running.child.exitCode !== null || systemClock.monotonic() > end)
      throw new Error(`the hall did not start:\n${running.output()}`);
    await sleep(systemClock, 20);
  }
}

const health = async (url: string): Promise<{ status: number; body: unknown }> => {
  const answer = await fetch(`${url}/healthz`);
  return { status: answer.status, body: await answer.json() };
};

async function enrol(url: string): Promise<string> {
  const demo = z
    .object({ kiosks: z.array(z.object({ code: z.string() })) })
    .parse(await (await fetch(`${url}/api/v1/demo`)).json());
  const answer = await fetch(`${url}/api/v1/kiosks/enrol`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: demo.kiosks[0]?.code }),
  });
  expect(answer.status).toBe(200);
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

describe('a hall as a process', () => {
  it('[HT15] starts, serves, stops cleanly on a signal, and finds its data again', async () => {
    const { dataDir, file } = folder();
    const first = start(file);
    const began = systemClock.monotonic();
    const ports = await ready(first, dataDir);
    expect(systemClock.monotonic() - began).toBeLessThan(10_000);
    expect(await health(ports.url)).toEqual({
      status: 200,
      body: {
        status: 'ok',
        version: '0.1.0',
        parts: { store: 'ok', broker: 'ok', mqtt: 'ok', gateway: 'off', sync: 'off' },
      },
    });
    const cookie = await enrol(ports.url);
    expect((await fetch(`${ports.url}/api/v1/home`, { headers: { cookie } })).status).toBe(200);
    for (const name of ['secrets.json', 'service-token', 'hall.sqlite'])
      expect([name, statSync(join(dataDir, name)).mode & 0o077]).toEqual([name, 0]);
    const stopping = systemClock.monotonic();
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(systemClock.monotonic() - stopping).toBeLessThan(3_000);
    expect([existsSync(join(dataDir, 'lock')), existsSync(join(dataDir, 'ports.json'))]).toEqual([
      false,
      false,
    ]);

    const second = start(file);
    const again = await ready(second, dataDir);
    expect((await fetch(`${again.url}/api/v1/home`, { headers: { cookie } })).status).toBe(200);
  });

  it('[HT15] after kill -9 the next start takes the stale lock and has what was acknowledged', async () => {
    const { dataDir, file } = folder();
    const first = start(file);
    const cookie = await enrol((await ready(first, dataDir)).url);
    first.child.kill('SIGKILL');
    await first.ended;
    expect(existsSync(join(dataDir, 'lock'))).toBe(true);
    const second = start(file);
    const { url } = await ready(second, dataDir);
    expect((await fetch(`${url}/api/v1/home`, { headers: { cookie } })).status).toBe(200);
  });

  it('[ST12] a second hall on the same data folder is refused while the first lives', async () => {
    const { dataDir, file } = folder();
    const first = start(file);
    const { url } = await ready(first, dataDir);
    const second = start(file);
    expect(await second.ended).toBe(1);
    expect(second.output()).toMatch(/in use by process/);
    expect((await health(url)).status).toBe(200);
  });

  it('[ST11] [ST13] [HT9] what must not be is refused with its reason', async () => {
    const refusedWith = async (
      more: Record<string, unknown>,
      env: Record<string, string> = {},
    ): Promise<string> => {
      const { file, write } = folder();
      write(more);
      const running = start(file, env);
      expect(await running.ended).toBe(1);
      return running.output();
    };
    expect(await refusedWith({ http: { prot: 0 } })).toMatch(
      /http\.prot: unknown key; did you mean "port"\?/,
    );
    expect(await refusedWith({}, { HALL_TIME_ZONE: '5' })).toMatch(/timeZone/);
    expect(await refusedWith({ http: { host: '0.0.0.0', port: 0 } })).toMatch(
      /demo mode runs only on loopback/,
    );
    expect(await refusedWith({ demo: false, http: { host: '0.0.0.0', port: 0 } })).toMatch(/TLS is required/);
    expect(await refusedWith({ map: '/nonexistent.json' })).toMatch(/the map cannot be used/);
  });

  it('[HT7] an external broker that does not answer is said, and the hall serves nevertheless', async () => {
    const { dataDir, file } = folder({ broker: { url: 'mqtt://127.0.0.1:9' } });
    const running = start(file);
    const { url } = await ready(running, dataDir);
    expect(await health(url)).toMatchObject({
      status: 503,
      body: { status: 'down', parts: { mqtt: 'down', broker: 'off' } },
    });
    const cookie = await enrol(url);
    expect((await fetch(`${url}/api/v1/home`, { headers: { cookie } })).status).toBe(200);
  });
});
