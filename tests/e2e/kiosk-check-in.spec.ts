import { expect, test } from '../support/kiosk-test.ts';
import type { Page } from '@playwright/test';

async function type(page: Page, digits: string): Promise<void> {
  for (const digit of digits) await page.getByRole('button', { name: digit, exact: true }).click();
}

test('[KC1] [KC2] [KC3] typed: checked in with room and seat, taken back in time, again, and the second time says when', async ({
  hall,
  browser,
}) => {
  const kiosk = await hall.open(browser);
  const { page } = kiosk;
  await kiosk.look('welcome/home');
  await page.getByRole('button', { name: '签到', exact: false }).first().click();
  await expect(page.getByText('把手机上的码对着镜头')).toBeVisible();
  await kiosk.look('check-in/ask');
  const typed = async (): Promise<void> => {
    await page.getByRole('button', { name: '没有码，输入会员号' }).click();
    await type(page, '100001');
    await page.getByLabel('手机号后四位').click();
    await type(page, '0001');
    await page.getByRole('button', { name: '签到', exact: true }).click();
  };
  await typed();
  await expect(page.getByRole('heading', { name: '张*，您签到好了' })).toBeVisible();
  await expect(page.locator('.checked-in')).toContainText('302');
  await expect(page.locator('.checked-in')).toContainText('17');
  await kiosk.look('check-in/done');
  await page.getByRole('button', { name: /签错了/ }).click();
  await expect(page.getByRole('heading', { name: '已经撤销，没有签到' })).toBeVisible();
  await kiosk.look('check-in/undone');
  await page.getByRole('button', { name: '重新签到' }).click();
  await typed();
  await expect(page.getByRole('heading', { name: '张*，您签到好了' })).toBeVisible();
  await page.getByRole('button', { name: '好了' }).click();
  await page.getByRole('button', { name: /签到/ }).first().click();
  await typed();
  await expect(page.getByRole('heading', { name: /张\*，您 .* 在1 号机签过了/ })).toBeVisible();
  await kiosk.look('check-in/already');
  await kiosk.close();
});

test('[KC4] in English, in landscape: a wrong number is said in words and the way leads to the room', async ({
  hall,
  browser,
}) => {
  const kiosk = await hall.open(browser, { landscape: true, en: true });
  const { page } = kiosk;
  await kiosk.look('welcome/home');
  await page
    .getByRole('button', { name: /Check-in/ })
    .first()
    .click();
  await page.getByRole('button', { name: /No code/ }).click();
  await type(page, '100002');
  await page.getByLabel('Last four digits of your phone').or(page.locator('#member-phone')).first().click();
  await type(page, '9999');
  await page.getByRole('button', { name: 'Check in', exact: true }).click();
  await expect(page.locator('.refusal-notice')).toBeVisible();
  await kiosk.look('check-in/refused');
  await page.locator('#member-phone input').or(page.locator('input#member-phone')).first().fill('0002');
  await page.getByRole('button', { name: 'Check in', exact: true }).click();
  await expect(page.getByRole('heading', { name: /you are checked in/ })).toBeVisible();
  await kiosk.look('check-in/done');
  await page.getByRole('button', { name: 'Take me to room 302' }).click();
  await expect(page.locator('svg').first()).toBeVisible();
  await kiosk.close();
});

test('[KC5] a code from a keyboard scanner that is not ours is refused in words, on the first screen', async ({
  hall,
  browser,
}) => {
  const kiosk = await hall.open(browser);
  const { page } = kiosk;
  await page.keyboard.type('UH1:NOTOURS0123456789');
  await page.keyboard.press('Enter');
  await expect(page.locator('.result--refused')).toBeVisible();
  await kiosk.look('check-in/scan-refused');
  await kiosk.close();
});
