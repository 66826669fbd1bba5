import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import type { BrowserContext, Page } from '@playwright/test';
import { decodeQr, movingTag, stepOf } from '../../contract/access-code.ts';
import { centralRoutes, PhoneView } from '../../contract/central-api.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import { startHouse } from '../../tools/house/house.ts';
import type { House } from '../../tools/house/house.ts';

/** The worker's page against the real central and a real hall that cedes its lockers. One person's day in order. */
test.describe.configure({ mode: 'serial' });

const shots = join(import.meta.dirname, '../../artifacts/screens/phone');
const dir = mkdtempSync(join(tmpdir(), 'phone-'));
let house: House;
let context: BrowserContext;
let page: Page;

test.beforeAll(async ({ browser }) => {
  mkdirSync(shots, { recursive: true });
  test.setTimeout(180_000);
  house = await startHouse({ dir, readyMs: 90_000 });
  context = await browser.newContext({ viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
});
test.afterAll(async () => {
  await context?.close();
  await house?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const shoot = (name: string): Promise<unknown> =>
  page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
const tab = (name: string) => page.getByRole('navigation').getByRole('link', { name });
const button = (name: string | RegExp) =>
  page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });

async function axe(): Promise<void> {
  const result = await new AxeBuilder({ page }).analyze();
  expect(result.violations.map((each) => [each.id, each.nodes.map((node) => node.html)])).toEqual([]);
}

/** Nothing sticks out sideways, nothing to be touched is too small, one thing is red at most. */
async function stands(touch: number): Promise<void> {
  const found = await page.evaluate((least) => {
    const targets = [...document.querySelectorAll('button, a, [role=radio], label, input')]
      .filter((each) => !(each instanceof HTMLInputElement && each.closest('label') !== null))
      .filter((each) => getComputedStyle(each).position !== 'absolute' && !each.matches('.field__label'))
      .map((each) => (each.matches('.field__box input') ? (each.parentElement ?? each) : each))
      .map((each) => ({ html: each.outerHTML.slice(0, 90), box: each.getBoundingClientRect() }));
    return {
      over: document.documentElement.scrollWidth - window.innerWidth,
      small: targets
        .filter(({ box }) => box.width > 1 && (box.height < least - 0.5 || box.width < least - 0.5))
        .map(({ html }) => html),
      red: document.querySelectorAll('.action--primary').length,
    };
  }, touch);
  expect(found.over).toBeLessThanOrEqual(0);
  expect(found.small).toEqual([]);
  expect(found.red).toBeLessThanOrEqual(1);
}

async function me(): Promise<PhoneView> {
  const answer = await page.request.get(`${house.centralUrl}/phone/api/v1/me`);
  return PhoneView.parse(await answer.json());
}

/** The text of the QR on the page, as a scanner sees it. */
async function scan(name: string): Promise<string> {
  const file = join(dir, `${name}.png`);
  writeFileSync(file, await page.locator('.live-code__qr').screenshot({ path: join(shots, `${name}.png`) }));
  return execFileSync('zbarimg', ['--quiet', '--raw', file], { encoding: 'utf8' }).replace(/\n$/, '');
}

/** What the page keeps in this browser. */
const kept = (): Promise<string> =>
  page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const request = indexedDB.open('union-hall-phone', 1);
        request.onsuccess = () => {
          const all = request.result.transaction('kept').objectStore('kept').getAll();
          all.onsuccess = () => {
            request.result.close();
            resolve(JSON.stringify(all.result));
          };
        };
      }),
  );

test('[PP12] sign in: a made-up member, the code on the page, a wrong one refused', async () => {
  await page.goto(`${house.centralUrl}/phone/`);
  await expect(button('李*兰')).toBeVisible();
  await axe();
  await stands(48);
  await shoot('sign-in');
  await button('发验证码').click();
  await expect(page.getByText('请填手机号。')).toBeVisible();
  await button('李*兰').click();
  await page.getByLabel('验证码').fill('000000');
  await button('登录').click();
  await expect(page.getByText('验证码不对或已过期')).toBeVisible();
  await axe();
  await shoot('sign-in-code');
  await button('填上它').click();
  await button('登录').click();
  await expect(page.getByRole('heading', { name: '李*兰，您好' })).toBeVisible();
});

