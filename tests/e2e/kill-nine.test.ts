import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hallRoutes } from '../../contract/hall-api.ts';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import { enterKiosk } from '../../simulators/people/visitor.ts';
import type { KioskVisitor } from '../../simulators/people/visitor.ts';
import { startHouse } from '../../tools/house/house.ts';
import type { House } from '../../tools/house/house.ts';
import { boardsOnline } from '../support/boards-online.ts';
import { seedHall } from '../support/seed-hall.ts';
import { createSeededRandom } from '../support/seeded.ts';

/**
 * The hall process (broker and gateway inside) is killed at random moments after its first
 * acknowledgement, over and over. What it acknowledged must be there, and the lock itself,
 * in a process of its own, says how often it was really opened.
 */

const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? '6');
const SEED = Number(process.env['KILL_SEED'] ?? '20261124');

let dir = '';
let house: House;
let kiosk: KioskVisitor;
/** The newest lines of every part: what a failing round is understood by. */
const said: string[] = [];

async function enter(): Promise<void> {
  const demo = await expectOk(createApiClient(house.hallUrl, hallRoutes).call('demo', {}));
  kiosk = await enterKiosk(
    house.hallUrl,
    demo.kiosks.find((each) => each.kiosk === 'kiosk-1')?.code ?? '',
    systemClock,
  );
  await boardsOnline(kiosk).catch((error: unknown) => {
    throw new Error(`the parts said:\n${said.join('\n')}`, { cause: error });
  });
}

/** Asked of the file by SQLite's own shell, not by our code. */
function rows(sql: string): Record<string, unknown>[] {
  const text = execFileSync('sqlite3', [
    '-readonly',
    '-json',
    join(house.dataDir, 'hall.sqlite'),
    sql,
  ]).toString();
  return text === '' ? [] : (JSON.parse(text) as Record<string, unknown>[]);
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'kill-nine-'));
  house = await startHouse({
    dir,
    withCentral: false,
    echo: (part, line) => {
      said.push(`[${part}] ${line}`);
      if (said.length > 80) said.shift();
    },
  });
  await house.stopHall();
  seedHall(house.dataDir);
  await house.startHall();
  await enter();
}, 60_000);

afterAll(async () => {
  await house.stop();
  rmSync(dir, { recursive: true, force: true });
}, 30_000);

describe('kill -9', () => {
  it(
    `[LK23] ${String(ROUNDS)} rounds: nothing acknowledged is lost, no door opens without an intent, none opens twice`,
    async () => {
      const random = createSeededRandom(SEED);
      const rented = await expectOk(
        kiosk.api.call('rentLocker', {
          body: {
            holder: { kind: 'member', memberNumber: '100001', phoneLast4: '0001' },
            size: 'small',
            minutes: 240,
            termsAccepted: true,
          },
        }),
      );
      const { compartment } = rented.command;
      const bank = house.hardware.bank(compartment > 30 ? 'bank-b' : 'bank-a');
      // A person is slower than the board's polling.
      await kiosk.awaitDoor(rented.command.commandId, ['opened']);
      bank.close(compartment);
      await kiosk.awaitDoor(rented.command.commandId, ['closed']);

      const acknowledged: string[] = [rented.command.commandId];
      let openedAfterRestart = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const before = bank.pulses(compartment);
        // The act and the killer race: some are acknowledged before the kill, some never answered.
        const act = kiosk.api
          .call('actLocker', {
            body: { credential: { kind: 'typed', compartment, digits: rented.digits }, act: 'open' },
          })
          .then((reply) => {
            if (reply.ok) acknowledged.push(reply.value.command.commandId);
            return reply.ok;
          })
          .catch(() => false);
        await sleep(systemClock, random.fraction() * 60);
        await house.killHall();
        await act;
        // A pulse on its way along the line at the kill may still land; after that the count must stand.
        await sleep(systemClock, 150);
        const atRest = bank.pulses(compartment);
        await house.startHall();
        // Longer than any command lives: whatever could still open has had its chance.
        await sleep(systemClock, 1500);
        const after = bank.pulses(compartment);
        expect(after - before, `round ${String(round)}, seed ${String(SEED)}`).toBeLessThanOrEqual(1);
        if (after > atRest) openedAfterRestart += 1;
        if (bank.isOpen(compartment)) bank.close(compartment);
        await sleep(systemClock, 700);
        await enter();
      }

      const intents = rows(
        `SELECT command_id FROM door_command WHERE compartment = ${String(compartment)}`,
      ).map((row) => row['command_id']);
      for (const id of acknowledged) expect(intents).toContain(id);
      expect(bank.pulses(compartment)).toBeLessThanOrEqual(intents.length);
      expect(bank.broadcastSeen()).toBe(false);
      expect(openedAfterRestart).toBe(0);
      const facts = rows("SELECT body FROM outbox WHERE type = 'door.intended'").map(
        (row) => (JSON.parse(String(row['body'])) as { commandId: string }).commandId,
      );
      for (const id of intents) expect(facts).toContain(id);
    },
    60_000 + ROUNDS * 15_000,
  );
});
