import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '../support/kiosk-test.ts';
import type { Page } from '@playwright/test';

const pictures = join(import.meta.dirname, '../../artifacts/screens/slip');

async function type(page: Page, digits: string): Promise<void> {
  for (const digit of digits) await page.getByRole('button', { name: digit, exact: true }).click();
}

/** What zbarimg, which knows nothing of us, reads from the screen. */
async function codeOnScreen(page: Page, file: string): Promise<string> {
  const path = join(pictures, file);
  await page.locator('.slip-paper__qr').scrollIntoViewIfNeeded();
  await page.screenshot({ path });
  return execFileSync('zbarimg', ['--quiet', '--raw', path], { encoding: 'utf8' }).trim();
}

test('[KC10] without a printer the slip stands on the screen, and its code is read from there', async ({
  hall,
  browser,
}) => {
  const kiosk = await hall.open(browser, { landscape: true, en: true });
  const { page } = kiosk;
  await page.getByRole('button', { name: 'Lockers' }).click();
  await page.getByRole('button', { name: 'Store something' }).click();
  await page.getByRole('button', { name: /^Small/ }).click();
  await page.getByRole('button', { name: /not a member/ }).click();
  await type(page, '13912345679');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('2 h', { exact: true }).click();
  await page.getByText('I agree to all three').click();
  await page.getByRole('button', { name: 'Open the door' }).click();
  await expect(page.locator('.locker-door .big-number__value')).toBeVisible();
  const compartment = Number(await page.locator('.locker-door .big-number__value').textContent());
  const bank = hall.house.hardware.bank(compartment > 30 ? 'bank-b' : 'bank-a');
  await expect(page.getByText(/The door is open/)).toBeVisible();
  bank.close(compartment);
  const show = page.getByRole('button', { name: /Show the slip on the screen/ });
  await expect(show).toBeVisible();
  await kiosk.look('locker/shut-no-printer');
  await show.click();
  await expect(page.getByRole('heading', { name: 'Your slip' })).toBeVisible();
  await kiosk.look('slip/on-screen');
  expect(await codeOnScreen(page, 'paper-en.png')).toMatch(/^UH1:/);
  await page.getByRole('button', { name: 'I have it' }).click();
  await expect(page.locator('.slip-paper')).toHaveCount(0);
  await kiosk.close();
});

test('[KC10] a slip that perhaps came out is said so, once, and can be seen', async ({ hall, browser }) => {
  const kiosk = await hall.open(browser);
  const { page } = kiosk;
  let asked = 0;
  await page.route('**/api/v1/print', (route) => {
    asked += 1;
    return route.fulfill({ json: { printed: false, reason: 'unknown' } });
  });
  await page.getByRole('button', { name: '找地方' }).click();
  await page.getByRole('button', { name: /^按名字找/ }).click();
  await page.getByRole('button', { name: '123' }).click();
  for (const digit of '301') await page.getByRole('button', { name: digit, exact: true }).click();
  await page.getByRole('button', { name: /301 教室/ }).click();
  await page.getByRole('button', { name: /打印路线/ }).click();
  await expect(page.getByText('可能已经打出来了，请看一下出纸口')).toBeVisible();
  expect(asked).toBe(1);
  await page.getByRole('button', { name: /在屏幕上看小票/ }).click();
  await expect(page.locator('.slip-paper')).toContainText('301');
  await kiosk.look('slip/on-screen');
  await page.getByRole('button', { name: '我记好了' }).click();
  await kiosk.close();
});
