import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { hallRoutes } from '../../contract/hall-api.ts';
import { systemClock } from '../../platform/system.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import { DEMO_STAFF } from '../../tools/house/demo-configs.ts';
import { startDeskHouse } from '../support/desk-house.ts';
import type { JsonProcess } from '../support/json-process.ts';
import { noPcscd, startPcscd } from '../support/pcscd.ts';

/** A card from the reader to the desk and back: the real pcscd, the hall with its gateway, a kiosk page, the console. */
const why = noPcscd();
test.skip(why !== undefined, why ?? '');
test.describe.configure({ mode: 'serial' });

const shots = join(import.meta.dirname, '../../artifacts/screens');
const closers: (() => Promise<unknown>)[] = [];
let card: JsonProcess;
let kiosk: Page;
let console_: Page;

test.beforeAll(async ({ browser }) => {
  if (why !== undefined) return;
  for (const folder of ['check-in', 'console']) mkdirSync(join(shots, folder), { recursive: true });
  const pcscd = await startPcscd(systemClock);
  closers.push(() => pcscd.stop());
  card = await pcscd.card();
  const desk = await startDeskHouse(
    {
      devices: [
        { id: 'card-1', definition: 'pcsc-card', transport: { kind: 'pcsc', reader: 'Virtual PCD 00 00' } },
      ],
      kiosks: [1, 2].map((each) => ({
        id: `kiosk-${String(each)}`,
        name: { zh: `${String(each)} 号机`, en: `Kiosk ${String(each)}` },
        place: { zh: '大厅', en: 'Lobby' },
        ...(each === 1 ? { cardReader: 'card-1' } : {}),
      })),
    },
    false,
  );
  closers.push(desk.stop);
  const staff = createApiClient(desk.house.hallUrl, hallRoutes);
  await expectOk(staff.call('signIn', { body: { name: DEMO_STAFF.name, password: DEMO_STAFF.password } }));
  const { code } = await expectOk(staff.call('kioskCode', { params: { id: 'kiosk-1' } }));
  const open = async (width: number, height: number, path: string): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
    closers.push(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(`${desk.house.hallUrl}${path}`);
    return page;
  };
  kiosk = await open(1080, 1920, `/kiosk/#enrol=${encodeURIComponent(code)}`);
  await expect(kiosk.locator('.frame')).toBeVisible({ timeout: 20_000 });
  console_ = await open(1440, 900, '/console/');
  await console_.getByLabel('姓名').fill(DEMO_STAFF.name);
  await console_.getByLabel('密码').fill(DEMO_STAFF.password);
  await console_.keyboard.press('Enter');
  await console_.getByRole('link', { name: /^设备/ }).click();
});
test.afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function axe(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((each) => [each.id, each.nodes.map((node) => node.html)])).toEqual([]);
}

async function lay(): Promise<void> {
  card.tell({ take: true });
  await new Promise<void>((resolve) => {
    systemClock.after(1_200, resolve);
  });
  card.tell({ lay: '04A1B2C3D4E5F6' });
}

test('[CI35] a card nobody knows: the kiosk says what to do', async () => {
  await lay();
  await expect(kiosk.getByText('这张卡还没有登记')).toBeVisible();
  await kiosk.screenshot({ path: join(shots, 'check-in/card-unknown.png') });
  await axe(kiosk);
});

test('[CN25] the desk binds it, takes it back and binds it again', async () => {
  const panel = console_.locator('.cards');
  await expect(panel).toContainText('1 号机上有一张没登记的卡', { timeout: 8_000 });
  const bind = async (phone: string): Promise<void> => {
    await panel.getByLabel('会员号').fill('100001');
    await panel.getByLabel('手机号后四位').fill(phone);
    await panel.getByRole('button', { name: '登记这张卡' }).click();
  };
  await bind('9999');
  await expect(panel.getByRole('status').or(panel.getByRole('alert'))).toContainText('会员');
  await axe(console_);
  await console_.screenshot({ path: join(shots, 'console/cards.png'), fullPage: true });
  await bind('0001');
  await expect(console_.getByText('卡已登记给 张*。')).toBeVisible();
  await expect(panel).toContainText('已登记 1 张卡');
  await console_.locator('#main').focus();
  await console_.keyboard.press('z');
  await expect(console_.getByText('已撤销，这张卡没有登记。')).toBeVisible();
  await lay();
  await expect(kiosk.getByText('这张卡还没有登记')).toBeVisible();
  await expect(panel).toContainText('1 号机上有一张没登记的卡', { timeout: 8_000 });
  await bind('0001');
  await expect(panel).toContainText('已登记 1 张卡');
});

test('[CI34] known, it checks its member in; in English too', async () => {
  await lay();
  await expect(kiosk.getByRole('heading', { name: '张*，您签到好了' })).toBeVisible();
  await kiosk.screenshot({ path: join(shots, 'check-in/card-done.png') });
  await kiosk.getByRole('button', { name: /切换|English/ }).click();
  await lay();
  await expect(kiosk.locator('.frame')).toContainText('checked in', { ignoreCase: true });
  await console_.getByRole('button', { name: 'English' }).click();
  await expect(console_.locator('.cards')).toContainText('1 card is bound.');
  await console_.screenshot({ path: join(shots, 'console/cards-en.png'), fullPage: true });
});
