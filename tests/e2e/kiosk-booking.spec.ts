import type { BookingView } from '../../contract/hall-api.ts';
import { toInstant } from '../../contract/time.ts';
import { systemClock } from '../../platform/system.ts';
import { expectOk } from '../../simulators/people/api-client.ts';
import { expect, test } from '../support/kiosk-test.ts';
import type { KioskHouse } from '../support/kiosk-test.ts';

const HOUR = 3_600_000;
const thisHour = (): number => Math.floor(systemClock.now() / HOUR) * HOUR;

async function bookNow(hall: KioskHouse, resource: number, memberNumber: string): Promise<BookingView> {
  const credential = { kind: 'member' as const, memberNumber, phoneLast4: memberNumber.slice(-4) };
  const made = await expectOk(
    hall.api.call('book', {
      body: {
        credential,
        resource,
        startsAt: toInstant(thisHour()),
        endsAt: toInstant(thisHour() + HOUR),
      },
    }),
  );
  return made.booking;
}

test('books a place for tomorrow with the pad, and a slot taken meanwhile is said', async ({
  hall,
  browser,
}) => {
  const kiosk = await hall.open(browser);
  const { page } = kiosk;
  await page.getByRole('button', { name: '订场地' }).click();
  await expect(page.getByRole('heading', { name: '您想订哪一个？' })).toBeVisible();
  await expect(page.getByRole('heading', { name: '羽毛球场 1 号' })).toBeVisible();
  await expect(page.getByText('传感器还没有消息，不知道有没有人').first()).toBeVisible();
  await kiosk.look('booking/places');
  await page.getByRole('button', { name: '订', exact: true }).first().click();
  await page.getByRole('button', { name: /^明天/ }).click();
  const slots = page.locator('.slot');
  await expect(slots.first()).toBeVisible();
  await slots.filter({ hasText: '10:00' }).click();
  await slots.filter({ hasText: '11:00' }).click();
  await expect(page.getByRole('button', { name: '订 10:00–12:00' })).toBeEnabled();
  await kiosk.look('booking/times');
  await page.getByRole('button', { name: '订 10:00–12:00' }).click();
  // Nothing typed: the sentence stands at the field.
  await page.getByRole('button', { name: '下一步' }).click();
  await expect(page.getByText('会员号至少 6 位数字，请接着输。')).toBeVisible();
  for (const digit of '100001') await page.getByRole('button', { name: digit, exact: true }).click();
  await page.getByRole('button', { name: '下一格' }).click();
  for (const digit of '0001') await page.getByRole('button', { name: digit, exact: true }).click();
  await kiosk.look('booking/who');
  await page.getByRole('button', { name: '下一步' }).click();
  await expect(page.getByRole('heading', { name: '请看一遍，对了就订' })).toBeVisible();
  await kiosk.look('booking/confirm');
  // Somebody else is quicker by a second.
  const start = Date.parse(
    `${new Date(systemClock.now() + 32 * HOUR).toISOString().slice(0, 10)}T02:00:00.000Z`,
  );
  await expectOk(
    hall.api.call('book', {
      body: {
        credential: { kind: 'member', memberNumber: '100002', phoneLast4: '0002' },
        resource: 1,
        startsAt: toInstant(start),
        endsAt: toInstant(start + HOUR),
      },
    }),
  );
  await page.getByRole('button', { name: '就订这个' }).click();
  await expect(page.getByText('这个时段刚被订走，请换一个。')).toBeVisible();
  await expect(page.locator('.slot').filter({ hasText: '10:00' })).toBeDisabled();
  await kiosk.look('booking/times-taken');
  await page.locator('.slot').filter({ hasText: '15:00' }).click();
  await page.getByRole('button', { name: '订 15:00–16:00' }).click();
  // What was typed is still there.
  await expect(page.getByLabel('会员号')).toHaveValue('100001');
  await page.getByRole('button', { name: '下一步' }).click();
  await page.getByRole('button', { name: '就订这个' }).click();
  await expect(page.getByRole('heading', { name: '订好了' })).toBeVisible();
  await expect(page.getByText('14:50–15:15')).toBeVisible();
  await kiosk.look('booking/done');
  await kiosk.close();
});

test('my bookings in English: arrive, cancel with a question', async ({ hall, browser }) => {
  await bookNow(hall, 2, '100003');
  const kiosk = await hall.open(browser, { landscape: true, en: true });
  const { page } = kiosk;
  await page.getByRole('button', { name: 'Book a place' }).click();
  await expect(page.getByRole('heading', { name: 'Badminton court 2' })).toBeVisible();
  await kiosk.look('booking/places');
  await page.getByRole('button', { name: /^My bookings/ }).click();
  await page.getByLabel('Member number').fill('100003');
  await page.getByLabel('Last four digits of your phone').fill('9999');
  await kiosk.look('booking/who');
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await expect(page.getByText('Member number or the last four digits are not right.')).toBeVisible();
  await page.getByLabel('Last four digits of your phone').fill('0003');
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await expect(page.getByRole('heading', { name: /you have 1 booking$/ })).toBeVisible();
  await kiosk.look('booking/mine');
  await page.getByRole('button', { name: 'Cancel it' }).click();
  await kiosk.look('booking/cancel-question');
  await page.getByRole('button', { name: 'Keep it' }).click();
  await page.getByRole('button', { name: 'I am here' }).click();
  await expect(page.getByRole('heading', { name: 'Checked in, please go ahead' })).toBeVisible();
  await kiosk.look('booking/arrived');
  await kiosk.close();
});

test('the hall cannot be reached: said, kept trying, and there again by itself', async ({
  hall,
  browser,
}) => {
  const kiosk = await hall.open(browser, { elderly: true });
  const { page } = kiosk;
  await page.route('**/api/v1/resources', (route) => route.abort());
  await page.getByRole('button', { name: '订场地' }).click();
  await expect(page.getByText('没有取到场地情况')).toBeVisible();
  await kiosk.look('booking/error');
  await page.unroute('**/api/v1/resources');
  await page.getByRole('button', { name: '再试一次' }).click();
  await expect(page.getByRole('heading', { name: '羽毛球场 1 号' })).toBeVisible();
  await kiosk.look('booking/places');
  await kiosk.close();
});
