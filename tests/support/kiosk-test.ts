import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test as base } from '@playwright/test';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { hallRoutes } from '../../contract/hall-api.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import type { ApiClient } from '../../simulators/people/api-client.ts';
import { demoHallConfig } from '../../tools/house/demo-configs.ts';
import { startHouse } from '../../tools/house/house.ts';
import type { House } from '../../tools/house/house.ts';
import { seedDesk } from './seed-desk.ts';

/** One real hall for all kiosk specs of a run, and kiosk pages in a browser that is enrolled with it. */

const shots = join(import.meta.dirname, '../../artifacts/screens');

export interface KioskPage {
  readonly page: Page;
  /** axe, millimetres, nothing sideways; then a picture. */
  look(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly landscape?: boolean;
  readonly en?: boolean;
  readonly elderly?: boolean;
  readonly lowReach?: boolean;
}

export interface KioskHouse {
  readonly house: House;
  /** The hall as another kiosk asks it. */
  readonly api: ApiClient<typeof hallRoutes>;
  readonly staff: ApiClient<typeof hallRoutes>;
  open(browser: Browser, options?: OpenOptions): Promise<KioskPage>;
}

const PANELS = {
  portrait: { kiosk: 'kiosk-1', width: 1080, height: 1920, mm: 398 },
  landscape: { kiosk: 'kiosk-2', width: 1920, height: 1080, mm: 476 },
} as const;

export const test = base.extend<object, { hall: KioskHouse }>({
  hall: [
    async ({}, use) => {
      const dir = mkdtempSync(join(tmpdir(), 'kiosk-'));
      const house = await startHouse({ dir, withCentral: false, hall: { kiosks: threeKiosks(dir) } });
      try {
        await house.stopHall();
        seedDesk(house.dataDir);
        await house.startHall();
        await use(await enter(house));
      } finally {
        await house.stop();
        rmSync(dir, { recursive: true });
      }
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

/** The demo hall's kiosks and one more for the specs themselves: enrolling anew ends a kiosk's older cookie. */
function threeKiosks(dir: string) {
  const none = { kind: 'tcp' as const, host: '127.0.0.1', port: 1 };
  const lines = { bankA: none, bankB: none, scanner: none, printer: none };
  const demo = demoHallConfig(dir, { hall: 0, mqtt: 0, central: 0 }, lines, 'http://127.0.0.1:0');
  return [
    ...(demo.kiosks ?? []),
    {
      id: 'kiosk-3',
      name: { zh: '3 号机', en: 'Kiosk 3' },
      place: { zh: '2 楼', en: '2nd floor' },
      panelWidthMm: 398,
    },
  ];
}

/** Kiosk pages for a house of a spec of its own. */
export async function enter(house: House): Promise<KioskHouse> {
  const demo = await expectOk(createApiClient(house.hallUrl, hallRoutes).call('demo', {}));
  const codeOf = (id: string): string => demo.kiosks.find((each) => each.kiosk === id)?.code ?? '';
  const staff = createApiClient(house.hallUrl, hallRoutes);
  await expectOk(staff.call('signIn', { body: demo.staff }));
  // Each kiosk is enrolled once by the address its shell opens; later pages bring its cookie along.
  const cookies = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>();
  const api = createApiClient(house.hallUrl, hallRoutes);
  let apiEntered: Promise<unknown> | undefined;
  return {
    house,
    staff,
    api: {
      ...api,
      call: async (name, parts) => {
        apiEntered ??= staff
          .call('kioskCode', { params: { id: 'kiosk-3' } })
          .then((made) => api.call('enrolKiosk', { body: { code: made.ok ? made.value.code : '' } }));
        await apiEntered;
        return api.call(name, parts);
      },
    },
    open: async (browser, options = {}) => {
      const panel = PANELS[options.landscape === true ? 'landscape' : 'portrait'];
      const known = cookies.get(panel.kiosk);
      const context = await browser.newContext({
        viewport: { width: panel.width, height: panel.height },
        reducedMotion: 'reduce',
        ...(known === undefined ? {} : { storageState: known }),
      });
      const page = await context.newPage();
      page.setDefaultTimeout(12_000);
      await page.goto(
        `${house.hallUrl}/kiosk/${known === undefined ? `#enrol=${encodeURIComponent(codeOf(panel.kiosk))}` : ''}`,
      );
      await expect(page.locator('.frame')).toBeVisible({ timeout: 20_000 });
      if (known === undefined) cookies.set(panel.kiosk, await context.storageState());
      if (options.en === true) await page.getByRole('button', { name: /切换|English/ }).click();
      if (options.elderly === true)
        for (let press = 0; press < 2; press += 1)
          await page.locator('.bottom-bar .bar-button').nth(3).click();
      if (options.lowReach === true) await page.locator('.bottom-bar .bar-button').nth(5).click();
      const suffix = `${options.landscape === true ? '-wide' : ''}${options.en === true ? '-en' : ''}${options.elderly === true ? '-elderly' : ''}${options.lowReach === true ? '-low' : ''}`;
      return {
        page,
        look: (name) => look(page, name, suffix, panel.width / panel.mm),
        close: () => context.close(),
      };
    },
  };
}

async function look(page: Page, name: string, suffix: string, pxPerMm: number): Promise<void> {
  const file = join(shots, `${name}${suffix}.png`);
  mkdirSync(join(file, '..'), { recursive: true });
  await page.screenshot({ path: file });
  const found = await new AxeBuilder({ page }).analyze();
  expect(
    found.violations.map((each) => [each.id, each.nodes.map((node) => node.html)]),
    `${name}: axe`,
  ).toEqual([]);
  const faults = await page.evaluate((scale) => {
    const out: string[] = [];
    const content = document.querySelector('.frame__content');
    if (content !== null && content.scrollWidth > content.clientWidth + 1)
      out.push(`content is ${String(content.scrollWidth - content.clientWidth)} px too wide`);
    // At the usual text size the way on is in sight without scrolling; larger letters may scroll.
    const primary = [...document.querySelectorAll('.frame__content .action--primary')].at(-1);
    const large = document.documentElement.dataset['text'] === 'elderly';
    if (content !== null && primary !== undefined && !large) {
      const below = primary.getBoundingClientRect().bottom - content.getBoundingClientRect().bottom;
      if (content.scrollTop === 0 && below > 1)
        out.push(`the red button lies ${String(Math.round(below))} px below the edge`);
    }
    // A text wider than its own box lies over its neighbour.
    for (const each of document.querySelectorAll<HTMLElement>(
      '.frame__content :is(p, h2, h3, dt, dd, strong)',
    ))
      if (each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 2)
        out.push(
          `"${each.textContent}" is ${String(each.scrollWidth - each.clientWidth)} px wider than its box`,
        );
    const touched = [
      ...document.querySelectorAll<HTMLElement>(
        '.frame__content button, .frame__dock button, .frame__content .choice, [role=alertdialog] button',
      ),
    ].filter((each) => each.getClientRects().length > 0);
    for (const each of touched) {
      const box = each.getBoundingClientRect();
      const label = `${each.className} "${(each.textContent || each.ariaLabel) ?? ''}"`;
      if (Math.min(box.width, box.height) / scale < 14.9)
        out.push(`${label}: ${(box.width / scale).toFixed(1)} x ${(box.height / scale).toFixed(1)} mm`);
      if (box.right > window.innerWidth + 1 || box.left < -1) out.push(`${label}: outside the screen`);
      if (each.scrollWidth > each.clientWidth + 2) out.push(`${label}: words are cut off`);
    }
    return out;
  }, pxPerMm);
  expect(faults, `${name}: millimetres`).toEqual([]);
}

export { expect };
