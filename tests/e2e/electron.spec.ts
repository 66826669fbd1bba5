import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, expect, test } from '@playwright/test';
import type { ElectronApplication, Page } from '@playwright/test';
import { hallRoutes } from '../../contract/hall-api.ts';
import { hashPin } from '../../kiosk/main/staff-exit.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import { startHouse, type House } from '../../tools/house/house.ts';
import { electronProgram } from '../../tools/house/screen.ts';
import { noVirtualScreen, startVirtualScreen } from '../support/virtual-screen.ts';

/** The real shell in the real Electron, against a real hall. Runs wherever Electron's binary is. */
test.describe.configure({ mode: 'serial' });

const root = join(import.meta.dirname, '../..');
const shell = join(root, 'dist/shell/shell.js');
const program = electronProgram(root, process.env);
const PIN = '824613';
const display = process.env['DISPLAY'] ?? '';

/** Why the shell cannot run here, in words for the report; empty when it can. */
const missing =
  program === undefined
    ? 'Electron is not on this machine: only its package is, without the binary. "npm run kiosk:install" fetches it where the network allows.'
    : !existsSync(shell)
      ? 'the shell is not built: npm run build'
      : display === ''
        ? (noVirtualScreen() ?? '')
        : '';

test.skip(missing !== '', missing);

const stops: (() => Promise<unknown> | void)[] = [];
let house: House;
let app: ElectronApplication;

test.beforeAll(async () => {
  if (missing !== '' || program === undefined) return;
  const dir = mkdtempSync(join(tmpdir(), 'electron-'));
  stops.push(() => {
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  });
  house = await startHouse({ dir, withCentral: false });
  stops.push(() => house.stop());
  const demo = await expectOk(createApiClient(house.hallUrl, hallRoutes).call('demo', {}));
  const screen = display === '' ? await startVirtualScreen(1080, 1920) : undefined;
  if (screen !== undefined) stops.push(() => screen.stop());
  const profile = join(dir, 'profile');
  mkdirSync(profile);
  const config = join(dir, 'kiosk.json');
  writeFileSync(
    config,
    JSON.stringify({
      hallUrl: house.hallUrl,
      enrolCode: demo.kiosks.find((each) => each.kiosk === 'kiosk-1')?.code,
      staffPinHash: hashPin(PIN, new TextEncoder().encode('a salt of tests')),
    }),
  );
  // The shell starts before its hall, as after a power cut.
  await house.stopHall();
  const environment = Object.entries({
    ...process.env,
    DISPLAY: screen?.display ?? display,
    KIOSK_CONFIG: config,
  });
  app = await _electron.launch({
    executablePath: program,
    args: [shell, `--user-data-dir=${profile}`, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
    env: Object.fromEntries(environment.filter((pair): pair is [string, string] => pair[1] !== undefined)),
  });
  stops.push(() => app.close());
});
test.afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** The window as it is now: a replaced page is a new window. */
async function hallPage(within: number): Promise<Page> {
  let found: Page | undefined;
  await expect
    .poll(
      async () => {
        for (const page of app.windows()) {
          const shows = await page
            .getByText('城北职工服务中心')
            .first()
            .isVisible()
            .catch(() => false);
          if (shows) found = page;
        }
        return found !== undefined;
      },
      { timeout: within },
    )
    .toBe(true);
  if (found === undefined) throw new Error('no window shows the hall');
  return found;
}

test('[KS5] [KS8] a calm page while the hall is away; then the kiosk page by itself, with its identity out of reach', async () => {
  const first = await app.firstWindow();
  await expect(first.getByText('请稍等，马上就好')).toBeVisible();
  await house.startHall();
  const page = await hallPage(20_000);
  expect(page.url().startsWith(`${house.hallUrl}/kiosk/`)).toBe(true);
  expect(await page.evaluate(() => document.cookie)).toBe('');
  const home = await page.evaluate(async () => (await fetch('/api/v1/home')).json() as Promise<unknown>);
  expect(home).toMatchObject({ kiosk: { id: 'kiosk-1' } });
  const kiosk = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isKiosk());
  expect(kiosk).toBe(true);
});

test('[KS1] [KS7] no other page, no new window, no Node in the page', async () => {
  const page = await hallPage(5_000);
  const before = page.url();
  await page.evaluate(() => {
    window.location.href = 'http://127.0.0.1:9/elsewhere';
  });
  await page.evaluate((url) => {
    window.location.href = url;
  }, `${house.hallUrl}/console/`);
  expect(await page.evaluate(() => window.open('/kiosk/') === null)).toBe(true);
  expect(page.url()).toBe(before);
  expect(app.windows()).toHaveLength(1);
  expect(await page.evaluate(() => ['require' in window, 'process' in window])).toEqual([false, false]);
});

test('[KS3] a page that dies and a page that hangs are replaced within 10 s', async () => {
  const dying = await hallPage(5_000);
  const gone = dying.waitForEvent('close', { timeout: 10_000 });
  await app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
  });
  await gone;
  const fresh = await hallPage(10_000);

  const replaced = fresh.waitForEvent('close', { timeout: 10_000 });
  // Never answers: the page is busy for ever.
  fresh
    .evaluate(() => {
      for (;;);
    })
    .catch(() => undefined);
  await replaced;
  await hallPage(10_000);
});

test('[KS6] [KS10] staff leave by holding the name for five seconds and the right PIN, and in no other way', async () => {
  const page = await hallPage(5_000);
  await app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.close();
  });
  expect(app.windows()).toHaveLength(1);
  const name = page.locator('[data-staff-exit]').first();
  await name.hover();
  await page.mouse.down();
  await page.waitForTimeout(5_300);
  await page.mouse.up();
  const type = async (pin: string): Promise<void> => {
    for (const digit of pin)
      await page.getByRole('dialog').getByRole('button', { name: digit, exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: '退出', exact: true }).click();
  };
  await type('000000');
  await expect(page.getByText('密码不对。')).toBeVisible();
  const closed = app.waitForEvent('close', { timeout: 10_000 });
  await type(PIN);
  await closed;
});
