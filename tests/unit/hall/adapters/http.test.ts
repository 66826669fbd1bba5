import { request as httpRequest } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { hallRoutes } from '../../../../contract/hall-api.ts';
import type { Health, HallRouteName } from '../../../../contract/hall-api.ts';
import { Problem, accepted, refused } from '../../../../contract/refusals.ts';
import { createHttp } from '../../../../hall/adapters/http.ts';
import type { HallHttp, PlainHandlers } from '../../../../hall/adapters/http.ts';
import { allowedFor, hostAllowed, originAllowed } from '../../../../contract/http-guard.rules.ts';
import { createLiveHub, LONGEST_BACKLOG } from '../../../../hall/adapters/live.ts';
import type { LiveHub } from '../../../../hall/adapters/live.ts';
import { createMetrics } from '../../../../hall/adapters/metrics.ts';
import { createAlarms } from '../../../../hall/desk/alarms.service.ts';
import { createHall } from '../../../../hall/hall.ts';
import { createIdentityService } from '../../../../hall/identity/identity.service.ts';
import { createPasswordHasher } from '../../../../hall/identity/password.ts';
import { DEMO_MAP, loadPlan } from '../../../../hall/navigation/navigation.service.ts';
import { systemClock } from '../../../../platform/system.ts';
import { makeHall } from '../../../support/hall-context.ts';

const SERVICE_TOKEN = 'service-token-of-this-test-0123456789abcdef';
const wang = { name: 'wang', password: 'correct horse', role: 'manager' } as const;
const open: { close(): Promise<unknown> | void }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

interface Served {
  readonly identity: ReturnType<typeof createIdentityService>;
  readonly port: number;
  readonly live: LiveHub;
  readonly hall: ReturnType<typeof makeHall>;
  readonly http: HallHttp;
  readonly codeFor: (kiosk: string) => string;
  readonly enrol: (kiosk: string) => Promise<string>;
  readonly signIn: () => Promise<string>;
}

const offline = {
  central: 'offline',
  lastContactAt: null,
  waitingFacts: 0,
  oldestWaitingAt: null,
  cursor: null,
  quarantined: 0,
  nextTryAt: null,
  trouble: null,
} as const;

/** A whole hall behind a real socket: every feature, real cookies; only hardware and central are not there. */
async function serve(
  options: {
    config?: Record<string, unknown>;
    over?: Partial<PlainHandlers>;
    health?: () => Health;
    pages?: { kiosk: string; console: string };
  } = {},
): Promise<Served> {
  const hall = makeHall({ config: { http: { port: 0 }, ...options.config } });
  const live = createLiveHub(systemClock, '0.0.0-test');
  const identity = createIdentityService({ ...hall, hasher: createPasswordHasher(2 ** 10) });
  await identity.setStaff(wang, 'hall');
  const whole = createHall(
    { ...hall, live },
    {
      alarms: createAlarms({ ...hall, live }),
      identity,
      plan: loadPlan(DEMO_MAP),
      sync: { now: () => undefined, view: () => offline },
      bus: () => ({
        broker: 'embedded',
        clients: [
          { id: 'lock-1', role: { kind: 'device', device: 'lock-1' }, connected: true },
          { id: 'hall', role: { kind: 'hall' }, connected: true },
        ],
        pass: undefined,
      }),
      phoneUrl: () => '',
    },
  );
  const http = await createHttp({
    config: hall.config,
    version: '0.0.0-test',
    handlers: { ...whole.handlers, ...options.over },
    signIns: { ...identity, serviceToken: SERVICE_TOKEN },
    live,
    health: options.health ?? (() => ({ status: 'ok', version: '0.0.0-test', parts: { store: 'ok' } })),
    metrics: createMetrics(() => ({ facts_waiting: 3 })),
    clock: systemClock,
    log: hall.log,
    checkAnswers: true,
    onKioskSeen: (kiosk) => {
      whole.kioskSeen(kiosk);
    },
    ...(options.pages === undefined ? {} : { pages: options.pages }),
  });
  const port = await http.listen();
  open.push(http);
  const codeFor = (kiosk: string): string => {
    const code = identity.kioskCode(kiosk, 'hall');
    if (!code.ok) throw new Error(code.refusal.code);
    return code.value.code;
  };
  const tokenFrom = (answer: Answer): string => {
    expect(answer.status).toBe(200);
    return /^(\w+=[^;]+);/.exec(answer.cookies[0] ?? '')?.[1] ?? '';
  };
  return {
    port,
    live,
    hall,
    http,
    identity,
    codeFor,
    enrol: async (kiosk) =>
      tokenFrom(await ask(port, 'POST', '/api/v1/kiosks/enrol', { body: { code: codeFor(kiosk) } })),
    signIn: async () =>
      tokenFrom(
        await ask(port, 'POST', '/api/v1/staff/sign-in', {
          body: { name: wang.name, password: wang.password },
        }),
      ),
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly cookies: string[];
  readonly text: string;
  readonly json: unknown;
}

/** One request with exactly these headers: `fetch` would not let us lie about Host and Origin. */
function ask(
  port: number,
  method: string,
  path: string,
  options: { headers?: Record<string, string>; body?: unknown; raw?: string } = {},
): Promise<Answer> {
  const text = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: {
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
          ...options.headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const whole = Buffer.concat(chunks).toString();
          const isJson = /json/.test(response.headers['content-type'] ?? '');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            cookies: response.headers['set-cookie'] ?? [],
            text: whole,
            json: isJson ? JSON.parse(whole) : undefined,
          });
        });
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(text);
  });
}

