import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { DEMO_STAFF } from '../../tools/house/demo-configs.ts';
import { startDeskHouse } from '../support/desk-house.ts';
import type { DeskHouse } from '../support/desk-house.ts';
import vectors from '../vectors/zigbee2mqtt-devices.json' with { type: 'json' };

/** The desk's page of sensors against a real hall and a bridge that announces its devices. */
test.describe.configure({ mode: 'serial' });

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

test('[SE25] a found sensor is given to a place with one press, and taken back with Z', async () => {
  await page.goto(`${desk.house.hallUrl}/console/`);
  await page.getByLabel('姓名').fill(DEMO_STAFF.name);
  await page.getByLabel('密码').fill(DEMO_STAFF.password);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: '传感器' }).click();
  await expect(page.getByRole('heading', { name: '传感器', exact: true })).toBeVisible();
  await desk.zigbee.devices(vectors.payload);
  const radar = page.locator('.sensor').filter({ hasText: 'Room 201 radar' }).filter({ hasText: '有没有人' });
  await expect(radar).toContainText('还没说话');
  await desk.zigbee.report('Room 201 radar', { presence: true });
  await expect(radar).toContainText('有人');
  await page.screenshot({ path: join(shots, 'sensors-open.png') });
  const [court] = await radar.getByRole('button').allTextContents();
  if (court === undefined) throw new Error('no place to choose');
  // By keyboard alone.
  await radar.getByRole('button').first().focus();
  await page.keyboard.press('Enter');
  const given = page.getByRole('region', { name: '已归到场地' }).locator('.sensor');
  const placed = given.filter({ hasText: 'Room 201 radar' });
  await expect(placed.getByRole('button', { pressed: true })).toContainText(court.trim());
  await expect(page.getByText(`Room 201 radar 有没有人 已归到 ${court.trim()}`)).toBeVisible();
  await page.screenshot({ path: join(shots, 'sensors-given.png'), fullPage: true });
  await page.locator('#main').focus();
  await page.keyboard.press('z');
  await expect(placed).toHaveCount(0);
  await expect(radar).toHaveCount(1);
});

test('[SE25] what is not read is listed with its reason; both languages; no faults of access', async () => {
  await expect(page.getByText('拒绝：主题不许它用').first()).toBeVisible();
  await expect(page.getByText('单位换算不了')).toBeVisible();
  const result = await new AxeBuilder({ page }).analyze();
  expect(result.violations.map((each) => [each.id, each.nodes.map((node) => node.html)])).toEqual([]);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(over).toBeLessThanOrEqual(0);
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'Sensors', exact: true })).toBeVisible();
  await expect(page.getByText('Its unit cannot be converted')).toBeVisible();
});
