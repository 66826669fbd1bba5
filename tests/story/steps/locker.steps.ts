import type { DoorCommandView } from '../../../contract/hall-api.ts';
import { systemClock } from '../../../platform/system.ts';
import { expectOk } from '../../../simulators/people/api-client.ts';
import type { SimulatedBank } from '../../../tools/house/hardware.ts';
import { mustBe } from '../run.ts';
import type { Step } from '../run.ts';
import { until } from '../world.ts';
import type { World } from '../world.ts';
import { LI, pick } from './phone.steps.ts';

const bankOf = (world: World, compartment: number): SimulatedBank =>
  world.house.hardware.bank(compartment > 30 ? 'bank-b' : 'bank-a');

/** A person puts things in and shuts the door: seen at the lock and seen by the hall, one pulse. */
async function useDoor(world: World, command: DoorCommandView, pulses: number): Promise<DoorCommandView> {
  const bank = bankOf(world, command.compartment);
  await bank.awaitOpen(command.compartment);
  await world.kiosk1.awaitDoor(command.commandId, ['opened']);
  mustBe('pulses at the lock', bank.pulses(command.compartment), pulses);
  bank.close(command.compartment);
  return world.kiosk1.awaitDoor(command.commandId, ['closed']);
}

/** Point 5, still with the internet cut. */
export const lockerSteps: readonly Step<World>[] = [
  {
    name: 'locker: boards of both generations answer',
    run: async (world) => {
      if (world.sabotage === 'board')
        for (const id of ['bank-a', 'bank-b'] as const)
          world.house.hardware.bank(id).order({ do: 'silent', on: true });
      if (world.sabotage === 'gateway-line') await world.house.hardware.unplugBanks();
      const desk = await until('both boards online', 15_000, async () => {
        const view = await expectOk(world.desk.call('desk', {}));
        const boards = view.devices.filter((each) => each.id.startsWith('bank-'));
        return boards.length === 2 && boards.every((each) => each.state === 'online') ? boards : undefined;
      });
      return desk.map((each) => `${each.id} ${each.state}`);
    },
  },
  {
    name: "locker: the phone's code opens the rented compartment, door seen open and shut",
    run: async (world) => {
      const { phones, kiosk1, notes } = world;
      const compartment = Number(notes['phoneCompartment']);
      const text = phones.zhang.qr(phones.zhang.grant('locker', compartment));
      const shown = await expectOk(kiosk1.api.call('scan', { body: { text, source: 'camera' } }));
      if (shown.purpose !== 'locker') throw new Error(`the code was taken for ${shown.purpose}`);
      mustBe('pulses after only looking', bankOf(world, compartment).pulses(compartment), 0);
      const { command } = await expectOk(
        kiosk1.api.call('actLocker', { body: { credential: { kind: 'qr', text }, act: 'open' } }),
      );
      const done = await useDoor(world, command, 1);
      notes['usedQr'] = text;
      return { compartment, openedAt: done.openedAt, closedAt: done.closedAt };
    },
  },
  {
    name: 'locker: renting on the spot with the internet cut',
    run: async (world) => {
      const rented = await expectOk(
        world.kiosk1.api.call('rentLocker', {
          body: {
            holder: { kind: 'member', ...pick(LI) },
            size: 'medium',
            minutes: 120,
            termsAccepted: true,
          },
        }),
      );
      await useDoor(world, rented.command, 1);
      const present = await expectOk(
        world.kiosk1.api.call('presentLocker', {
          body: {
            credential: { kind: 'typed', compartment: rented.command.compartment, digits: rented.digits },
          },
        }),
      );
      mustBe('lease', present.state, 'active');
      world.notes['rented'] = rented.command.compartment;
      world.notes['rentedDigits'] = rented.digits;
      return { compartment: rented.command.compartment, lease: present.state };
    },
  },
  {
    name: 'locker: wrong code, an old picture and another hall open nothing',
    run: async (world) => {
      const { kiosk1, phones, notes } = world;
      const compartment = Number(notes['rented']);
      const before = pulsesEverywhere(world);
      const act = async (credential: object): Promise<string> => {
        const reply = await kiosk1.api.call('actLocker', {
          body: { credential: credential as { kind: 'qr'; text: string }, act: 'open' },
        });
        return reply.ok ? 'opened' : (reply.problem?.code ?? 'without a reason');
      };
      const seen = {
        wrong: await act({ kind: 'typed', compartment, digits: wrongDigits(String(notes['rentedDigits'])) }),
        old: await act({
          kind: 'qr',
          text: phones.zhang.qr(
            phones.zhang.grant('locker', Number(notes['phoneCompartment'])),
            systemClock.now() - 180_000,
          ),
        }),
        garbage: await act({ kind: 'qr', text: 'UH1:0000' }),
      };
      mustBe('a wrong code', seen.wrong, 'code-wrong');
      for (const [what, code] of Object.entries(seen)) {
        if (code === 'opened') throw new Error(`${what} opened a door`);
      }
      mustBe('pulses at all locks', pulsesEverywhere(world), before);
      return seen;
    },
  },
  {
    name: 'locker: finished by an explicit act; the compartment is free again',
    run: async (world) => {
      const { kiosk1, notes } = world;
      const compartment = Number(notes['rented']);
      const { command } = await expectOk(
        kiosk1.api.call('actLocker', {
          body: {
            credential: { kind: 'typed', compartment, digits: String(notes['rentedDigits']) },
            act: 'finish',
          },
        }),
      );
      await useDoor(world, command, 2);
      await until('the compartment being free', 5000, async () => {
        const { compartments } = await expectOk(kiosk1.api.call('lockers', {}));
        return compartments.find((each) => each.number === compartment)?.state === 'free' ? true : undefined;
      });
      const late = await kiosk1.api.call('actLocker', {
        body: {
          credential: { kind: 'typed', compartment, digits: String(notes['rentedDigits']) },
          act: 'open',
        },
      });
      mustBe('the old code afterwards', late.ok, false);
      for (const id of ['bank-a', 'bank-b'] as const)
        mustBe('an open-all frame on the line', world.house.hardware.bank(id).broadcastSeen(), false);
      return { compartment, late: late.ok ? '' : late.problem?.code };
    },
  },
];

function wrongDigits(right: string): string {
  return [...right].map((digit) => String((Number(digit) + 1) % 10)).join('');
}

function pulsesEverywhere(world: World): number {
  const a = Array.from({ length: 21 }, (_, index) => world.house.hardware.bank('bank-a').pulses(index + 1));
  const b = Array.from({ length: 8 }, (_, index) => world.house.hardware.bank('bank-b').pulses(index + 31));
  return [...a, ...b].reduce((sum, each) => sum + each, 0);
}
