import { expect, test } from '../support/kiosk-test.ts';

test('[KW2] an unknown kiosk asks for its code, a wrong one is refused in words, and the right one leads in', async ({
  hall,
  browser,
}) => {
  const made = await hall.staff.call('kioskCode', { params: { id: 'kiosk-2' } });
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  const page = await context.newPage();
  await page.goto(`${hall.house.hallUrl}/kiosk/`);
  await expect(page.getByRole('heading', { name: '这台机器还没有登记' })).toBeVisible();
  await page.getByLabel('登记码').fill('WRONG-CODE');
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await expect(page.locator('.field__error')).toBeVisible();
  await page.screenshot({ path: 'artifacts/screens/welcome/enrol-wide.png' });
  await page.getByLabel('登记码').fill(made.ok ? made.value.code : '');
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await expect(page.locator('.home-tiles')).toBeVisible();
  await context.close();
});

test('[KW2] a hall that does not answer is waited for, and the page goes on by itself', async ({
  hall,
  browser,
}) => {
  const context = await browser.newContext({ viewport: { width: 1080, height: 1920 } });
  const page = await context.newPage();
  await page.route('**/api/v1/home', (route) => route.abort());
  await page.goto(`${hall.house.hallUrl}/kiosk/`);
  await expect(page.getByText('正在连接本厅')).toBeVisible();
  await page.screenshot({ path: 'artifacts/screens/welcome/waiting.png' });
  await page.unroute('**/api/v1/home');
  await expect(page.getByRole('heading', { name: '这台机器还没有登记' })).toBeVisible({ timeout: 10_000 });
  await context.close();
});
