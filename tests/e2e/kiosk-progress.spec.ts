import { expectOk } from '../../simulators/people/api-client.ts';
import { expect, test } from '../support/kiosk-test.ts';
import type { KioskHouse } from '../support/kiosk-test.ts';

async function handIn(hall: KioskHouse): Promise<{ id: string; number: string; queryCode: string }> {
  const { draft } = await expectOk(hall.api.call('startDraft', { body: { service: 'feedback' } }));
  const known: Record<string, string | boolean> = {};
  for (const page of draft.service.pages) {
    if (page.when !== undefined && !page.when.in.includes(String(known[page.when.field] ?? ''))) continue;
    const answers = Object.fromEntries(
      page.fields.map((field) => [
        field.id,
        field.kind === 'choice'
          ? (field.options.at(-1)?.value ?? '')
          : field.kind === 'confirm'
            ? true
            : '水房的灯坏了',
      ]),
    );
    Object.assign(known, answers);
    await expectOk(
      hall.api.call('answerDraft', { params: { id: draft.draftId }, body: { page: page.id, answers } }),
    );
  }
  const receipt = await expectOk(hall.api.call('submitDraft', { params: { id: draft.draftId } }));
  return { id: receipt.applicationId, number: receipt.number, queryCode: receipt.queryCode };
}

test('[KB7] [KB8] twelve digits and the code show who has it; the decision appears by itself', async ({
  hall,
  browser,
}) => {
  const made = await handIn(hall);
  const kiosk = await hall.open(browser);
  const { page } = kiosk;
  await page.getByRole('button', { name: '查进度' }).click();
  await page.getByRole('button', { name: '查一下' }).click();
  await expect(page.getByText('单号是 12 位数字，请接着输。')).toBeVisible();
  const digits = made.number.slice(3).replace('-', '');
  for (const digit of digits) await page.getByRole('button', { name: digit, exact: true }).click();
  await expect(page.getByLabel('单号')).toHaveValue(made.number);
  for (const digit of '000000') await page.getByRole('button', { name: digit, exact: true }).click();
  await kiosk.look('progress/entry');
  if (made.queryCode !== '000000') {
    await page.getByRole('button', { name: '查一下' }).click();
    await expect(page.getByText('单号或查询码不对，请看回执。')).toBeVisible();
    await kiosk.look('progress/refused');
  }
  await page.getByLabel('查询码').fill(made.queryCode);
  await page.getByRole('button', { name: '查一下' }).click();
  await expect(page.getByRole('heading', { name: '正在办，还没到答复的日子' })).toBeVisible();
  await expect(page.getByText('已记下，连上网后自动上报')).toBeVisible();
  await kiosk.look('progress/submitted');
  await expectOk(
    hall.staff.call('decide', {
      params: { id: made.id },
      body: { decision: 'returned', reason: '请写清楚是几楼的水房。' },
    }),
  );
  await expect(page.getByRole('heading', { name: '需要您补充一些内容' })).toBeVisible({ timeout: 16_000 });
  await expect(page.getByText('请写清楚是几楼的水房。')).toBeVisible();
  await kiosk.look('progress/returned');
  await kiosk.close();
});

test('in English on the wide panel', async ({ hall, browser }) => {
  const made = await handIn(hall);
  const kiosk = await hall.open(browser, { landscape: true, en: true });
  const { page } = kiosk;
  await page.getByRole('button', { name: 'My progress' }).click();
  await page.getByLabel('Number', { exact: true }).fill(made.number);
  await page.getByLabel('Query code').fill(made.queryCode);
  await kiosk.look('progress/entry');
  await page.getByRole('button', { name: 'Look it up' }).click();
  await expect(page.getByRole('heading', { name: 'It is being handled' })).toBeVisible();
  await kiosk.look('progress/submitted');
  await kiosk.close();
});
