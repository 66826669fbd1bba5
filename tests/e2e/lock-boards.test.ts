import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DoorCommandView } from '../../contract/hall-api.ts';
import { hallRoutes } from '../../contract/hall-api.ts';
import { systemClock } from '../../platform/system.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import { enterKiosk } from '../../simulators/people/visitor.ts';
import type { KioskVisitor } from '../../simulators/people/visitor.ts';
import { startHouse } from '../../tools/house/house.ts';
import type { House } from '../../tools/house/house.ts';
import type { KindOfBank, RunningBank } from '../support/board-banks.ts';
import { eventually, startBanks } from '../support/board-banks.ts';
import { seedHall } from '../support/seed-hall.ts';

/**
 * One hall, ten cabinets: a board of every kind as a process of its own, on a virtual serial port or on TCP, each byte
 * as slow as its line. The same story on each: rented on the spot, opened again, given back.
 */

const slow = { boards: 9_600, fast: 19_200 };
const wired: readonly Omit<KindOfBank, 'over' | 'compartments'>[] = [
  { id: 'cu48', definition: 'kerong-cu48', model: 'cu48', baudRate: slow.fast, board: 9, locks: [48, 1] },
  { id: 'cu48-tcp', definition: 'kerong-cu48', model: 'cu48', baudRate: slow.fast, board: 0, locks: [1, 2] },
  {
    id: 'cu48-ir',
    definition: 'kerong-cu48-ir',
    model: 'cu48-ir',
    baudRate: slow.fast,
    board: 3,
    locks: [7, 8],
  },
  { id: 'cu16', definition: 'kerong-cu16', model: 'cu16', baudRate: slow.fast, board: 15, locks: [16, 1] },
  {
    id: 'b8a-12',
    definition: 'board-8a-12',
    model: '8a-12',
    baudRate: slow.boards,
    board: 1,
    locks: [12, 1],
  },
  {
    // Its adapter hears itself, and it tells of moved doors unasked.
    id: 'b8a-24',
    definition: 'board-8a-24',
    model: '8a-24',
    baudRate: slow.boards,
    board: 32,
    locks: [24, 17],
    simulated: { push: 0x82 },
    line: { echo: true },
  },
  {
    // Says nothing after an unlock.
    id: 'b8a-32',
    definition: 'board-8a-32',
    model: '8a-32',
    baudRate: slow.boards,
    board: 2,
    locks: [32, 9],
    simulated: { answersUnlock: false },
  },
  {
    id: 'wkly',
    definition: 'wkly',
    model: 'wkly',
    baudRate: slow.boards,
    board: 31,
    locks: [24, 1],
    simulated: { push: true },
  },
  {
    id: 'wkly-by-lock',
    definition: 'wkly-by-lock',
    model: 'wkly',
    baudRate: slow.boards,
    board: 0,
    locks: [5, 6],
    simulated: { answersUnlock: false },
  },
  { id: 'winnsen', definition: 'winnsen', model: 'winnsen', baudRate: slow.boards, board: 3, locks: [16, 3] },
  {
    id: 'relay',
    definition: 'modbus-relay-lock',
    model: 'modbus-relay',
    baudRate: slow.boards,
    board: 247,
    locks: [8, 1],
  },
];
const kinds = wired.map((kind, index): KindOfBank => ({
  ...kind,
  over: kind.id.endsWith('-tcp') ? 'tcp' : 'serial',
  compartments: [index + 1, index + 101],
}));

let dir = '';
let house: House;
let kiosk: KioskVisitor;
let banks: readonly RunningBank[] = [];
let stopBanks: () => Promise<void> = () => Promise.resolve();
/** Typed code by compartment. */
const codes = new Map<number, string>();

const bankOf = (compartment: number): RunningBank => {
  const found = banks.find((each) => each.compartments.includes(compartment));
  if (found === undefined) throw new Error(`no bank with compartment ${String(compartment)}`);
  return found;
};