test('[PP6] [PP8] register, take it back, register again: the code is the one red thing of today', async () => {
  await tab('活动').click();
  await axe();
  await stands(48);
  await shoot('activities');
  const row = page.locator('.board-row', { hasText: '还有' }).first();
  await row.getByRole('button').click();
  await shoot('session');
  await button('报名').click();
  await expect(page.getByText('报好名了')).toBeVisible();
  await button('撤销').click();
  await expect(page.getByText('报名取消了')).toBeVisible();
  expect((await me()).sessions.filter((each) => each.state === 'registered')).toEqual([]);
  await button('报名').click();
  await expect(button('出示签到码')).toBeVisible();
  await button('取消报名').click();
  await button('撤销').click();
  await expect(page.getByText('又报上了')).toBeVisible();
  await axe();
  await stands(48);
  await shoot('session-mine');
  await tab('今天').click();
  await expect(page.locator('.action--primary')).toHaveText(/出示签到码/);
  await axe();
  await stands(48);
  await shoot('today');
});

test('[PP8] a full session gives a place on the waiting list, and it can be left', async () => {
  await tab('活动').click();
  await page.locator('.board-row', { hasText: '满了' }).first().getByRole('button').click();
  await button('排候补').click();
  await expect(page.getByText('排上候补了')).toBeVisible();
  await axe();
  await shoot('session-waiting');
  await button('退出候补').click();
  await expect(page.getByText('候补退出了')).toBeVisible();
});

test('[PP11] book a court; a time that somebody else took meanwhile is refused and shown as taken', async () => {
  await tab('场地').click();
  await button(/^羽毛球场 2 号/).waitFor();
  await axe();
  await stands(48);
  await shoot('courts');
  await page.getByText('明天', { exact: true }).click();
  await button(/^羽毛球场 2 号/).click();
  const slots = page.locator('label.slot');
  const first = (await slots.nth(9).textContent()) ?? '';
  await slots.nth(9).click();
  const other = createApiClient(house.centralUrl, centralRoutes);
  const mobile = '13800000003';
  const { demoCode } = await expectOk(other.call('requestCode', { body: { mobile } }));
  await expectOk(other.call('signInPhone', { body: { mobile, code: demoCode ?? '' } }));
  const day = page.url().split('/').at(-1) ?? '';
  const free = (await expectOk(other.call('phoneDay', { params: { number: 2, day } }))).slots;
  const taken = free.find(
    (slot) =>
      `${first.slice(0, 5)}` ===
      new Date(slot.startsAt).toLocaleTimeString('en-GB', { timeZone: 'Asia/Shanghai' }).slice(0, 5),
  );
  await expectOk(
    other.call('bookPhone', {
      body: { resource: 2, startsAt: taken?.startsAt ?? '', endsAt: taken?.endsAt ?? '' },
    }),
  );
  await button(`订 ${first}`).click();
  await expect(page.getByText('这个时段刚被订走')).toBeVisible();
  await expect(page.locator('.slot--taken', { hasText: first })).toBeVisible();
  await slots.nth(10).click();
  await button(/^订 /).click();
  await expect(page.getByText('订好了')).toBeVisible();
  await axe();
  await stands(48);
  await shoot('court-booked');
  await tab('今天').click();
  await button('打开 羽毛球场 2 号').click();
  await shoot('booking');
  await button('取消预约').click();
  await expect(page.getByText('预约取消了')).toBeVisible();
  await button('撤销').click();
  await expect(page.getByText('又订回来了')).toBeVisible();
  expect((await me()).bookings.filter((each) => each.booking.state === 'booked')).toHaveLength(1);
});

test('[PP9] rent a locker of the pool; a new typed code asks first, then the digits are others', async () => {
  await expect
    .poll(async () => (await me()).freeCompartments, { timeout: 20_000 })
    .not.toEqual({ small: 0, medium: 0, large: 0 });
  await page.reload();
  await tab('柜子').click();
  await button('租柜子').waitFor();
  await axe();
  await stands(48);
  await shoot('rent');
  await button('租柜子').click();
  const digits = page.locator('.typed-code');
  await expect(digits).toHaveText(/^\d{4}\s*\d{4}$/);
  const before = await digits.textContent();
  await axe();
  await stands(48);
  await shoot('locker');
  await button(/^换一个新码/).click();
  await axe();
  await shoot('locker-ask');
  await page.locator('.dialog__actions').getByRole('button', { name: '取消' }).click();
  await expect(digits).toHaveText(before ?? '');
  await button(/^换一个新码/).click();
  await button('换新码').click();
  await expect(digits).not.toHaveText(before ?? '');
});

