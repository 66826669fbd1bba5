import { expect, test } from '../support/kiosk-test.ts';

test('finds room 301 by typing, step-free, on the plan and in words', async ({ hall, browser }) => {
  const kiosk = await hall.open(browser);
  const { page } = kiosk;
  await page.getByRole('button', { name: '找地方' }).click();
  await kiosk.look('way/kinds');
  await page.getByRole('button', { name: /^按名字找/ }).click();
  await page.getByRole('button', { name: '123' }).click();
  for (const digit of '301') await page.getByRole('button', { name: digit, exact: true }).click();
  await expect(page.locator('.place-rows li')).toHaveCount(1);
  await kiosk.look('way/search');
  await page.getByRole('button', { name: /301 教室/ }).click();
  await expect(page.getByRole('heading', { name: '去 301 教室' })).toBeVisible();
  await kiosk.look('way/route');
  const stepFree = page.getByRole('switch', { name: /无障碍路线/ });
  await expect(stepFree).not.toBeChecked();
  await stepFree.locator('xpath=ancestor-or-self::label').click();
  await expect(page.getByText(/全程没有台阶/)).toBeVisible();
  await expect(page.locator('.steps li').filter({ hasText: '电梯' }).first()).toBeVisible();
  await expect(page.locator('.steps')).not.toContainText('楼梯到');
  await page.locator('.floor').filter({ hasText: '3' }).click();
  await expect(page.locator('.plan__goal')).toHaveCount(1);
  await kiosk.look('way/route-goal');
  await kiosk.close();
});

test('in English on the third floor: the plan turns with the kiosk', async ({ hall, browser }) => {
  const kiosk = await hall.open(browser, { landscape: true, en: true });
  const { page } = kiosk;
  await page.getByRole('button', { name: 'Find my way' }).click();
  await kiosk.look('way/kinds');
  await page.getByRole('button', { name: /^Toilets/ }).click();
  await expect(page.locator('.place-rows li').first()).toContainText('on this floor');
  await kiosk.look('way/places');
  await page.locator('.place-rows button').nth(1).click();
  await expect(page.locator('.plan__you')).toHaveCount(1);
  await kiosk.look('way/route');
  await kiosk.close();
});

test('low reach: nothing to touch stands in the top third', async ({ hall, browser }) => {
  const kiosk = await hall.open(browser, { lowReach: true });
  const { page } = kiosk;
  await page.getByRole('button', { name: '找地方' }).click();
  await page.getByRole('button', { name: /^窗口/ }).click();
  await expect(page.locator('.plan')).toBeVisible();
  const top = await page
    .locator('.frame__content button, .frame__content .choice')
    .evaluateAll((all) => Math.min(...all.map((each) => each.getBoundingClientRect().top)));
  expect(top).toBeGreaterThan(640);
  await kiosk.look('way/route');
  await kiosk.close();
});