/** Opened by command, things in or out, shut by the person: seen at the lock and by the hall. */
async function useDoor(command: DoorCommandView, pulses: number): Promise<void> {
  const { bank, compartments } = bankOf(command.compartment);
  await bank.awaitOpen(command.compartment);
  await kiosk.awaitDoor(command.commandId, ['opened']);
  expect(bank.pulses(command.compartment)).toBe(pulses);
  expect(bank.pulses(compartments[1])).toBe(0);
  bank.close(command.compartment);
  await kiosk.awaitDoor(command.commandId, ['closed']);
  expect(bank.broadcastSeen()).toBe(false);
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lock-boards-'));
  const started = await startBanks(dir, kinds);
  banks = started.banks;
  stopBanks = started.stop;
  house = await startHouse({
    dir,
    withCentral: false,
    hall: {
      devices: banks.map((bank) => bank.device) as never,
      kiosks: [{ id: 'kiosk-1', name: { zh: '1 号机', en: 'Kiosk 1' }, place: { zh: '大厅', en: 'Lobby' } }],
      cededShare: 0,
    },
  });
  await house.stopHall();
  seedHall(house.dataDir);
  await house.startHall();
  const demo = await expectOk(createApiClient(house.hallUrl, hallRoutes).call('demo', {}));
  const code = demo.kiosks.find((each) => each.kiosk === 'kiosk-1')?.code ?? '';
  kiosk = await enterKiosk(house.hallUrl, code, systemClock);
  const staff = createApiClient(house.hallUrl, hallRoutes);
  await expectOk(staff.call('signIn', { body: demo.staff }));
  let states = 'no device';
  await eventually('every board online', 20_000, async () => {
    const { devices } = await expectOk(staff.call('desk', {}));
    const boards = devices.filter((each) => banks.some((bank) => bank.id === each.id));
    states = boards.map((each) => `${each.id} ${each.state}`).join(', ');
    return boards.length === banks.length && boards.every((each) => each.state === 'online')
      ? true
      : undefined;
  }).catch((error: unknown) => {
    throw new Error(states, { cause: error });
  });
}, 90_000);

afterAll(async () => {
  await house.stop();
  await stopBanks();
  rmSync(dir, { recursive: true, force: true });
}, 30_000);

const story = kinds.map((kind, index) => ({
  id: kind.id,
  compartment: kind.compartments[0],
  // Every renter is somebody else, and keeps the compartment: so the next one gets the next kind of board.
  mobile: `138000010${String(index).padStart(2, '0')}`,
}));

describe('[DV34] the story of a locker on every kind of board', () => {
  it.each(story)('$id: rented and opened again; one pulse an act, at that lock alone', async (each) => {
    const rented = await expectOk(
      kiosk.api.call('rentLocker', {
        body: {
          holder: { kind: 'visitor', mobile: each.mobile },
          size: 'small',
          minutes: 120,
          termsAccepted: true,
        },
      }),
    );
    expect(rented.command.compartment).toBe(each.compartment);
    codes.set(each.compartment, rented.digits);
    await useDoor(rented.command, 1);
    const credential = { kind: 'typed', compartment: each.compartment, digits: rented.digits } as const;
    const present = await expectOk(kiosk.api.call('presentLocker', { body: { credential } }));
    expect(present.state).toBe('active');
    const again = await expectOk(kiosk.api.call('actLocker', { body: { credential, act: 'open' } }));
    await useDoor(again.command, 2);
  });

  it.each(story)('$id: given back, and free for the next person', async ({ compartment }) => {
    const credential = { kind: 'typed', compartment, digits: codes.get(compartment) ?? '' } as const;
    const end = await expectOk(kiosk.api.call('actLocker', { body: { credential, act: 'finish' } }));
    await useDoor(end.command, 3);
    await eventually('the compartment free', 5_000, async () => {
      const { compartments } = await expectOk(kiosk.api.call('lockers', {}));
      return compartments.find((each) => each.number === compartment)?.state === 'free' ? true : undefined;
    });
  });
});
