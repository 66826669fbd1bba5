import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { LIVE_PATH, LiveMessage, hallRoutes } from '../../contract/hall-api.ts';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import { enterKiosk } from '../../simulators/people/visitor.ts';
import type { KioskVisitor } from '../../simulators/people/visitor.ts';
import { startHouse } from '../../tools/house/house.ts';
import type { House } from '../../tools/house/house.ts';
import { boardsOnline } from '../support/boards-online.ts';
import { seedHall } from '../support/seed-hall.ts';

/**
 * The real hall process, its broker and gateway, a lock board and a scanner as processes on
 * virtual serial ports, and no central at all: scan bytes in, unlock bytes out.
 */

let dir = '';
let house: House;
let kiosk: KioskVisitor;
const heard: LiveMessage[] = [];
let live: WebSocket | undefined;

async function enter(): Promise<void> {
  const demo = await expectOk(createApiClient(house.hallUrl, hallRoutes).call('demo', {}));
  const code = demo.kiosks.find((each) => each.kiosk === 'kiosk-1')?.code ?? '';
  kiosk = await enterKiosk(house.hallUrl, code, systemClock);
  await boardsOnline(kiosk);
}

async function until<T>(what: string, look: () => T | undefined): Promise<T> {
  const end = systemClock.monotonic() + 10_000;
  for (;;) {
    const seen = look();
    if (seen !== undefined) return seen;
    if (systemClock.monotonic() > end) throw new Error(`${what} was not seen`);
    await sleep(systemClock, 20);
  }
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'locker-line-'));
  house = await startHouse({ dir, withCentral: false });
  await house.stopHall();
  seedHall(house.dataDir);
  await house.startHall();
  await enter();
  const socket = new WebSocket(house.hallUrl.replace('http', 'ws') + LIVE_PATH, {
    headers: { cookie: kiosk.api.cookies(), origin: house.hallUrl },
  });
  live = socket;
  socket.on('message', (data: Buffer) => heard.push(LiveMessage.parse(JSON.parse(data.toString('utf8')))));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
}, 60_000);

afterAll(async () => {
  live?.terminate();
  await house.stop();
  rmSync(dir, { recursive: true, force: true });
}, 30_000);

describe('a locker on a serial line, with the internet cut', () => {
  let compartment = 0;
  let qr = '';

  it('[LK2] rents on the spot: one pulse at the right lock, door seen open, then closed, lease active', async () => {
    const rented = await expectOk(
      kiosk.api.call('rentLocker', {
        body: {
          holder: { kind: 'member', memberNumber: '100001', phoneLast4: '0001' },
          size: 'small',
          minutes: 120,
          termsAccepted: true,
        },
      }),
    );
    compartment = rented.command.compartment;
    qr = rented.qr;
    const bank = house.hardware.bank(compartment > 30 ? 'bank-b' : 'bank-a');
    await bank.awaitOpen(compartment);
    expect(bank.pulses(compartment)).toBe(1);
    await kiosk.awaitDoor(rented.command.commandId, ['opened']);
    bank.close(compartment);
    await kiosk.awaitDoor(rented.command.commandId, ['closed']);
    const present = await expectOk(
      kiosk.api.call('presentLocker', {
        body: { credential: { kind: 'typed', compartment, digits: rented.digits } },
      }),
    );
    expect(present.state).toBe('active');
  }, 20_000);

  it('[LK1] a slip held to the serial scanner opens the same door once; the second time it is refused', async () => {
    const bank = house.hardware.bank(compartment > 30 ? 'bank-b' : 'bank-a');
    await house.hardware.scan(qr);
    const scanned = await until('the scan at the page', () =>
      heard.find((message) => message.type === 'scan'),
    );
    expect(scanned.text).toBe(qr);
    const act = await expectOk(
      kiosk.api.call('actLocker', { body: { credential: { kind: 'qr', text: scanned.text }, act: 'open' } }),
    );
    await bank.awaitOpen(compartment);
    expect(bank.pulses(compartment)).toBe(2);
    await kiosk.awaitDoor(act.command.commandId, ['opened']);
    bank.close(compartment);
    await kiosk.awaitDoor(act.command.commandId, ['closed']);
    // Identical bytes within ten seconds are answered as before and do nothing.
    await sleep(systemClock, 10_500);
    const again = await kiosk.api.call('actLocker', {
      body: { credential: { kind: 'qr', text: qr }, act: 'open' },
    });
    expect(again.ok).toBe(false);
    expect(bank.pulses(compartment)).toBe(2);
  }, 40_000);

  it('[AC11] a wrong code moves nothing', async () => {
    const wrong = await kiosk.api.call('actLocker', {
      body: { credential: { kind: 'typed', compartment, digits: '00000000' }, act: 'open' },
    });
    expect(wrong.ok ? 'opened' : wrong.problem?.code).toBe('code-wrong');
    expect(house.hardware.bank(compartment > 30 ? 'bank-b' : 'bank-a').pulses(compartment)).toBe(2);
  });

  it('[LK6] killed at once after an act, the hall comes back and opens nothing by itself', async () => {
    const bank = house.hardware.bank('bank-a');
    await house.killHall();
    await house.startHall();
    await sleep(systemClock, 3000);
    expect(bank.broadcastSeen()).toBe(false);
    expect(house.hardware.bank(compartment > 30 ? 'bank-b' : 'bank-a').pulses(compartment)).toBe(2);
  }, 40_000);

  it('[HT15] a clean stop leaves no lock and no ports file, and the next start finds the data', async () => {
    await house.stopHall();
    expect(
      readdirSync(house.dataDir).filter((name) => name === 'ports.json' || name.startsWith('lock')),
    ).toEqual([]);
    await house.startHall();
    await enter();
    const { compartments } = await expectOk(kiosk.api.call('lockers', {}));
    expect(compartments.find((each) => each.number === compartment)?.state).toBe('leased');
  }, 40_000);

  it('[DK4] the scanner unplugged is at the desk within 15 s, with what to do', async () => {
    const demo = await expectOk(createApiClient(house.hallUrl, hallRoutes).call('demo', {}));
    const staff = createApiClient(house.hallUrl, hallRoutes);
    await expectOk(staff.call('signIn', { body: demo.staff }));
    const scanner = async () =>
      (await expectOk(staff.call('desk', {}))).devices.find((each) => each.id === 'scanner-1');
    expect((await scanner())?.state).toBe('online');
    await house.hardware.unplugScanner();
    const end = systemClock.monotonic() + 15_000;
    let seen = await scanner();
    while (seen?.state === 'online') {
      if (systemClock.monotonic() > end) throw new Error('the desk still shows the scanner as well');
      await sleep(systemClock, 100);
      seen = await scanner();
    }
    expect(seen?.state).toBe('fault');
    expect(seen?.advice?.zh).toContain('拔下扫码器再插上');
  }, 40_000);
});
