import { expect, test } from '../support/kiosk-test.ts';
import type { Page } from '@playwright/test';

async function type(page: Page, digits: string): Promise<void> {
  for (const digit of digits) await page.getByRole('button', { name: digit, exact: true }).click();
}

test('[KL1] [KL2] [KL3] a member rents, the door opens once, shuts, and the code brings them back and ends it', async ({
  hall,
  browser,
}) => {
  const kiosk = await hall.open(browser);
  const { page } = kiosk;
  await page.getByRole('button', { name: '储物柜' }).click();
  await kiosk.look('locker/menu');
  await page.getByRole('button', { name: '存东西' }).click();
  await kiosk.look('locker/size');
  await page.getByRole('button', { name: /^小柜/ }).click();
  await type(page, '100001');
  await page.getByLabel('手机号后四位').click();
  await type(page, '0001');
  await kiosk.look('locker/who');
  await page.getByRole('button', { name: '下一步' }).click();
  await page.getByText('2 小时').click();
  await page.getByText('这三条我都同意').click();
  await kiosk.look('locker/terms');
  await page.getByRole('button', { name: '打开柜门' }).click();
  await expect(page.getByText('门已经打开')).toBeVisible();
  const compartment = Number(await page.locator('.locker-door .big-number__value').textContent());
  const bank = hall.house.hardware.bank(compartment > 30 ? 'bank-b' : 'bank-a');
  expect(bank.pulses(compartment)).toBe(1);
  await kiosk.look('locker/open');
  bank.close(compartment);
  await expect(page.getByRole('heading', { name: `${String(compartment)} 号柜已锁好` })).toBeVisible();
  const digits = ((await page.locator('.locker-code .big-number__value').textContent()) ?? '').replace(
    ' ',
    '',
  );
  expect(digits).toMatch(/^\d{8}$/);
  await kiosk.look('locker/shut');
  await page.getByRole('button', { name: '记下了，结束' }).click();

  await page.getByRole('button', { name: '储物柜' }).click();
  await page.getByRole('button', { name: /取东西/ }).click();
  await type(page, String(compartment));
  await page.getByLabel('8 位码').click();
  await type(page, `${digits.slice(0, 7)}${String((Number(digits[7]) + 1) % 10)}`);
  await page.getByRole('button', { name: '下一步' }).click();
  await expect(page.locator('.refusal-notice')).toBeVisible();
  expect(bank.pulses(compartment)).toBe(1);
  await kiosk.look('locker/wrong-code');
  await page.getByLabel('8 位码').fill(digits);
  await page.getByRole('button', { name: '下一步' }).click();
  await expect(page.getByRole('button', { name: /打开柜门/ })).toBeVisible();
  await kiosk.look('locker/lease');
  const hold = page.getByRole('button', { name: /用完归还/ });
  const box = await hold.boundingBox();
  if (box === null) throw new Error('no button to hold');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await expect(page.getByText('门已经打开')).toBeVisible();
  await page.mouse.up();
  expect(bank.pulses(compartment)).toBe(2);
  bank.close(compartment);
  await expect(page.getByRole('heading', { name: `${String(compartment)} 号柜已归还` })).toBeVisible();
  await kiosk.look('locker/finished');
  await kiosk.close();
});

test('[KL4] in English, in landscape: a visitor rents; a door that sticks is named and staff are called', async ({
  hall,
  browser,
}) => {
  const kiosk = await hall.open(browser, { landscape: true, en: true });
  const { page } = kiosk;
  await page.getByRole('button', { name: 'Lockers' }).click();
  await kiosk.look('locker/menu');
  await page.getByRole('button', { name: 'Store something' }).click();
  await page.getByRole('button', { name: /^Large/ }).click();
  await page.getByRole('button', { name: /not a member/ }).click();
  await type(page, '13912345678');
  await kiosk.look('locker/visitor');
  const bank = hall.house.hardware.bank('bank-a');
  for (const lock of [19, 20, 21]) bank.order({ do: 'stick', board: 0, lock });
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('2 h', { exact: true }).click();
  await page.getByText('I agree to all three').click();
  await kiosk.look('locker/terms');
  await page.getByRole('button', { name: 'Open the door' }).click();
  await expect(page.getByText(/did not open; staff have been told/)).toBeVisible();
  await kiosk.look('locker/stuck');
  await page.getByRole('button', { name: 'It did not open' }).click();
  await expect(page.getByText('Staff have been called')).toBeVisible();
  for (const lock of [19, 20, 21]) bank.order({ do: 'stick', board: 0, lock, on: false });
  await kiosk.close();
});
