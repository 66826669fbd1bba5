import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { hallRoutes } from '../../contract/hall-api.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import { startHouse, type House } from '../../tools/house/house.ts';

/** The real kiosk page with a bridge like the shell's on its window, which notes what the page asks of it. */
test.describe.configure({ mode: 'serial' });

let dir = '';
let house: House;
let page: Page;
const asked: string[] = [];

test.beforeAll(async ({ browser }) => {
  dir = mkdtempSync(join(tmpdir(), 'kiosk-shell-'));
  house = await startHouse({ dir, withCentral: false });
  const demo = await expectOk(createApiClient(house.hallUrl, hallRoutes).call('demo', {}));
  const code = demo.kiosks.find((each) => each.kiosk === 'kiosk-1')?.code ?? '';
  const context = await browser.newContext({ viewport: { width: 1080, height: 1920 } });
  page = await context.newPage();
  await page.exposeFunction('noteShell', (what: string) => {
    asked.push(what);
    return what === 'exit 824613' ? 'opened' : 'wrong';
  });
  await page.addInitScript(() => {
    const note = (what: string): Promise<string> =>
      (window as unknown as { noteShell(what: string): Promise<string> }).noteShell(what);
    Object.assign(window, {
      kioskShell: {
        heartbeat: () => void note('heartbeat'),
        endVisit: () => void note('end-visit'),
        staffExit: (pin: string) => note(`exit ${pin}`),
      },
    });
  });
  await page.goto(`${house.hallUrl}/kiosk/#enrol=${encodeURIComponent(code)}`);
  await expect(page.getByText('城北职工服务中心').first()).toBeVisible({ timeout: 20_000 });
});
test.afterAll(async () => {
  await page.context().close();
  await house.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('[KS10] the page says every two seconds that it lives', async () => {
  const before = asked.filter((each) => each === 'heartbeat').length;
  await page.waitForTimeout(6_200);
  const beats = asked.filter((each) => each === 'heartbeat').length - before;
  expect(beats).toBeGreaterThanOrEqual(2);
  expect(beats).toBeLessThanOrEqual(4);
});

test('[KS6] a touch shorter than five seconds shows nothing; a held one asks for the PIN', async () => {
  const name = page.locator('[data-staff-exit]').first();
  await name.hover();
  await page.mouse.down();
  await page.waitForTimeout(2_000);
  await page.mouse.up();
  await page.waitForTimeout(3_500);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.mouse.down();
  await page.waitForTimeout(5_300);
  await page.mouse.up();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('请工作人员输入密码。')).toBeVisible();
  const result = await new AxeBuilder({ page }).analyze();
  expect(result.violations.map((each) => [each.id, each.nodes.map((node) => node.html)])).toEqual([]);
  await page.screenshot({ path: 'artifacts/screens/kiosk-shell/staff-exit.png' });

  const type = async (pin: string): Promise<void> => {
    for (const digit of pin) await dialog.getByRole('button', { name: digit, exact: true }).click();
    await expect(dialog).not.toContainText(pin);
    await dialog.getByRole('button', { name: '退出', exact: true }).click();
  };
  await type('1111');
  await expect(dialog.getByText('密码不对。请再输一次。')).toBeVisible();
  await type('824613');
  expect(asked.filter((each) => each.startsWith('exit'))).toEqual(['exit 1111', 'exit 824613']);
  await dialog.getByRole('button', { name: '不退出' }).click();
  await expect(dialog).toHaveCount(0);
});

test('[KS9] [KS10] ending the visit asks the shell for a fresh page', async () => {
  expect(asked).not.toContain('end-visit');
  await page.getByRole('button', { name: /结束并\s*清除/ }).click();
  await expect.poll(() => asked).toContain('end-visit');
});
