import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import type { Browser, Page } from '@playwright/test';
import { hallRoutes } from '../../contract/hall-api.ts';
import { systemClock } from '../../platform/system.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import { startPty } from '../../simulators/pty.ts';
import { DEMO_STAFF } from '../../tools/house/demo-configs.ts';
import { startPart } from '../../tools/house/process.ts';
import type { Part } from '../../tools/house/process.ts';
import { startDeskHouse } from '../support/desk-house.ts';
import type { DeskHouse } from '../support/desk-house.ts';

/**
 * Lockers commissioned from the desk: a real hall with its gateway, and a simulated board on a virtual serial port that is
 * wired the unusual way, one switch the other way round again, and two coils mixed up.
 */
const shots = join(import.meta.dirname, '../../artifacts/screens/console');
const LEASE_SECONDS = 12;
const CLERK = { name: '王芳', password: 'clerk-of-2026', role: 'clerk' } as const;
const closers: (() => Promise<unknown>)[] = [];
const pulses: number[] = [];
let board: Part;
let desk: DeskHouse;
let browser: Browser;
let clerk: ReturnType<typeof createApiClient<typeof hallRoutes>>;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async ({ browser: given }) => {
  browser = given;
  mkdirSync(shots, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'commissioning-'));
  closers.push(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })));
  const cable = await startPty(join(folder, 'bank'), join(folder, 'bank-far'), systemClock);
  closers.push(() => cable.stop());
  board = startPart('board', join(import.meta.dirname, '../../simulators/boards/board.main.ts'), [
    '--json',
    JSON.stringify({
      transport: { kind: 'serial', path: cable.b },
      boards: [{ address: 2, model: 'cu48', closedBit: 0, reversed: [2], swapped: [[3, 4]] }],
      reportQueries: false,
    }),
  ]);
  closers.push(() => board.stop());
  board.onLine((line) => {
    if (line.includes('"pulse"')) pulses.push((JSON.parse(line) as { lock: number }).lock);
  });
  await board.line((line) => line.includes('"ready"'), 15_000);
  desk = await startDeskHouse(
    {
      devices: [
        {
          id: 'bank-a',
          definition: 'kerong-cu48',
          transport: { kind: 'serial', path: cable.a },
          // As somebody wrote it without looking: two doors only, and the usual switches.
          compartments: [1, 2].map((number) => ({
            ...{ number, size: number === 2 ? 'large' : 'small', board: 2, lock: number },
            ...{ column: 1, row: number },
          })),
        },
        {
          id: 'scanner-9',
          definition: 'generic-line-scanner',
          transport: { kind: 'serial', path: '/dev/ttyUSB77' },
        },
      ],
      commissioning: { leaseSeconds: LEASE_SECONDS },
      firstStaff: [DEMO_STAFF, CLERK],
      kiosks: [1, 2].map((each) => ({
        id: `kiosk-${String(each)}`,
        name: { zh: `${String(each)} 号机`, en: `Kiosk ${String(each)}` },
        place: { zh: '大厅', en: 'Lobby' },
      })),
    },
    false,
  );
  closers.push(desk.stop);
  clerk = createApiClient(desk.house.hallUrl, hallRoutes);
  await expectOk(clerk.call('signIn', { body: { name: CLERK.name, password: CLERK.password } }));
});
test.afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const hand = (order: Readonly<Record<string, unknown>>): void => {
  board.send({ board: 2, ...order });
};

