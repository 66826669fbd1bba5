import { expectOk } from '../../simulators/people/api-client.ts';
import { expect, test } from '../support/kiosk-test.ts';

test('[KB9] one touch calls; who takes it appears by itself; the end is said', async ({ hall, browser }) => {
  const kiosk = await hall.open(browser);
  const { page } = kiosk;
  await page.locator('.bar-button--help').click();
  await expect(page.getByRole('heading', { name: '已经通知，请在这里等一下' })).toBeVisible();
  await expect(page.getByText('分钟到您身边')).toBeVisible();
  await kiosk.look('help/called');
  const desk = await expectOk(hall.staff.call('desk', {}));
  const id = desk.help.find((each) => each.kiosk === 'kiosk-1')?.help.helpId ?? '';
  await expectOk(hall.staff.call('takeHelp', { params: { id } }));
  await expect(page.getByRole('heading', { name: '刘敏正在过来' })).toBeVisible({ timeout: 4_000 });
  await kiosk.look('help/taken');
  await expectOk(hall.staff.call('endHelp', { params: { id } }));
  await expect(page.getByRole('heading', { name: '工作人员已经办完' })).toBeVisible({ timeout: 8_000 });
  await kiosk.look('help/ended');
  await kiosk.close();
});

test('called and withdrawn in English; a call the hall did not hear is said', async ({ hall, browser }) => {
  const kiosk = await hall.open(browser, { landscape: true, en: true });
  const { page } = kiosk;
  await page.route('**/api/v1/help', (route) => route.abort());
  await page.locator('.home-tiles').getByRole('button', { name: 'Call staff' }).click();
  await expect(page.getByText('The call did not get through')).toBeVisible();
  await kiosk.look('help/failed');
  await page.unroute('**/api/v1/help');
  await expect(page.getByRole('heading', { name: 'They know. Please wait here' })).toBeVisible({
    timeout: 8_000,
  });
  await kiosk.look('help/called');
  await page.getByRole('button', { name: 'No longer needed' }).click();
  await expect(page.getByRole('heading', { name: 'They know that they need not come' })).toBeVisible();
  await kiosk.look('help/withdrawn');
  await kiosk.close();
});
