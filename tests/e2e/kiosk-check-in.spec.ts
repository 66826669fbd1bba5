import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { create } from 'qrcode';
import { HomeView } from '../../contract/hall-api.ts';
import { expect, test } from '../support/kiosk-test.ts';
import type { Page } from '@playwright/test';

async function type(page: Page, digits: string): Promise<void> {
  for (const digit of digits) await page.getByRole('button', { name: digit, exact: true }).click();
}

test('[KC1] [KC2] [KC3] [KC15] typed: checked in with room and seat, taken back in time, again, and the second time says when', async ({
  hall,
  browser,
}) => {
  const kiosk = await hall.open(browser);
  const { page } = kiosk;
  await kiosk.look('welcome/home');
  // The page asks for a code: a scanner that reads on command is told to look.
  const looking = page.waitForRequest('**/api/v1/scans/look');
  await page.getByRole('button', { name: '签到', exact: false }).first().click();
  expect(await (await (await looking).response())?.json()).toEqual({ looking: false });
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

test('[KW1] [KC4] in English, in landscape: a wrong number is said in words and the way leads to the room', async ({
  hall,
  browser,
}) => {
  const kiosk = await hall.open(browser, { landscape: true, en: true });
  const { page } = kiosk;
  await kiosk.look('welcome/home');
  const offered = HomeView.parse(await (await page.request.get(`${hall.house.hallUrl}/api/v1/home`)).json());
  expect(offered.journeys.length).toBeGreaterThan(4);
  await expect(page.locator('.home-tiles .tile')).toHaveCount(offered.journeys.length);
  await expect(page.locator('.tile--primary')).toContainText('Check in');
  await page
    .getByRole('button', { name: /^Check in/ })
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
  // Keys of a busy machine may come too far apart to be a scanner's: then the code is held up again, as people do.
  await expect(async () => {
    await page.keyboard.type('UH1:NOTOURS0123456789\n');
    await expect(page.locator('.result--refused')).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 12_000 });
  await kiosk.look('check-in/scan-refused');
  await kiosk.close();
});

/** What a camera would see: one frame of YUV 4:2:0 with the QR in its middle. */
function cameraFilm(text: string): Buffer {
  const [width, height, scale] = [640, 480, 6];
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const left = Math.floor((width - modules.size * scale) / 2);
  const top = Math.floor((height - modules.size * scale) / 2);
  const light = Buffer.alloc(width * height, 230);
  for (let y = 0; y < modules.size * scale; y += 1)
    for (let x = 0; x < modules.size * scale; x += 1)
      if (modules.get(Math.floor(y / scale), Math.floor(x / scale)) === 1)
        light[(top + y) * width + left + x] = 20;
  return Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${String(width)} H${String(height)} F10:1 Ip A1:1 C420\nFRAME\n`),
    light,
    Buffer.alloc((width * height) / 2, 128),
  ]);
}

for (const decoder of ['zxing', 'wasm'])
  test(`[KC7] the kiosk's camera reads a code held up to it (${decoder})`, async ({ hall }) => {
    const dir = mkdtempSync(join(tmpdir(), 'camera-'));
    const film = join(dir, 'code.y4m');
    writeFileSync(film, cameraFilm('UH1:HELDUPTOTHECAMERA00112233445566778899'));
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${film}`,
      ],
    });
    try {
      const kiosk = await hall.open(browser);
      const { page } = kiosk;
      await page.goto(`${hall.house.hallUrl}/kiosk/?decoder=${decoder}`);
      await page.getByRole('button', { name: /签到/ }).first().click();
      await expect(page.locator('.result--refused')).toBeVisible({ timeout: 15_000 });
      await kiosk.close();
    } finally {
      await browser.close();
      rmSync(dir, { recursive: true });
    }
  });