async function manager(): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  });
  closers.push(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${desk.house.hallUrl}/console/`);
  await page.getByLabel('姓名').fill(DEMO_STAFF.name);
  await page.getByLabel('密码').fill(DEMO_STAFF.password);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: '设备', exact: true }).click();
  await page.getByRole('link', { name: '调试柜子' }).click();
  return page;
}

async function begin(page: Page, reason: string): Promise<void> {
  await page.getByRole('listitem').filter({ hasText: 'bank-a' }).getByRole('button').click();
  await page.getByRole('dialog').getByRole('button', { name: reason }).click();
  await page.getByRole('dialog').getByRole('button', { name: '开始', exact: true }).click();
}

/** What a clerk reads of the bank; a sign-in of the manager would end the session of the page. */
async function bankState(): Promise<{ state: string; advice: string }> {
  const { devices } = await expectOk(clerk.call('desk', {}));
  const bank = devices.find((device) => device.id === 'bank-a');
  return { state: bank?.state ?? 'gone', advice: bank?.advice?.zh ?? '' };
}

let page: Page;
test('[DK24] [DV48] a port named by its socket is warned of at the desk, in both languages', async () => {
  const looking = await manager();
  await looking.getByRole('link', { name: '回到设备' }).click();
  const row = looking.getByRole('row').filter({ hasText: 'scanner-9' });
  await expect(row).toContainText('/dev/ttyUSB77 换个插口就变');
  await looking.screenshot({ path: join(shots, 'devices-bare-zh.png') });
  await looking.getByRole('button', { name: 'English' }).click();
  await expect(row).toContainText('/dev/ttyUSB77 in the configuration changes with the socket');
  await looking.screenshot({ path: join(shots, 'devices-bare-en.png') });
  await looking.context().close();
});

test('[CN19] [CN20] [DV46] [DK22] a manager begins with a reason; the bank pauses by name; boards are found by questions only', async () => {
  await expect.poll(async () => (await bankState()).state, { timeout: 20_000 }).toBe('online');
  expect(await clerk.call('commissioning', {})).toMatchObject({ problem: { code: 'not-allowed' } });
  page = await manager();
  await expect(page.getByText('serial:').first()).toBeVisible();
  await page.screenshot({ path: join(shots, 'commissioning-lines-zh.png') });
  await begin(page, '锁线重新接过');
  await expect(page.getByText('正在找锁板，只问，不开锁').first()).toBeVisible();
  await page.screenshot({ path: join(shots, 'commissioning-search-zh.png') });
  await expect.poll(bankState).toMatchObject({ state: 'offline' });
  expect((await bankState()).advice).toContain('正在调试');
  await expect(page.getByText('柜组编号')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('CU48，地址 2')).toBeVisible();
  expect(pulses).toEqual([]);
});

test('[CN20] [DV47] numbers are typed, and one door opened by hand says which bit means closed', async () => {
  await page.getByRole('button', { name: '下一步' }).click();
  await page.getByLabel('接了几扇门').fill('99');
  await page.getByRole('button', { name: '下一步' }).click();
  await expect(page.getByText('请输入 1 到 48 之间的数字').first()).toBeVisible();
  await page.getByLabel('接了几扇门').fill('4');
  await page.getByRole('button', { name: '下一步' }).click();
  await expect(page.getByLabel('第一个柜号')).toHaveValue('1');
  await page.getByRole('button', { name: '下一步' }).click();
  await page.getByLabel('每列几扇门').fill('2');
  await page.getByRole('button', { name: '下一步' }).click();
  await page.getByRole('button', { name: '都关好了' }).click();
  await page.getByRole('button', { name: '我来用钥匙开' }).click();
  await expect(page.getByText('等门的变化').first()).toBeVisible();
  hand({ do: 'force-open', lock: 1 });
  await expect(page.getByText('开关判定：地址 2，0 表示关').first()).toBeVisible();
  await expect(page.getByText('开关接法相反，已分别记下：2').first()).toBeVisible();
  hand({ do: 'close', lock: 1 });
  await expect(page.getByText('1 号：人站到柜门前')).toBeVisible();
  expect(pulses).toEqual([]);
});

test('[CN20] [DK23] one press is one pulse, also pressed twice; it is counted', async () => {
  await page.getByRole('button', { name: '开 1 号' }).dblclick();
  await expect(page.getByText('1 号开了。请关上').first()).toBeVisible();
  hand({ do: 'close', lock: 1 });
  await expect(page.getByText('2 号：人站到柜门前')).toBeVisible();
  expect(pulses).toEqual([1]);
  await expect(page.getByText('这次已开锁 1 次')).toBeVisible();
  await page.screenshot({ path: join(shots, 'commissioning-door-zh.png') });
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test('[CN21] [DV46] [DV47] the browser goes away in the middle: the bank is back by itself, and the work can be gone on with', async () => {
  await page.context().close();
  await expect
    .poll(async () => (await bankState()).state, { timeout: (LEASE_SECONDS + 10) * 1_000 })
    .toBe('online');
  expect(pulses).toEqual([1]);
  page = await manager();
  await expect(page.getByText('没有人在这一页了')).toBeVisible();
  await expect(page.getByText('上次做到一半，可以接着做')).toBeVisible();
  await page.screenshot({ path: join(shots, 'commissioning-left-zh.png') });
  await begin(page, '锁线重新接过');
  await expect(page.getByText('4 扇里已定 1 扇')).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: '接着做' }).click();
  await page.getByRole('button', { name: '都关好了' }).click();
  await page.getByRole('button', { name: '开 2 号' }).click();
  await expect(page.getByText('2 号开了。请关上').first()).toBeVisible();
  hand({ do: 'close', lock: 2 });
  await page.getByRole('button', { name: '开 3 号' }).click();
  await expect(page.getByText('弹开的却是 4 号')).toBeVisible();
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByText('door 4 opened: their lock wires are swapped')).toBeVisible();
  await page.screenshot({ path: join(shots, 'commissioning-swapped-en.png') });
  // [CN16] at 1280 wide nothing is cut off.
  await page.setViewportSize({ width: 1280, height: 800 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(1280);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole('button', { name: 'Note as faulty' }).click();
  hand({ do: 'close', lock: 4 });
  await page.getByRole('button', { name: 'Skip' }).click();
});

test('[CN21] [DV47] the report can be kept, the configuration is written, and the bank works as before until the restart', async () => {
  await expect(page.getByText('bank-a is in the configuration')).toBeVisible();
  await expect(page.getByText('have the installer restart the gateway, or')).toBeVisible();
  await expect(page.getByText('2 doors are not proved or faulty')).toBeVisible();
  await page.screenshot({ path: join(shots, 'commissioning-done-en.png') });
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  const waiting = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download the report' }).click();
  const download = await waiting;
  const report = readFileSync(await download.path(), 'utf8');
  expect(download.suggestedFilename()).toBe('bank-a.txt');
  expect(report).toMatch(
    /Door 1 \(board 2, lock 1\): works\nDoor 2 .*works\nDoor 3 .*faulty\nDoor 4 .*not proved/,
  );
  expect(pulses).toEqual([1, 2, 4]);

  const config = JSON.parse(readFileSync(join(dirname(desk.house.dataDir), 'hall.json'), 'utf8')) as {
    devices: object[];
  };
  expect(config.devices).toMatchObject([
    { id: 'scanner-9' },
    {
      id: 'bank-a',
      definition: 'kerong-cu48',
      closedBit: 0,
      compartments: [
        { number: 1, size: 'small', board: 2, lock: 1, column: 1, row: 1 },
        // Its size was known, its switch was not.
        { number: 2, size: 'large', closedBit: 1 },
        { number: 3, column: 2 },
        { number: 4, row: 2 },
      ],
    },
  ]);
  await expect.poll(async () => (await bankState()).state).toBe('online');
  const db = await import('better-sqlite3');
  const rows = new db.default(join(desk.house.dataDir, 'hall.sqlite'), { readonly: true })
    .prepare("SELECT action, subject, detail FROM audit WHERE action LIKE 'commissioning%' ORDER BY number")
    .all() as { action: string; subject: string; detail: string }[];
  expect(rows.filter((row) => row.action === 'commissioning.open').map((row) => row.subject)).toEqual([
    'compartment:1',
    'compartment:2',
    'compartment:3',
  ]);
  for (const row of rows.filter((each) => each.action === 'commissioning.open'))
    expect(row.detail).toContain('锁线重新接过');
  expect(rows.map((row) => row.action)).toEqual([
    'commissioning.start',
    'commissioning.open',
    'commissioning.ended',
    'commissioning.start',
    'commissioning.open',
    'commissioning.open',
    'commissioning.written',
  ]);
  await page.getByRole('button', { name: '中文' }).click();
  await expect(page.getByText('bank-a 已写进配置')).toBeVisible();
  await page.screenshot({ path: join(shots, 'commissioning-done-zh.png') });
});
