import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { enrol, hallAnswers } from '../../../kiosk/main/hall-link.ts';
import { createStaffExit, hashPin } from '../../../kiosk/main/staff-exit.ts';
import { ShellConfig } from '../../../kiosk/main/shell-config.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

describe('the way out', () => {
  const hash = hashPin('824613', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));

  it('[KS6] opens for the right PIN only, and closes for five minutes after five wrong ones', () => {
    const clock = createVirtualClock();
    const exit = createStaffExit(hash, clock);
    expect(exit.try('824613')).toBe('opened');
    for (let count = 0; count < 5; count += 1) expect(exit.try('000000')).toBe('wrong');
    expect(exit.try('824613')).toBe('closed');
    clock.advance(5 * 60_000 - 1);
    expect(exit.try('824613')).toBe('closed');
    clock.advance(2);
    expect(exit.try('824613')).toBe('opened');
  });

  it('[KS6] stays shut when no PIN was set or the setting is damaged', () => {
    for (const broken of [undefined, '', ':', 'abc'])
      expect(createStaffExit(broken, createVirtualClock()).try('')).not.toBe('opened');
  });
});

describe('the hall, over real HTTP', () => {
  const servers: ReturnType<typeof createServer>[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  const serve = async (
    status: number,
    cookie?: string,
  ): Promise<{ url: string; seen: { origin: string | undefined; body: string }[] }> => {
    const seen: { origin: string | undefined; body: string }[] = [];
    const server = createServer((request, answer) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({ origin: request.headers.origin, body });
        answer.writeHead(status, cookie === undefined ? {} : { 'set-cookie': cookie });
        answer.end('{}');
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, seen };
  };
  const never = new AbortController().signal;

  it('[KS5] is there when it answers, well or not, and not when nobody listens', async () => {
    expect(await hallAnswers(fetch, (await serve(200)).url, never)).toBe(true);
    expect(await hallAnswers(fetch, (await serve(503)).url, never)).toBe(true);
    expect(await hallAnswers(fetch, (await serve(404)).url, never)).toBe(false);
    expect(await hallAnswers(fetch, 'http://127.0.0.1:1', never)).toBe(false);
  });

  it('[KS8] trades the code for the cookie with its own origin, and takes no for an answer', async () => {
    const { url, seen } = await serve(200, 'kiosk=s3cret=x; Path=/; HttpOnly; SameSite=Strict');
    expect(await enrol(fetch, url, 'CODE-1')).toEqual({ name: 'kiosk', value: 's3cret=x' });
    expect(seen).toEqual([{ origin: url, body: '{"code":"CODE-1"}' }]);
    expect(await enrol(fetch, (await serve(403)).url, 'CODE-1')).toBeUndefined();
  });

  it('[KS9] [KS1] the wiring clears storage, never cookies, and keeps every lock of the checklist', () => {
    // Electron's binary is not needed to read what it is told.
    const source = readFileSync(new URL('../../../kiosk/main/shell.main.ts', import.meta.url), 'utf8');
    for (const setting of [
      'contextIsolation: true',
      'sandbox: true',
      'nodeIntegration: false',
      'webSecurity: true',
      'webviewTag: false',
      'app.enableSandbox()',
      'setWindowOpenHandler',
      "'will-navigate'",
      "'will-redirect'",
      "'will-download'",
      'setPermissionRequestHandler',
      'setPermissionCheckHandler',
    ]) {
      expect(source, setting).toContain(setting);
    }
    const cleared = /storages: \[([^\]]+)\]/.exec(source)?.[1] ?? '';
    for (const storage of ['localstorage', 'indexdb', 'cachestorage', 'serviceworkers'])
      expect(cleared).toContain(storage);
    expect(cleared).not.toContain('cookies');
    expect(source).toContain('clipboard.clear()');
  });

  it('[KS1] refuses a configuration with unknown keys', () => {
    expect(ShellConfig.safeParse({ hallUrl: 'http://127.0.0.1:7080', kiosk: true }).success).toBe(false);
  });
});
