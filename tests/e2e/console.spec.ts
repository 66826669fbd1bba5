import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { hallRoutes } from '../../contract/hall-api.ts';
import { localDay } from '../../contract/local-time.ts';
import { systemClock } from '../../platform/system.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import { DEMO_STAFF } from '../../tools/house/demo-configs.ts';
import { startDeskHouse } from '../support/desk-house.ts';
import type { DeskHouse } from '../support/desk-house.ts';

/** The staff desk against a real hall with simulated lock boards. One house; the steps of one morning in order. */
test.describe.configure({ mode: 'serial' });

const ZONE = 'Asia/Shanghai';
const shots = join(import.meta.dirname, '../../artifacts/screens/console');
let desk: DeskHouse;
let page: Page;
const closers: (() => Promise<void>)[] = [];

test.beforeAll(async ({ browser }) => {
  mkdirSync(shots, { recursive: true });
  desk = await startDeskHouse();
  closers.push(desk.stop);
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  });
  closers.push(() => context.close());
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
});
test.afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const shoot = (name: string): Promise<unknown> =>
  page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });

async function axe(): Promise<void> {
  const result = await new AxeBuilder({ page }).analyze();
  expect(result.violations.map((each) => [each.id, each.nodes.map((node) => node.html)])).toEqual([]);
}

/** Nothing sticks out sideways. */
async function fits(): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(over).toBeLessThanOrEqual(0);
}

const tab = (name: string) => page.getByRole('link', { name: new RegExp(`^${name}`) });

test('[CN1] nothing without a session; a wrong password is said; the right one opens the desk', async () => {
  await page.goto(`${desk.house.hallUrl}/console/`);
  await expect(page.getByRole('heading', { name: '请登录服务台' })).toBeVisible();
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('请填密码。');
  await axe();
  await shoot('sign-in');
  await page.getByLabel('姓名').fill(DEMO_STAFF.name);
  await page.getByLabel('密码').fill('not-the-password');
  await page.keyboard.press('Enter');
  await expect(page.getByText('姓名或密码不对。')).toBeVisible();
  await page.getByLabel('密码').fill(DEMO_STAFF.password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: '谁现在需要帮忙' })).toBeVisible();
});

test('[CN2] [CN10] a call appears by itself with its waiting time; Space answers it, and it ends', async () => {
  await expect(page.getByText('没有人在等')).toBeVisible();
  await axe();
  await shoot('now-quiet');
  const [first, second] = desk.kiosks;
  await expectOk(first.api.call('callHelp', { body: { page: 'locker', note: '23 号柜：门没弹开' } }));
  const go = page.getByRole('button', { name: /^我去 空格/ });
  await expect(go).toBeVisible({ timeout: 3_000 });
  await expectOk(second.api.call('callHelp', { body: { page: 'welcome' } }));
  await expect(page.getByRole('button', { name: '我去 2 号机' })).toBeVisible();
  await expect(page.locator('.action--primary')).toHaveCount(1);
  const sizes = await page
    .locator('.help-call__wait > strong, .question__answer > strong')
    .evaluateAll((all) => all.map((each) => parseFloat(getComputedStyle(each).fontSize)));
  expect(Math.max(...sizes.slice(1))).toBeLessThan(sizes[0] ?? 0);
  await expect(page).toHaveTitle(/^\(2\)/);
  await axe();
  await page.locator('#main').focus();
  await page.keyboard.press('Space');
  await expect(page.getByText('您已接，处理完请按一下')).toBeVisible();
  await expect(page.getByRole('button', { name: /^我去 空格/ })).toContainText('空格');
  await page.getByRole('button', { name: '处理完了' }).click();
  await expect(page.getByText('刘敏 · 1 号机')).toBeVisible();
});

