import { expect, test } from '../support/kiosk-test.ts';

test('feedback from the first question to the receipt, with pinyin, an error, a change and a resume code', async ({
  hall,
  browser,
}) => {
  const kiosk = await hall.open(browser);
  const { page } = kiosk;
  await page.getByRole('button', { name: '办业务' }).click();
  await expect(page.getByRole('button', { name: /^意见反馈/ })).toBeVisible();
  await kiosk.look('service/list');
  await page.getByRole('button', { name: /^意见反馈/ }).click();
  await kiosk.look('service/about');
  await page.getByRole('button', { name: '开始填' }).click();
  const next = page.getByRole('button', { name: '下一题' });
  await expect(page.getByText('您想说哪方面？')).toBeVisible();
  await next.click();
  await expect(page.locator('.error-summary')).toBeFocused();
  await kiosk.look('service/error');
  await page.getByText('活动和培训').click();
  await next.click();
  // The place is asked only when something is broken: straight on to the details.
  await expect(page.getByText('请说说是什么情况')).toBeVisible();
  for (const key of 'gonghui') await page.getByRole('button', { name: key, exact: true }).click();
  await page.getByRole('button', { name: '工会', exact: true }).click();
  await expect(page.getByRole('textbox')).toHaveValue('工会');
  await kiosk.look('service/details');
  await page.getByRole('button', { name: /^先存着/ }).click();
  await expect(page.getByRole('heading', { name: '先存好了' })).toBeVisible();
  const code = (await page.locator('.kept__code .big-number__value').innerText()).replace(/\s/g, '');
  await kiosk.look('service/kept');
  await page.getByRole('button', { name: '先走了' }).click();

  // Later, from the code.
  await page.getByRole('button', { name: '办业务' }).click();
  await page.getByRole('button', { name: /^接着上次的填/ }).click();
  await page.getByLabel('请输入接续码').fill(code);
  await kiosk.look('service/resume');
  await page.getByRole('button', { name: '接着填' }).click();
  // The page was complete when it was saved, so it goes on with the one after it.
  await expect(page.getByText('要不要打电话告诉您结果？')).toBeVisible();
  await page.getByRole('button', { name: '上一题' }).click();
  await expect(page.getByRole('textbox')).toHaveValue('工会');
  await page.getByRole('button', { name: '上一题' }).click();
  await expect(page.getByRole('radio', { name: '活动和培训' })).toBeChecked();
  await page.getByText('设施坏了或不好用').click();
  await next.click();
  await expect(page.getByText('在什么地方？')).toBeVisible();
  await page.getByRole('textbox').fill('2 楼水房');
  await next.click();
  await expect(page.getByRole('textbox')).toHaveValue('工会');
  for (let asked = 0; asked < 6 && (await next.isVisible()); asked += 1) {
    const radio = page.locator('.choices .choice').last();
    if (await radio.isVisible()) await radio.click();
    await next.click();
    await page.waitForTimeout(150);
  }
  await expect(page.getByRole('heading', { name: '请看一遍，对了就交' })).toBeVisible();
  await kiosk.look('service/review');
  await page.getByRole('button', { name: '修改: 地方' }).click();
  await page.getByRole('textbox').fill('3 楼水房');
  await page.getByRole('button', { name: '改好了' }).click();
  await expect(page.locator('.review')).toContainText('3 楼水房');
  await page.getByRole('button', { name: '交上去' }).click();
  await expect(page.getByRole('heading', { name: '收到了，请记下单号' })).toBeVisible();
  await expect(page.locator('.receipt__number')).toHaveText(/^H1-\d{8}-\d{4}$/);
  await expect(page.getByText('已记下，连上网后自动上报。')).toBeVisible();
  await kiosk.look('service/receipt');
  await kiosk.close();
});

test('[KB6] an ID number is sealed, shown as its mask, and can be entered again', async ({
  hall,
  browser,
}) => {
  const kiosk = await hall.open(browser, { landscape: true, en: true });
  const { page } = kiosk;
  await page.getByRole('button', { name: 'Services' }).click();
  await page.getByRole('button', { name: /^Join/ }).click();
  await kiosk.look('service/about');
  await page.getByRole('button', { name: 'Start' }).click();
  const next = page.getByRole('button', { name: 'Next', exact: true });
  const secret = '11010519491231002X';
  let sealedPage = false;
  for (let asked = 0; asked < 12 && !sealedPage; asked += 1) {
    await expect(next).toBeVisible();
    const question = await page.locator('.question').innerText();
    const boxes = page.locator('.question input[type=text], .question textarea');
    for (let index = 0; index < (await boxes.count()); index += 1) {
      const box = boxes.nth(index);
      await box.fill(
        /ID number/i.test(question) ? secret : /phone|mobile/i.test(question) ? '13800000009' : '赵德明',
      );
    }
    if (/ID number/i.test(question)) {
      sealedPage = true;
      await kiosk.look('service/id-number');
    } else if (asked === 0) await kiosk.look('service/first');
    const choice = page.locator('.choices .choice').first();
    if (await choice.isVisible()) await choice.click();
    await next.click();
    await page.waitForTimeout(200);
  }
  expect(sealedPage).toBe(true);
  await page.getByRole('button', { name: 'Previous' }).click();
  await expect(page.locator('.masked__value')).toHaveText('••••••••••••••002X');
  expect(await page.content()).not.toContain(secret);
  await kiosk.look('service/masked');
  await page.getByRole('button', { name: 'Enter it again' }).click();
  await expect(page.locator('.question input')).toHaveValue('');
  await kiosk.close();
});