test('[PP1] [PP3] the QR reads as a signed code of this step, and moves on offline after a reload', async () => {
  await button('出示开柜码').click();
  const seen = decodeQr(await scan('qr'));
  if (typeof seen === 'string') throw new Error(seen);
  const view = await me();
  const grant = view.grants.find((each) => each.grantId === seen.grant.grantId);
  const secret = Buffer.from(grant?.secret ?? '', 'base64');
  expect(Buffer.concat([seen.signed, seen.signature]).toString('base64')).toBe(grant?.signed);
  const time = seen.moving?.time ?? 0;
  expect(Buffer.from(seen.moving?.tag ?? [])).toEqual(Buffer.from(movingTag(secret, stepOf(time))));
  expect(Math.abs(Date.parse(view.now) / 1000 - time)).toBeLessThan(45);
  await axe();
  await stands(48);
  await shoot('code');

  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByText(/离线，上次更新 \d\d:\d\d/)).toBeVisible();
  await axe();
  await shoot('code-offline');
  const first = await scan('qr-offline');
  await page.clock.install({ time: Date.parse(view.now) + 60_000 });
  await page.reload();
  await page.clock.runFor(31_000);
  const later = decodeQr(await scan('qr-offline-later'));
  if (typeof later === 'string') throw new Error(later);
  expect(first).not.toBe(await scan('qr-offline-later'));
  const laterTime = later.moving?.time ?? 0;
  expect(stepOf(laterTime)).toBeGreaterThan(stepOf(time));
  expect(Buffer.from(later.moving?.tag ?? [])).toEqual(Buffer.from(movingTag(secret, stepOf(laterTime))));
});

test('[PP3] offline, what needs central is not offered and says why', async () => {
  await tab('柜子').click();
  await expect(button(/^换一个新码/)).toBeDisabled();
  await expect(page.getByText('现在离线，连上网后再办。')).toBeVisible();
  await tab('活动').click();
  await page.locator('.board-row').first().getByRole('button').click();
  await expect(page.locator('.action:enabled', { hasText: /取消报名|报名$/ })).toHaveCount(0);
  await context.setOffline(false);
  await page.clock.runFor(6_000);
  await expect(page.getByText(/离线，/)).toBeHidden();
});

test('[PP14] a booking lost to somebody is explained, with what is free instead', async () => {
  await page.route('**/phone/api/v1/me*', async (route) => {
    const answer = await route.fetch();
    const view = PhoneView.parse(await answer.json());
    const notice = {
      id: 'ruling',
      at: view.now,
      message: {
        zh: '您订的羽毛球场 1 号已先被现场的人用上。',
        en: 'Court 1 was already in use at the hall.',
      },
      alternative: { zh: '羽毛球场 3 号同一时间空着。', en: 'Court 3 is free at the same time.' },
    };
    await route.fulfill({ json: { ...view, notices: [notice] } });
  });
  await tab('今天').click();
  await page.clock.runFor(16_000);
  await expect(page.getByText('可以改成：羽毛球场 3 号同一时间空着。')).toBeVisible();
  await shoot('today-notice');
  await page.unroute('**/phone/api/v1/me*');
});

test('[PP12] English, large text and high contrast fit on every page', async () => {
  test.setTimeout(60_000);
  await button('我的设置').click();
  await axe();
  await shoot('me');
  await page.getByText('English', { exact: true }).click();
  await page.getByText('Large text').click();
  await expect(page.getByRole('heading', { name: 'My settings' })).toBeVisible();
  for (const name of ['Today', 'Activities', 'Courts', 'Lockers', 'Cases']) {
    await tab(name).click();
    await expect(page.getByText('Loading, one moment')).toBeHidden();
    await stands(60);
    await axe();
    await shoot(`en-large-${name.toLowerCase()}`);
  }
  await tab('Lockers').click();
  await button('Show locker code').click();
  await stands(60);
  await shoot('en-large-code');
  await button('My settings').click();
  await page.getByText('High contrast').click();
  await page.getByText('中文', { exact: true }).click();
  await axe();
  await shoot('large-contrast-me');
  await tab('今天').click();
  await stands(60);
  await axe();
  await shoot('large-contrast-today');
});

test('[PP4] [PP5] signing out offline wipes the phone at once and ends the session at the next chance', async () => {
  expect(await kept()).toContain('"secret"');
  await button('我的设置').click();
  await context.setOffline(true);
  await button(/^退出登录/).click();
  await expect(page.getByText('用手机号登录')).toBeVisible();
  expect(await kept()).not.toContain('"secret"');
  expect((await page.request.get(`${house.centralUrl}/phone/api/v1/me`)).status()).toBe(200);
  await context.setOffline(false);
  await page.reload();
  await expect(page.getByText('用手机号登录')).toBeVisible();
  await expect
    .poll(async () => (await page.request.get(`${house.centralUrl}/phone/api/v1/me`)).status())
    .toBe(401);
});
