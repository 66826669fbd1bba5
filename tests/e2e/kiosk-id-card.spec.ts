import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { createIdReader } from '../../simulators/idcard/id-reader.ts';
import { startHouse } from '../../tools/house/house.ts';
import { enter, expect, test } from '../support/kiosk-test.ts';
import { seedDesk } from '../support/seed-desk.ts';
import type { Page } from '@playwright/test';
import vectors from '../vectors/sam-v.json' with { type: 'json' };

/** A card on a simulated reader behind TCP, the hall's own gateway and broker, the check-in page. */

const { person } = vectors.card;

async function type(page: Page, digits: string): Promise<void> {
  for (const digit of digits) await page.getByRole('button', { name: digit, exact: true }).click();
}

test('[CI31] [CI32] [CI33] a new ID card asks once who it is; then the card alone signs in, and the hall holds nothing of it', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const reader = createIdReader();
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      for (const said of reader.take(chunk)) socket.write(said);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const dir = mkdtempSync(join(tmpdir(), 'id-card-'));
  const house = await startHouse({
    dir,
    withCentral: false,
    hall: {
      kiosks: [
        {
          id: 'kiosk-1',
          name: { zh: '1 号机', en: 'Kiosk 1' },
          place: { zh: '1 楼大厅', en: 'Ground floor lobby' },
          idReader: 'id-1',
        },
      ],
      devices: [
        {
          id: 'id-1',
          definition: 'sam-v-id-card-reader',
          transport: { kind: 'tcp', host: '127.0.0.1', port: (server.address() as AddressInfo).port },
        },
      ],
    },
  });
  try {
    await house.stopHall();
    seedDesk(house.dataDir);
    await house.startHall();
    const hall = await enter(house);
    const kiosk = await hall.open(browser);
    const { page } = kiosk;
    await page.getByRole('button', { name: '签到', exact: false }).first().click();
    await expect(page.getByText('也可以把身份证放在读卡的地方')).toBeVisible();
    await kiosk.look('check-in/ask-card');
    reader.lay(person);
    await expect(page.getByText('这张身份证还没登记过')).toBeVisible();
    await kiosk.look('check-in/card-new');
    await type(page, '100001');
    await page.getByLabel('手机号后四位').click();
    await type(page, '0001');
    await page.getByRole('button', { name: '签到', exact: true }).click();
    await expect(page.getByRole('heading', { name: '张*，您签到好了' })).toBeVisible();
    await page.getByRole('button', { name: '好了' }).click();
    reader.lift();
    await page.waitForTimeout(2_500);
    await page.getByRole('button', { name: /签到/ }).first().click();
    await expect(page.getByText('也可以把身份证放在读卡的地方')).toBeVisible();
    reader.lay(person);
    await expect(page.getByRole('heading', { name: /张\*，您 .* 在1 号机签过了/ })).toBeVisible();
    await kiosk.close();

    reader.lift();
    await sleep(systemClock, 2_500);
    const english = await hall.open(browser, { en: true });
    await english.page
      .getByRole('button', { name: /^Check in/ })
      .first()
      .click();
    await expect(english.page.getByText('Or lay your ID card on the reader.')).toBeVisible();
    await english.look('check-in/ask-card');
    reader.lay({ ...person, name: '李四', number: '11010119851210000X' });
    await expect(english.page.getByText('This ID card is new here')).toBeVisible();
    await english.look('check-in/card-new');
    await english.close();
    await house.stopHall();
    const files = readdirSync(house.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
    const kept = Buffer.concat(files);
    for (const secret of [person.number, person.number.slice(0, 14), person.name, person.address, '李四'])
      for (const form of [Buffer.from(secret), Buffer.from(secret, 'utf16le')])
        expect(kept.includes(form), secret).toBe(false);
  } finally {
    await house.stop();
    server.close();
    rmSync(dir, { recursive: true, force: true });
  }
});
