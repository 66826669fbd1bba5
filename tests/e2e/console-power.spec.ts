import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { WebSocket as ForeignSocket } from 'ws';
import { DEMO_STAFF } from '../../tools/house/demo-configs.ts';
import { startPart } from '../../tools/house/process.ts';
import { startDeskHouse } from '../support/desk-house.ts';

/** Light of a court from the desk to the relay: a real hall, its gateway, and a simulated Modbus relay board. */
const shots = join(import.meta.dirname, '../../artifacts/screens/console');
const closers: (() => Promise<unknown>)[] = [];
const switched: { coil: number; on: boolean }[] = [];
let page: Page;
let hallUrl: string;

test.beforeAll(async ({ browser }) => {
  mkdirSync(shots, { recursive: true });
  const relay = startPart('relay', join(import.meta.dirname, '../../simulators/modbus/modbus.main.ts'), [
    '--json',
    JSON.stringify({ transport: { kind: 'tcp', port: 0, framing: 'rtu' }, devices: [{ unit: 1, coils: 8 }] }),
  ]);
  closers.push(() => relay.stop());
  relay.onLine((line) => {
    if (line.includes('"switched"')) switched.push(JSON.parse(line) as { coil: number; on: boolean });
  });
  const { port } = JSON.parse(await relay.line((line) => line.includes('"ready"'), 15_000)) as {
    port: number;
  };
  const desk = await startDeskHouse(
    {
      devices: [
        {
          id: 'lights',
          definition: 'modbus-relay-8',
          transport: { kind: 'tcp', host: '127.0.0.1', port },
          unit: 1,
        },
        {
          id: 'bank-a',
          definition: 'kerong-cu48',
          transport: { kind: 'tcp', host: '127.0.0.1', port: 9 },
          compartments: [{ number: 1, size: 'small', board: 0, lock: 1, column: 1, row: 1 }],
        },
      ],
      power: [1, 2].map((court) => ({ device: 'lights', channel: court, resource: court })),
      kiosks: [1, 2].map((each) => ({
        id: `kiosk-${String(each)}`,
        name: { zh: `${String(each)} 号机`, en: `Kiosk ${String(each)}` },
        place: { zh: '大厅', en: 'Lobby' },
      })),
    },
    false,
  );
  closers.push(desk.stop);
  hallUrl = desk.house.hallUrl;
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  });
  closers.push(() => context.close());
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${desk.house.hallUrl}/console/`);
});
test.afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

test('[CN17] the light of a court is switched from the desk, seen at the relay, and given back', async () => {
  await page.getByLabel('姓名').fill(DEMO_STAFF.name);
  await page.getByLabel('密码').fill(DEMO_STAFF.password);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: '场地' }).click();
  const line = page.locator('.resource__power').first();
  await expect(line).toContainText('灯：关');
  await expect(line).toContainText('没人，没有预约');
  await line.getByRole('button', { name: '开', exact: true }).click();
  await expect(line).toContainText('灯：开');
  await expect(line).toContainText(`${DEMO_STAFF.name} 手动`);
  await expect.poll(() => switched.at(-1)).toMatchObject({ coil: 0, on: true });
  await page.screenshot({ path: join(shots, 'power-zh.png') });
  const faults = await new AxeBuilder({ page }).analyze();
  expect(faults.violations).toEqual([]);
  await line.getByRole('button', { name: '自动' }).click();
  await expect(line).toContainText('灯：关');
  await expect.poll(() => switched.at(-1)).toMatchObject({ coil: 0, on: false });
  await page.getByRole('button', { name: 'English' }).click();
  await expect(line).toContainText('nobody, no booking');
  await page.screenshot({ path: join(shots, 'power-en.png') });
  expect(switched.every(({ coil }) => coil === 0)).toBe(true);
});

test('[CN18] [DK20] a manager sees who may say and hear what, as the broker follows it', async () => {
  await page.getByRole('link', { name: 'Devices' }).click();
  await page.getByRole('link', { name: 'Who may do what' }).click();
  const row = page.getByRole('row').filter({ hasText: 'lights' });
  await expect(row).toContainText('connected');
  await expect(row).toContainText('hall/1/dev/lights/state (retained)');
  await expect(row).toContainText('hall/1/dev/lights/cmd');
  await expect(page.getByRole('row', { name: 'Sensor bridge zigbee' })).toContainText('zigbee2mqtt/#');
  const faults = await new AxeBuilder({ page }).analyze();
  expect(faults.violations).toEqual([]);
  await page.screenshot({ path: join(shots, 'rights-en.png') });
  await page.getByRole('button', { name: '中文' }).click();
  await expect(page.getByRole('heading', { name: '谁能做什么' })).toBeVisible();
  await page.screenshot({ path: join(shots, 'rights-zh.png') });
});

test('[DK21] [BR43] a page of the desk watches the bus with a pass, and only with one', async () => {
  const watched = await page.evaluate(async () => {
    const answer = await fetch('/api/v1/desk/bus/pass', { method: 'POST' });
    const pass = (await answer.json()) as { id: string; token: string };
    const text = (value: string): number[] => {
      const bytes = [...new TextEncoder().encode(value)];
      return [bytes.length >> 8, bytes.length & 255, ...bytes];
    };
    const packet = (head: number, body: number[]): Uint8Array<ArrayBuffer> =>
      new Uint8Array([head, body.length, ...body]);
    // CONNECT (3.1), clean session, user name and password; then SUBSCRIBE (3.8) at QoS 0.
    const connect = (token: string): Uint8Array<ArrayBuffer> =>
      packet(0x10, [
        ...text('MQTT'),
        4,
        0b1100_0010,
        0,
        60,
        ...text(pass.id),
        ...text(pass.id),
        ...text(token),
      ]);
    const subscribe = packet(0x82, [0, 1, ...text('hall/1/dev/+/state'), 0]);
    const talk = (token: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/mqtt`, 'mqtt');
        socket.binaryType = 'arraybuffer';
        let heard = '';
        socket.onopen = () => {
          socket.send(connect(token));
          socket.send(subscribe);
        };
        socket.onmessage = ({ data }) => {
          heard += new TextDecoder('latin1').decode(data as ArrayBuffer);
          if (heard.includes('hall/1/dev/lights/state')) resolve('heard the lights');
        };
        socket.onclose = () => {
          resolve(`closed after byte ${String(heard.charCodeAt(3))}`);
        };
      });
    return { right: await talk(pass.token), wrong: await talk('x'.repeat(32)) };
  });
  expect(watched).toEqual({ right: 'heard the lights', wrong: 'closed after byte 4' });
  const foreign = await new Promise<string>((resolve) => {
    const socket = new ForeignSocket(`${hallUrl.replace('http', 'ws')}/mqtt`, 'mqtt', {
      headers: { origin: 'http://elsewhere.example' },
    });
    socket.on('error', (error) => {
      resolve(error.message);
    });
  });
  expect(foreign).toContain('403');
});
