import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { centralRoutes } from '../../../../contract/central-api.ts';
import type { RouteSpec } from '../../../../contract/http.ts';
import { Problem } from '../../../../contract/refusals.ts';
import { expectOk } from '../../../../simulators/people/api-client.ts';
import { createPhone } from '../../../../simulators/people/phone.ts';
import { readCatalogue } from '../../../../central/catalogue/catalogue.ts';
import { createCentral } from '../../../../central/central.ts';
import type { Central } from '../../../../central/central.ts';
import { openPglite } from '../../../../central/store/pglite.ts';
import type { Database } from '../../../../central/store/sql.ts';
import { createSeededIds, createSeededRandom } from '../../../support/seeded.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

const clock = createVirtualClock();
let db: Database;
let central: Central;
let url = '';

beforeAll(async () => {
  const random = createSeededRandom(5);
  const ids = createSeededIds(5, clock);
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  db = await openPglite(undefined);
  central = await createCentral({
    config: {
      http: { host: '127.0.0.1', port: 0, hosts: [], origins: [] },
      demo: true,
      halls: [
        {
          hall: 1,
          name: { zh: '1 号中心', en: 'Hall 1' },
          timeZone: 'Asia/Shanghai',
          helpPhone: '0571-0000',
          enrolCode: 'ENROL-0001',
          resources: [],
        },
      ],
    },
    db,
    clock,
    ids,
    random,
    log: quiet,
    master: random.bytes(32),
    catalogue: readCatalogue(),
    version: '0.0.0',
    checkAnswers: true,
  });
  await central.start();
  url = `http://127.0.0.1:${String(await central.http.listen())}`;
});
afterAll(async () => {
  await central.stop();
  await db.close();
});

const memberRoutes = (Object.entries(centralRoutes) as [string, RouteSpec][]).filter(
  ([, route]) => route.identity === 'member',
);
const pathOf = (route: RouteSpec): string =>
  route.path
    .replace('{number}', '1')
    .replace('{day}', '2026-11-24')
    .replace('{id}', '00000000-0000-7000-8000-000000000001');
const ask = (method: string, path: string, body?: unknown, cookie?: string) =>
  fetch(`${url}${path}`, {
    method,
    headers: {
      origin: url,
      ...(cookie === undefined ? {} : { cookie }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

describe('the cookie', () => {
  test('[PH12] is HttpOnly, SameSite=Strict and for the phone page only; the token is in no body', async () => {
    const code = (await (
      await ask('POST', centralRoutes.requestCode.path, { mobile: '13800000005' })
    ).json()) as { demoCode: string };
    const answer = await ask('POST', centralRoutes.signInPhone.path, {
      mobile: '13800000005',
      code: code.demoCode,
    });
    const set = answer.headers.get('set-cookie') ?? '';
    expect(set).toMatch(/^uh_member=[\w-]{43};/);
    expect(set.split('; ').slice(1).sort()).toEqual([
      'HttpOnly',
      'Max-Age=2592000',
      'Path=/phone',
      'SameSite=Strict',
    ]);
    const token = /uh_member=([\w-]+)/.exec(set)?.[1] ?? '';
    expect(await answer.text()).not.toContain(token);
    expect((await ask('GET', centralRoutes.phone.path, undefined, `uh_member=${token}`)).status).toBe(200);
    const out = await ask('POST', centralRoutes.signOutPhone.path, undefined, `uh_member=${token}`);
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await ask('GET', centralRoutes.phone.path, undefined, `uh_member=${token}`)).status).toBe(401);
  });

  test.each(memberRoutes)('[PH12] %s without it is not answered', async (_name, route) => {
    for (const cookie of [undefined, 'uh_member=', 'uh_member=AAAA', 'uh_staff=AAAA']) {
      const answer = await ask(
        route.method,
        pathOf(route),
        route.body === undefined ? undefined : {},
        cookie,
      );
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(Problem.parse(await answer.json()).code).toBe('not-signed-in');
    }
  });
});

describe('a phone over HTTP', () => {
  test('[PH12] what does not fit is refused by name of the part, and nothing changes', async () => {
    const phone = createPhone(url, clock);
    await phone.signIn('13800000002');
    const before = await db.query('SELECT cursor FROM hall');
    const cases: [string, string, unknown, string][] = [
      ['POST', '/phone/api/v1/leases', { size: 'huge', minutes: 60 }, 'body.size'],
      ['POST', '/phone/api/v1/leases', { size: 'small', minutes: 1e9 }, 'body.minutes'],
      ['POST', '/phone/api/v1/leases', undefined, 'body'],
      [
        'POST',
        '/phone/api/v1/bookings',
        { resource: 1, startsAt: 'today', endsAt: 'tomorrow' },
        'body.startsAt',
      ],
      ['POST', '/phone/api/v1/sessions/none/register', undefined, 'params.number'],
      ['POST', '/phone/api/v1/bookings/1/cancel', undefined, 'params.id'],
      ['GET', '/phone/api/v1/resources/1/days/today', undefined, 'params.day'],
      ['GET', '/phone/api/v1/me?hall=x', undefined, 'query.hall'],
    ];
    for (const [method, path, body, part] of cases) {
      const answer = await ask(method, path, body, phone.api.cookies());
      const found = Problem.parse(await answer.json());
      expect([path, answer.status, found.code]).toEqual([path, 400, 'bad-request']);
      expect(found.detail).toContain(part);
    }
    expect(await db.query('SELECT cursor FROM hall')).toEqual(before);
  });

  test('[PH6] the simulated phone registers, books and draws its codes', async () => {
    const phone = createPhone(url, clock);
    await phone.signIn('13800000006');
    const view = await phone.refresh();
    expect(view.hall.name.zh).toBe('1 号中心');
    const open = view.sessions.find(
      (each) => each.state === 'none' && each.left > 0 && Date.parse(each.session.startsAt) > clock.now(),
    );
    const number = open?.session.number ?? 0;
    expect((await expectOk(phone.api.call('register', { params: { number } }))).state).toBe('registered');
    const { slots } = await expectOk(
      phone.api.call('phoneDay', { params: { number: 1, day: '2026-11-25' } }),
    );
    const slot = slots.find((each) => each.state === 'free');
    const wish = { resource: 1, startsAt: slot?.startsAt ?? '', endsAt: slot?.endsAt ?? '' };
    await expectOk(phone.api.call('bookPhone', { body: wish }));
    await phone.refresh();
    expect(phone.qr(phone.grant('check-in', number))).toMatch(/^UH1:/);
    expect(phone.qr(phone.grant('booking', 1))).toMatch(/^UH1:/);
    const again = await phone.api.call('bookPhone', { body: wish });
    expect(again.ok ? 'booked' : again.problem?.code).toBe('slot-taken');
    const full = await phone.api.call('rentPhone', { body: { size: 'small', minutes: 60 } });
    expect(full.ok ? 'rented' : full.problem?.code).toBe('no-free-compartment');
  });

  test('[PH9] the list of made-up members', async () => {
    const { members } = await expectOk(createPhone(url, clock).api.call('phoneDemo', {}));
    expect(members.map((each) => each.nameMasked)).toContain('张*国');
  });
});
