import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hallRoutes, type HomeView } from '../../contract/hall-api.ts';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import { enterKiosk, type KioskVisitor } from '../../simulators/people/visitor.ts';
import { startHouse, type House } from '../../tools/house/house.ts';
import { boardsOnline } from '../support/boards-online.ts';
import { seedHall } from '../support/seed-hall.ts';

/** The demo house with no central: a compartment is rented, its slip comes out on paper, and the paper opens the door. */

let dir = '';
let house: House;
let kiosk: KioskVisitor;

async function printerShows(wanted: HomeView['printer'], limit = 12_000): Promise<void> {
  const until = systemClock.monotonic() + limit;
  let seen: HomeView['printer'] | undefined;
  while (seen !== wanted) {
    if (systemClock.monotonic() > until)
      throw new Error(`the welcome screen says "${String(seen)}" of its printer, not "${wanted}"`);
    await sleep(systemClock, 100);
    seen = (await expectOk(kiosk.api.call('home', {}))).printer;
  }
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'printed-slip-'));
  house = await startHouse({ dir, withCentral: false });
  await house.stopHall();
  seedHall(house.dataDir);
  await house.startHall();
  const demo = await expectOk(createApiClient(house.hallUrl, hallRoutes).call('demo', {}));
  const code = demo.kiosks.find((each) => each.kiosk === 'kiosk-1')?.code ?? '';
  kiosk = await enterKiosk(house.hallUrl, code, systemClock);
  await boardsOnline(kiosk);
}, 60_000);

afterAll(async () => {
  await house.stop();
  rmSync(dir, { recursive: true, force: true });
}, 30_000);

describe('the slip of a locker', () => {
  it('[DV22] [DV23] comes out of the printer as the hall wrote it, and its code opens the door once', async () => {
    await printerShows('ok');
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
    const { compartment } = rented.command;
    const bank = house.hardware.bank(compartment > 30 ? 'bank-b' : 'bank-a');
    await bank.awaitOpen(compartment);
    await kiosk.awaitDoor(rented.command.commandId, ['opened']);
    bank.close(compartment);
    await kiosk.awaitDoor(rented.command.commandId, ['closed']);

    const answer = await expectOk(kiosk.api.call('print', { body: { job: rented.slip } }));
    expect(answer).toEqual({ printed: true, reason: null });
    const paper = await house.hardware.printer.awaitSlip(0);
    const texts = paper.lines.map((line) => line.text);
    for (const line of rented.slip.lines) {
      if (line.kind === 'text') expect(texts).toContain(line.text);
      if (line.kind === 'pair')
        expect(texts.some((text) => text.startsWith(line.label) && text.endsWith(line.value))).toBe(true);
    }
    expect(texts).toContain(`${rented.digits.slice(0, 4)} ${rented.digits.slice(4)}`);
    expect(paper.qr.map((code) => code.data)).toEqual([rented.qr]);

    // What is on the paper is all a person has: it must open the door.
    const [onPaper] = paper.qr;
    const act = await expectOk(
      kiosk.api.call('actLocker', {
        body: { credential: { kind: 'qr', text: onPaper?.data ?? '' }, act: 'open' },
      }),
    );
    await bank.awaitOpen(compartment);
    await kiosk.awaitDoor(act.command.commandId, ['opened']);
    expect(bank.pulses(compartment)).toBe(2);
    bank.close(compartment);
  }, 40_000);

  it('[DV23] [DV25] without paper nothing is lost: the kiosk is told why, and the welcome screen says it', async () => {
    house.hardware.printer.order({ do: 'paper', is: 'out' });
    await printerShows('out');
    const job = {
      lines: [{ kind: 'text' as const, text: '第二张', size: 'normal' as const, align: 'left' as const }],
    };
    expect(await expectOk(kiosk.api.call('print', { body: { job } }))).toEqual({
      printed: false,
      reason: 'paper-out',
    });
    house.hardware.printer.order({ do: 'paper', is: 'ok' });
    await printerShows('ok');
    expect(house.hardware.printer.slips()).toHaveLength(1);
    expect(await expectOk(kiosk.api.call('print', { body: { job } }))).toEqual({
      printed: true,
      reason: null,
    });
    expect((await house.hardware.printer.awaitSlip(1)).lines.map((line) => line.text)).toContain('第二张');
  }, 40_000);
});