const codeOf = (answer: Answer): string => (answer.status === 200 ? 'ok' : Problem.parse(answer.json).code);

describe('Host and Origin', () => {
  it('[HT1] a foreign Host is refused everywhere, even for health', async () => {
    const { port } = await serve();
    for (const host of [
      'evil.example',
      `evil.example:${String(port)}`,
      '127.0.0.1',
      `127.0.0.1:${String(port + 1)}`,
      `127.0.0.1.nip.io:${String(port)}`,
    ]) {
      const answer = await ask(port, 'GET', '/healthz', { headers: { host } });
      expect([host, answer.status]).toEqual([host, 421]);
    }
    for (const host of [
      `127.0.0.1:${String(port)}`,
      `localhost:${String(port)}`,
      `LOCALHOST:${String(port)}`,
      `[::1]:${String(port)}`,
    ]) {
      expect([host, (await ask(port, 'GET', '/healthz', { headers: { host } })).status]).toEqual([host, 200]);
    }
  });

  it('[HT1] configured names count with the chosen port, and behind a proxy without', () => {
    const allowed = allowedFor({
      port: 7080,
      tls: true,
      extraHosts: ['hall.example', 'other.example:8443'],
      extraOrigins: ['https://dev.example'],
    });
    expect(
      ['hall.example', 'hall.example:7080', 'Other.example:8443', 'localhost:7080'].map((host) =>
        hostAllowed(allowed, host),
      ),
    ).toEqual([true, true, true, true]);
    expect(
      ['hall.example:80', 'other.example', 'localhost', 'xhall.example', undefined].map((host) =>
        hostAllowed(allowed, host),
      ),
    ).toEqual([false, false, false, false, false]);
    expect(originAllowed(allowed, 'https://hall.example', 'same-origin')).toBe(true);
    expect(originAllowed(allowed, 'http://hall.example', 'same-origin')).toBe(false);
    expect(originAllowed(allowed, 'https://dev.example', 'cross-site')).toBe(true);
  });

  it('[HT2] a write from a foreign page is refused before anything else is looked at', async () => {
    const { port, enrol, hall } = await serve();
    const cookie = await enrol('kiosk-1');
    const call = (headers: Record<string, string>): Promise<Answer> =>
      ask(port, 'POST', '/api/v1/help', { headers: { cookie, ...headers }, body: { page: 'home' } });
    const own = `http://127.0.0.1:${String(port)}`;
    const foreign: Record<string, string>[] = [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: `https://127.0.0.1:${String(port)}` },
      { origin: `http://127.0.0.1:${String(port + 1)}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' },
    ];
    for (const headers of foreign)
      expect([headers, codeOf(await call(headers))]).toEqual([headers, 'origin-not-allowed']);
    expect(hall.facts().filter((fact) => fact.type === 'help.called')).toEqual([]);
    expect(codeOf(await call({ origin: own, 'sec-fetch-site': 'same-origin' }))).toBe('ok');
  });
});

describe('identity', () => {
  const asWritten = (path: string): string =>
    path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => (name === 'day' ? '2026-11-24' : '1'));

  it('[HT3] [ID2] every route refuses who has no cookie, and those of the other kind', async () => {
    const { port, enrol, signIn } = await serve({ config: { demo: false } });
    const kiosk = await enrol('kiosk-1');
    const staff = await signIn();
    const tried: string[] = [];
    for (const name of Object.keys(hallRoutes) as HallRouteName[]) {
      const { method, path, identity } = hallRoutes[name];
      if (identity === 'none') continue;
      const as = async (cookie?: string): Promise<string> =>
        codeOf(await ask(port, method, asWritten(path), cookie === undefined ? {} : { headers: { cookie } }));
      expect([name, await as()]).toEqual([name, 'not-signed-in']);
      expect([name, await as('kiosk=forged; staff=forged')]).toEqual([name, 'not-signed-in']);
      // The right secret under the wrong name proves nothing.
      expect([
        name,
        await as(`${kiosk.replace('kiosk=', 'staff=')}; ${staff.replace('staff=', 'kiosk=')}`),
      ]).toEqual([name, 'not-signed-in']);
      if (identity === 'kiosk') expect([name, await as(staff)]).toEqual([name, 'not-allowed']);
      if (identity === 'staff') expect([name, await as(kiosk)]).toEqual([name, 'not-allowed']);
      tried.push(name);
    }
    expect(tried.length).toBeGreaterThan(35);
  });

  it('[HT3] [ID2] another kiosk’s cookie is that other kiosk, whatever the request says', async () => {
    const { port, enrol } = await serve();
    const one = await enrol('kiosk-1');
    const two = await enrol('kiosk-2');
    const home = async (cookie: string): Promise<unknown> =>
      (await ask(port, 'GET', '/api/v1/home?kiosk=kiosk-1', { headers: { cookie, 'x-kiosk': 'kiosk-1' } }))
        .json;
    expect(await home(one)).toMatchObject({ kiosk: { id: 'kiosk-1' } });
    expect(await home(two)).toMatchObject({ kiosk: { id: 'kiosk-2' } });
    const called = await ask(port, 'POST', '/api/v1/help', {
      headers: { cookie: one },
      body: { page: 'home', kiosk: 'kiosk-2' },
    });
    const { helpId } = called.json as { helpId: string };
    expect(
      codeOf(await ask(port, 'POST', `/api/v1/help/${helpId}/withdraw`, { headers: { cookie: two } })),
    ).not.toBe('ok');
    expect(
      codeOf(await ask(port, 'POST', `/api/v1/help/${helpId}/withdraw`, { headers: { cookie: one } })),
    ).toBe('ok');
  });

  it('[ID3] [ID6] cookies are HttpOnly, SameSite=Strict, for the whole site; signing in anew ends the session before', async () => {
    const { port, codeFor, signIn } = await serve();
    const enrolled = await ask(port, 'POST', '/api/v1/kiosks/enrol', { body: { code: codeFor('kiosk-1') } });
    expect(enrolled.cookies[0]).toMatch(/^kiosk=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(enrolled.text).toBe('{"kiosk":"kiosk-1"}');
    const before = await signIn();
    const again = await ask(port, 'POST', '/api/v1/staff/sign-in', {
      headers: { cookie: before },
      body: { name: wang.name, password: wang.password },
    });
    expect(again.cookies[0]).toMatch(/^staff=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(codeOf(await ask(port, 'GET', '/api/v1/desk', { headers: { cookie: before } }))).toBe(
      'not-signed-in',
    );
    const now = again.cookies[0]?.split(';')[0] ?? '';
    expect(codeOf(await ask(port, 'GET', '/api/v1/desk', { headers: { cookie: now } }))).toBe('ok');
    expect(codeOf(await ask(port, 'POST', '/api/v1/staff/sign-out', { headers: { cookie: now } }))).toBe(
      'ok',
    );
    expect(codeOf(await ask(port, 'GET', '/api/v1/desk', { headers: { cookie: now } }))).toBe(
      'not-signed-in',
    );
  });

  it('[DK20] the rights on the bus are shown to managers only', async () => {
    const { port, enrol, signIn, identity } = await serve();
    const bus = (cookie: string): Promise<Answer> =>
      ask(port, 'GET', '/api/v1/desk/bus', { headers: { cookie } });
    expect(codeOf(await bus(await enrol('kiosk-1')))).toBe('not-allowed');
    await identity.setStaff({ name: 'li', password: 'another horse', role: 'clerk' }, 'hall');
    const clerk = await ask(port, 'POST', '/api/v1/staff/sign-in', {
      body: { name: 'li', password: 'another horse' },
    });
    expect(codeOf(await bus(clerk.cookies[0]?.split(';')[0] ?? ''))).toBe('not-allowed');
    expect((await bus(await signIn())).json).toMatchObject({
      broker: 'embedded',
      clients: [
        { id: 'lock-1', subscribe: ['hall/1001/dev/lock-1/cmd', 'hall/1001/time'] },
        { id: 'hall', role: 'hall' },
      ],
    });
  });

  it('[ID9] the service token is a manager from this machine', async () => {
    const { port } = await serve();
    const bearer = (token: string): Promise<Answer> =>
      ask(port, 'POST', '/api/v1/desk/kiosks/kiosk-1/code', {
        headers: { authorization: `Bearer ${token}` },
      });
    expect(codeOf(await bearer(SERVICE_TOKEN))).toBe('ok');
    expect(codeOf(await bearer(`${SERVICE_TOKEN}x`))).toBe('not-signed-in');
    expect(codeOf(await bearer(''))).toBe('not-signed-in');
  });
});

describe('requests and answers', () => {
  it('[HT4] faults are named by their path; what is too large or not JSON is refused', async () => {
    const { port, enrol } = await serve();
    const cookie = await enrol('kiosk-1');
    const post = (
      path: string,
      options: { body?: unknown; raw?: string; headers?: Record<string, string> },
    ): Promise<Answer> => ask(port, 'POST', path, { ...options, headers: { cookie, ...options.headers } });
    const wrong = await post('/api/v1/bookings', {
      body: {
        credential: { kind: 'member', memberNumber: '1', phoneLast4: '2' },
        resource: 'x',
        startsAt: 'now',
        endsAt: '2026-11-24T03:00:00.000Z',
      },
    });
    expect([wrong.status, wrong.headers['content-type']]).toEqual([
      400,
      'application/problem+json; charset=utf-8',
    ]);
    expect(Problem.parse(wrong.json)).toMatchObject({ code: 'bad-request', actor: 'developer' });
    expect(Problem.parse(wrong.json).detail).toMatch(/body\.resource: .*body\.startsAt: /);
    expect(
      Problem.parse((await ask(port, 'GET', '/api/v1/resources/1/days/today', { headers: { cookie } })).json)
        .detail,
    ).toMatch(/^params\.day: /);
    expect(
      Problem.parse((await ask(port, 'GET', '/api/v1/route?to=room-201', { headers: { cookie } })).json)
        .detail,
    ).toMatch(/^query\.stepFree: /);
    expect((await post('/api/v1/help', { raw: '{"page": ' })).status).toBe(400);
    expect((await post('/api/v1/help', { raw: '{"page":"x","__proto__":{"a":1}}' })).status).toBe(400);
    expect((await post('/api/v1/help', {})).status).toBe(400);
    expect(
      (
        await post('/api/v1/help', {
          raw: 'page=x',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        })
      ).status,
    ).toBe(415);
    const large = await post('/api/v1/help', { body: { page: 'x'.repeat(256 * 1024) } });
    expect([large.status, codeOf(large)]).toEqual([413, 'bad-request']);
    expect(codeOf(await ask(port, 'GET', '/api/v1/nothing', { headers: { cookie } }))).toBe('not-found');
  });

  it('[HT5] a defect is a 500 that tells the caller nothing; storage that fails calls staff', async () => {
    const secret = 'SELECT secret FROM nowhere';
    const { port, enrol } = await serve({
      over: {
        home: () => {
          throw new Error(secret);
        },
        services: () => {
          throw Object.assign(new Error('disk I/O error'), { name: 'SqliteError', code: 'SQLITE_IOERR' });
        },
        resources: () => refused('part-unavailable'),
        lockers: () =>
          accepted({ compartments: 'none', minutesOffered: [] } as unknown as {
            compartments: [];
            minutesOffered: [];
          }),
      },
    });
    const cookie = await enrol('kiosk-1');
    const home = await ask(port, 'GET', '/api/v1/home', { headers: { cookie } });
    expect([home.status, Problem.parse(home.json).type]).toEqual([500, 'urn:union-hall:defect']);
    expect(home.text).not.toContain(secret);
    const services = await ask(port, 'GET', '/api/v1/services', { headers: { cookie } });
    expect([services.status, codeOf(services)]).toEqual([503, 'storage-failed']);
    expect((await ask(port, 'GET', '/api/v1/resources', { headers: { cookie } })).status).toBe(503);
    // Tests check every answer against its schema; an answer that does not fit is a defect.
    expect((await ask(port, 'GET', '/api/v1/lockers', { headers: { cookie } })).status).toBe(500);
  });

  it('[HT6] pages: their own policy, no sniffing, no framing, index never cached, nothing outside their folder', async () => {
    const root = mkdtempSync(join(tmpdir(), 'hall-pages-'));
    open.push({ close: () => rmSync(root, { recursive: true }) });
    mkdirSync(join(root, 'kiosk', 'assets'), { recursive: true });
    writeFileSync(join(root, 'kiosk', 'index.html'), '<!doctype html><title>kiosk</title>');
    writeFileSync(join(root, 'kiosk', 'assets', 'app-1a2b.js'), 'export {};');
    writeFileSync(join(root, 'secret.txt'), 'secret');
    const { port } = await serve({ pages: { kiosk: join(root, 'kiosk'), console: join(root, 'console') } });
    const page = await ask(port, 'GET', '/kiosk/');
    expect([page.status, page.text]).toEqual([200, '<!doctype html><title>kiosk</title>']);
    expect(page.headers['content-security-policy']).toMatch(
      /^default-src 'self'; .*script-src 'self' 'wasm-unsafe-eval';.*frame-ancestors 'none'$/,
    );
    expect(page.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-cache',
      'permissions-policy': expect.stringContaining('camera=(self)') as unknown,
    });
    expect((await ask(port, 'GET', '/kiosk/assets/app-1a2b.js')).headers['cache-control']).toMatch(
      /immutable/,
    );
    for (const path of [
      '/kiosk/../secret.txt',
      '/kiosk/%2e%2e/secret.txt',
      '/kiosk/..%2fsecret.txt',
      '/kiosk/missing.js',
    ]) {
      const answer = await ask(port, 'GET', path);
      expect([
        path,
        answer.status >= 400,
        answer.text.includes('secret\n') || answer.text === 'secret',
      ]).toEqual([path, true, false]);
    }
    expect((await ask(port, 'GET', '/console/')).status).toBe(503);
    expect((await ask(port, 'GET', '/')).headers['location']).toBe('/kiosk/');
  });

  it('[HT7] health, metrics and the description of the API', async () => {
    let parts: Health['parts'] = { store: 'ok', broker: 'ok', sync: 'off' };
    const { port } = await serve({
      health: () => ({
        status: Object.values(parts).includes('down') ? 'down' : 'ok',
        version: '0.0.0-test',
        parts,
      }),
    });
    expect(await ask(port, 'GET', '/healthz')).toMatchObject({
      status: 200,
      json: { status: 'ok', parts: { sync: 'off' } },
    });
    parts = { ...parts, broker: 'down' };
    expect(await ask(port, 'GET', '/healthz')).toMatchObject({
      status: 503,
      json: { status: 'down', parts: { broker: 'down' } },
    });
    expect((await ask(port, 'GET', '/metrics')).text).toMatch(/^hall_facts_waiting 3$/m);
    const description = (await ask(port, 'GET', '/openapi.json')).json as {
      openapi: string;
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    expect(description.openapi).toBe('3.1.0');
    const named = Object.values(description.paths).flatMap((methods) =>
      Object.values(methods).map((each) => each.operationId),
    );
    expect(named.sort()).toEqual(Object.keys(hallRoutes).sort());
  });

  it('[HT9] outside loopback nothing is served without TLS', async () => {
    await expect(serve({ config: { http: { host: '0.0.0.0', port: 0 } } })).rejects.toThrow(
      /TLS is required/,
    );
  });
});

describe('live views', () => {
  function connect(
    port: number,
    options: { headers?: Record<string, string>; query?: string },
  ): Promise<{ socket: WebSocket; next: () => Promise<unknown> } | number> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${String(port)}/api/v1/live${options.query ?? ''}`, {
        headers: options.headers ?? {},
      });
      const waiting: unknown[] = [];
      const asking: ((value: unknown) => void)[] = [];
      socket.on('message', (data: Buffer) => {
        const value: unknown = JSON.parse(data.toString());
        const taker = asking.shift();
        if (taker === undefined) waiting.push(value);
        else taker(value);
      });
      socket.on('open', () => {
        open.push({ close: () => socket.terminate() });
        resolve({
          socket,
          next: () =>
            new Promise((take) => {
              if (waiting.length > 0) take(waiting.shift());
              else asking.push(take);
            }),
        });
      });
      socket.on('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0);
        response.resume();
      });
      socket.on('error', (error) => {
        if (!/Unexpected server response|closed before/.test(error.message)) reject(error);
      });
    });
  }

  it('[HT8] needs an identity, our own origin and a known Host', async () => {
    const { port, enrol, signIn } = await serve();
    const cookie = await enrol('kiosk-1');
    expect(await connect(port, {})).toBe(401);
    expect(await connect(port, { headers: { cookie: 'kiosk=forged' } })).toBe(401);
    expect(await connect(port, { headers: { cookie, origin: 'http://evil.example' } })).toBe(403);
    expect(await connect(port, { headers: { cookie, host: 'evil.example' } })).toBe(421);
    expect(await connect(port, { headers: { cookie }, query: '?as=staff' })).toBe(403);
    expect(await connect(port, { headers: { cookie: await signIn() }, query: '?as=staff' })).not.toBeTypeOf(
      'number',
    );
    const own = await connect(port, { headers: { cookie, origin: `http://127.0.0.1:${String(port)}` } });
    if (typeof own === 'number') throw new Error(String(own));
    expect(await own.next()).toMatchObject({ type: 'hello', version: '0.0.0-test' });
  });

  it('[HT8] changes reach all pages once, a scan only its own kiosk', async () => {
    const { port, enrol, live } = await serve();
    const [one, two] = await Promise.all([
      connect(port, { headers: { cookie: await enrol('kiosk-1') } }),
      connect(port, { headers: { cookie: await enrol('kiosk-2') } }),
    ]);
    if (typeof one === 'number' || typeof two === 'number') throw new Error('not connected');
    await Promise.all([one.next(), two.next()]);
    live.send('kiosk-1', { type: 'scan', text: 'UH1:ABC' });
    live.changed('doors');
    live.changed('doors', 'help');
    expect(await one.next()).toEqual({ type: 'scan', text: 'UH1:ABC' });
    expect(await one.next()).toEqual({ type: 'changed', topics: ['doors', 'help'] });
    expect(await two.next()).toEqual({ type: 'changed', topics: ['doors', 'help'] });
  });

  it('[HT8] a page that does not read is closed, and the others go on', async () => {
    const { port, enrol, live } = await serve();
    const slow = await connect(port, { headers: { cookie: await enrol('kiosk-1') } });
    const quick = await connect(port, { headers: { cookie: await enrol('kiosk-2') } });
    if (typeof slow === 'number' || typeof quick === 'number') throw new Error('not connected');
    await Promise.all([slow.next(), quick.next()]);
    slow.socket.pause();
    const text = 'x'.repeat(LONGEST_BACKLOG / 4);
    for (let round = 0; round < 400 && live.pages() === 2; round += 1) {
      live.send('kiosk-1', { type: 'scan', text });
      await new Promise((resolve) => systemClock.after(0, () => resolve(undefined)));
    }
    expect(live.pages()).toBe(1);
    live.changed('sync');
    expect(await quick.next()).toEqual({ type: 'changed', topics: ['sync'] });
  });
});
