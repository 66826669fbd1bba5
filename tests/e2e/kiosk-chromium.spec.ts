import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, test } from '@playwright/test';
import { z } from 'zod';
import { hallRoutes } from '../../contract/hall-api.ts';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import { startHouse } from '../../tools/house/house.ts';
import { openScreen } from '../../tools/house/screen.ts';
import { noVirtualScreen, startVirtualScreen } from '../support/virtual-screen.ts';

/** The kiosk as `npm start` opens it where Electron is not: Debian's Chromium in kiosk mode on an X screen. */

const root = join(import.meta.dirname, '../..');
const shots = join(root, 'artifacts/screens/kiosk-chromium');
const size = { width: 1080, height: 1920 };
const missing = noVirtualScreen();

test('[KS1] [KS8] Chromium in kiosk mode covers the screen, uses its code once and shows the hall', async () => {
  test.skip(missing !== undefined, missing ?? '');
  const stops: (() => Promise<unknown> | void)[] = [];
  try {
    mkdirSync(shots, { recursive: true });
    const dir = mkdtempSync(join(tmpdir(), 'kiosk-chromium-'));
    stops.push(() => {
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    });
    const house = await startHouse({ dir, withCentral: false });
    stops.push(() => house.stop());
    const demo = await expectOk(createApiClient(house.hallUrl, hallRoutes).call('demo', {}));
    const enrolCode = demo.kiosks.find((each) => each.kiosk === 'kiosk-1')?.code ?? '';
    const screen = await startVirtualScreen(size.width, size.height);
    stops.push(() => screen.stop());
    const profile = join(dir, 'profile');
    mkdirSync(profile);
    const kiosk = openScreen(
      { kind: 'chromium', program: '/usr/bin/chromium' },
      {
        hallUrl: house.hallUrl,
        enrolCode,
        profile,
        root,
        environment: { DISPLAY: screen.display },
        browserArgs: ['--remote-debugging-port=0', '--disable-gpu'],
      },
    );
    stops.push(() => kiosk.stop());

    const browser = await chromium.connectOverCDP(await developerPort(profile, house.hallUrl), {
      timeout: 15_000,
    });
    stops.push(() => browser.close());
    const page = browser.contexts()[0]?.pages()[0];
    if (page === undefined) throw new Error('Chromium shows no page');

    // The page itself, the window and the screen are the same size: no frame, no tabs, no gap.
    await expect
      .poll(() =>
        page.evaluate(() => [window.innerWidth, window.innerHeight, window.screenX, window.screenY]),
      )
      .toEqual([size.width, size.height, 0, 0]);
    expect(await page.evaluate(() => [window.screen.width, window.screen.height])).toEqual([
      size.width,
      size.height,
    ]);

    await expect(page.getByText('城北职工服务中心').first()).toBeVisible({ timeout: 20_000 });
    expect(page.url()).toBe(`${house.hallUrl}/kiosk/`);
    const home = await page.evaluate(async () => (await fetch('/api/v1/home')).json() as Promise<unknown>);
    expect(home).toMatchObject({ kiosk: { id: 'kiosk-1' } });
    // The identity is a cookie the page cannot read, and the code is spent.
    expect(await page.evaluate(() => document.cookie)).toBe('');
    const again = await createApiClient(house.hallUrl, hallRoutes).call('enrolKiosk', {
      body: { code: enrolCode },
    });
    expect(again.ok).toBe(false);
    await page.screenshot({ path: join(shots, 'welcome.png') });
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
});

const Targets = z.array(z.looseObject({ type: z.string(), url: z.string() }));

/**
 * Address of Chromium's developer protocol: the port it chose is in its profile. Resolves once the window shows
 * the hall; a client that attaches while Chromium still opens its first window can wait for ever.
 */
async function developerPort(profile: string, hallUrl: string): Promise<string> {
  const file = join(profile, 'DevToolsActivePort');
  const until = systemClock.monotonic() + 20_000;
  for (;;) {
    const port = existsSync(file) ? (readFileSync(file, 'utf8').split('\n')[0] ?? '') : '';
    if (port !== '') {
      const address = `http://127.0.0.1:${port}`;
      const targets = Targets.parse(await (await fetch(`${address}/json/list`)).json());
      if (targets.some((each) => each.type === 'page' && each.url.startsWith(hallUrl))) return address;
    }
    if (systemClock.monotonic() > until) throw new Error('Chromium did not show the hall');
    await sleep(systemClock, 100);
  }
}