test('[CN4] [CN7] a case is sent back only with a reason, taken back with Z, and then approved', async () => {
  const { number } = await desk.handIn('feedback');
  const join = await desk.handIn('join-union');
  await expect(page.locator('.question--2')).toContainText(number, { timeout: 3_000 });
  await expect(page.locator('.question--2')).not.toContainText(join.number);
  await shoot('now-busy');
  await page.locator('#main').focus();
  await page.keyboard.press('e');
  await expect(page.getByRole('heading', { name: '意见反馈' })).toBeVisible();
  await expect(page.locator('.answers')).toContainText('*');
  await axe();
  await shoot('cases');
  await page.getByRole('button', { name: '退回补正' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: '退回补正' }).click();
  await expect(dialog.getByText('请写原因。')).toBeVisible();
  await dialog.getByRole('textbox').fill('请写清楚是哪一间水房');
  await shoot('cases-dialog');
  await dialog.getByRole('button', { name: '退回补正' }).click();
  await expect(page.getByText(`已退回 ${number}`)).toBeVisible();
  await expect(page.getByRole('button', { name: new RegExp(number) })).toHaveCount(0);
  await shoot('cases-undo');
  await page.keyboard.press('z');
  await expect(page.getByText(`已撤销，${number} 回到待办`)).toBeVisible();
  await expect(page.getByRole('button', { name: new RegExp(number) })).toBeVisible();
  await page.getByRole('button', { name: new RegExp(number) }).click();
  await page.getByRole('button', { name: '批准', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: '批准' }).click();
  await expect(page.getByText(`已批准 ${number}`)).toBeVisible();
});

test('[CN8] a letter typed into the search field is a letter', async () => {
  await page.locator('#main').focus();
  await page.keyboard.press('/');
  await page.keyboard.type('e1?');
  await expect(page.getByLabel('查找单号或事项')).toHaveValue('e1?');
  await expect(page.getByText('没有找到，请换一个词')).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.getByLabel('查找单号或事项').fill('');
});

test('[CN6] a door opens from the desk with a reason, and what the lock did is seen', async () => {
  await tab('场地与柜子').click();
  await page.getByRole('button', { name: '12 号柜, 空' }).click();
  await page.getByRole('button', { name: '远程开门' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: '开门', exact: true }).click();
  await expect(dialog.getByText('请写原因。')).toBeVisible();
  expect(desk.house.hardware.bank('bank-a').pulses(12)).toBe(0);
  await dialog.getByRole('button', { name: '检查柜门' }).click();
  await axe();
  await shoot('door-dialog');
  await dialog.getByRole('button', { name: '开门', exact: true }).click();
  await expect(page.getByText('12 号柜：门开了')).toBeVisible({ timeout: 10_000 });
  expect(desk.house.hardware.bank('bank-a').pulses(12)).toBe(1);
  await expect(page.getByRole('button', { name: '12 号柜, 开着' })).toBeVisible();
  await shoot('places-open');
  desk.house.hardware.bank('bank-a').close(12);
  await expect(page.getByRole('button', { name: '12 号柜, 空' })).toBeVisible({ timeout: 10_000 });
});

test('[CN6] a lease ends and a compartment goes out of service, each with its reason', async () => {
  const [kiosk] = desk.kiosks;
  const rented = await expectOk(
    kiosk.api.call('rentLocker', {
      body: {
        holder: { kind: 'visitor', mobile: '13800000008' },
        size: 'medium',
        minutes: 120,
        termsAccepted: true,
      },
    }),
  );
  const number = String(rented.lease.compartment);
  await kiosk.awaitDoor(rented.command.commandId, ['opened']);
  desk.house.hardware.bank('bank-a').close(rented.lease.compartment);
  await kiosk.awaitDoor(rented.command.commandId, ['closed']);
  await page.getByRole('button', { name: `${number} 号柜, 有人租` }).click();
  await expect(page.locator('.door-detail')).toContainText('使用中');
  await page.getByRole('button', { name: '结束租用' }).click();
  await page.getByRole('button', { name: '已清空，本人同意' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '结束租用' }).click();
  await expect(page.getByRole('button', { name: `${number} 号柜, 空` })).toBeVisible();
  await page.getByRole('button', { name: '停用', exact: true }).click();
  await page.getByRole('button', { name: '柜门坏了，等维修' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '停用' }).click();
  await expect(page.getByRole('button', { name: `${number} 号柜, 停用` })).toBeVisible();
});

test('[CN12] places show what the sensors say, how old it is, and the day’s bookings', async () => {
  const startsAt = await desk.book(2, '100002', 1);
  await desk.book(4, '100003', 2);
  await desk.zigbee.report('court/1/presence', { occupancy: true });
  await desk.zigbee.report('court/1/climate', { temperature: 21.4 });
  await desk.zigbee.report('court/2/presence', { occupancy: false });
  const courts = page.locator('.resource');
  await expect(courts.nth(0)).toContainText('有人', { timeout: 5_000 });
  await expect(courts.nth(0)).toContainText('把握');
  // In the last hour of the hall's day the next booking is tomorrow's.
  const today = localDay(systemClock.now(), ZONE) === localDay(startsAt, ZONE);
  await expect(courts.nth(1)).toContainText(today ? '李*兰' : '今天没有预约了');
  await expect(courts.nth(2)).toContainText('不清楚');
  await expect(courts.nth(2)).toContainText('没声音');
  await axe();
  await fits();
  await shoot('places');
});

test('[CN5] [CN15] [CN23] devices with what to do; a new code for a kiosk is shown once and works', async () => {
  desk.house.hardware.bank('bank-b').order({ do: 'silent', on: true });
  await tab('设备').click();
  const board = page.getByRole('row', { name: /bank-b/ });
  await expect(board).toContainText('故障', { timeout: 15_000 });
  await expect(board).toContainText('锁板没有回答');
  const figures = page.getByRole('row', { name: /bank-a/ }).locator('details');
  await expect(figures.locator('dl')).toBeHidden();
  await figures.locator('summary').click();
  await expect(figures).toContainText(/\d+ 次询问中 \d+ 次/, { timeout: 35_000 });
  await expect(figures).toContainText('毫秒');
  await axe();
  await shoot('devices');
  await page.getByRole('button', { name: '生成登记码' }).nth(1).click();
  const code = (await page.locator('.enrol-code .big-number__value').textContent()) ?? '';
  await axe();
  await shoot('enrol-code');
  await page.getByRole('button', { name: '记好了' }).click();
  await expect(page.getByText(code)).toHaveCount(0);
  const fresh = createApiClient(desk.house.hallUrl, hallRoutes);
  desk.house.hardware.bank('bank-b').order({ do: 'silent', on: false });
  expect(await expectOk(fresh.call('enrolKiosk', { body: { code } }))).toEqual({ kiosk: 'kiosk-2' });
});

test('[CN13] [CN14] sync says what waits and since when; a ruling is marked as seen', async () => {
  await tab('对账').click();
  const panel = page.locator('.sync-panel');
  await expect(panel).toContainText('断网，先记在本机');
  expect(Number(await panel.locator('.question__answer strong').textContent())).toBeGreaterThan(5);
  await expect(panel).toContainText(/最早一条\d+ (秒|分钟)前/);
  await page.getByRole('button', { name: /^现在就试/ }).click();
  await expect(page.locator('.desk-undo')).not.toBeEmpty();
  await expect(page.locator('.parked')).toContainText('feed:session');
  await expect(page.locator('.review-item').first()).toContainText('羽毛球场 3 号 19:00 空着');
  await axe();
  await shoot('ledger');
  await page.locator('.review-item').first().getByRole('button', { name: '看过了' }).click();
  await expect(page.locator('.review-item--seen')).toContainText('羽毛球场 2 号');
});

test('[CN16] every page at 1280 wide, in English too, without cuts; axe finds nothing', async () => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('button', { name: 'English' }).click();
  for (const name of ['Now', 'Applications', 'Places & lockers', 'Devices', 'Sync']) {
    await tab(name).click();
    await expect(page.getByRole('heading').first()).toBeVisible();
    await fits();
    if (name === 'Now') {
      const below = await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
      expect(below, 'the five answers are in sight without scrolling').toBeLessThanOrEqual(0);
    }
    await axe();
    await shoot(`en-1280-${name.split(' ')[0]?.toLowerCase() ?? ''}`);
  }
  expect(await page.locator('body').innerText()).not.toMatch(/[\u4e00-\u9fff]{9,}/);
  await tab('Now').click();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('Shortcuts');
  await axe();
  await shoot('en-1280-keys');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '中文' }).click();
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('[CN9] with the hall away the last picture stays and says so; it goes on by itself', async () => {
  await page.route('**/api/v1/desk', (route) => route.abort());
  await expectOk(desk.kiosks[0].api.call('callHelp', { body: { page: 'check-in' } }));
  await expect(page.getByText('连不上本馆主机，正在自动重试')).toBeVisible({ timeout: 5_000 });
  await expect(page.getByRole('heading', { name: '谁现在需要帮忙' })).toBeVisible();
  await axe();
  await shoot('offline');
  await page.unroute('**/api/v1/desk');
  await expect(page.getByText('连不上本馆主机，正在自动重试')).toBeHidden({ timeout: 8_000 });
  await expect(page.locator('.help-calls')).toContainText('签到');
});

test('[CN1] a session that has ended leads back to the sign-in and says so', async () => {
  await page.context().clearCookies();
  await expectOk(desk.kiosks[0].api.call('callHelp', { body: { page: 'welcome' } }));
  await expect(page.getByText('登录已经结束，请再登录一次。')).toBeVisible({ timeout: 5_000 });
  await expect(page.getByText('谁现在需要帮忙')).toHaveCount(0);
});
