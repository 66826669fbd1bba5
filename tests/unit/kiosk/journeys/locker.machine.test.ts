import { describe, expect, it } from 'vitest';
import { createActor, fromCallback, fromPromise, waitFor } from 'xstate';
import type { DoorCommandView, LeaseView } from '../../../../contract/hall-api.ts';
import { accepted, refused } from '../../../../contract/refusals.ts';
import type { Result } from '../../../../contract/refusals.ts';
import { lockerMachine } from '../../../../kiosk/journeys/locker.machine.ts';
import type {
  LockerAct,
  LockerCredential,
  LockerEvent,
  LockerHolder,
  LockerSize,
  Rented,
} from '../../../../kiosk/journeys/locker.machine.ts';

const lease: LeaseView = {
  lease: 'central:00000000-0000-4000-8000-000000000001',
  compartment: 12,
  state: 'active',
  startsAt: '2026-11-24T06:00:00.000Z',
  endsAt: '2026-11-24T08:00:00.000Z',
  acts: ['open', 'finish'],
};
const command = (state: DoorCommandView['state'], commandId = 'c1'): DoorCommandView => ({
  commandId,
  compartment: 12,
  cause: 'open-again',
  state,
  openedAt: null,
  closedAt: null,
});

function start(options: { refuse?: boolean } = {}) {
  const acts: string[] = [];
  let tell: (event: LockerEvent) => void = () => undefined;
  const actor = createActor(
    lockerMachine.provide({
      actors: {
        present: fromPromise<Result<LeaseView>, LockerCredential>(() => Promise.resolve(accepted(lease))),
        act: fromPromise<
          Result<{ lease: LeaseView; command: DoorCommandView }>,
          { credential: LockerCredential; act: LockerAct }
        >(({ input }) => {
          acts.push(input.act);
          return Promise.resolve(
            options.refuse === true
              ? refused('code-wrong')
              : accepted({ lease, command: command('intended') }),
          );
        }),
        rent: fromPromise<
          Result<Rented>,
          { holder: LockerHolder | undefined; size: LockerSize; minutes: number }
        >(() => Promise.resolve(refused('no-free-compartment'))),
        follow: fromCallback<LockerEvent, string>(({ sendBack }) => {
          tell = sendBack;
        }),
      },
    }),
    { input: { credential: { kind: 'qr', text: 'UH1:X' }, lease } },
  ).start();
  return {
    actor,
    acts,
    tell: (event: LockerEvent) => {
      tell(event);
    },
  };
}

describe('the locker journey', () => {
  it('[KL3] a code shown opens nothing; each act is asked for once', async () => {
    const { actor, acts } = start();
    expect(actor.getSnapshot().matches('lease')).toBe(true);
    expect(acts).toEqual([]);
    actor.send({ type: 'act', act: 'open' });
    actor.send({ type: 'act', act: 'open' });
    await waitFor(actor, (state) => state.matches('door'));
    actor.send({ type: 'act', act: 'open' });
    expect(acts).toEqual(['open']);
  });

  it('[KL5] news of another opening moves nothing; a door that gives way late is followed to its end', async () => {
    const { actor, tell } = start();
    actor.send({ type: 'act', act: 'open' });
    await waitFor(actor, (state) => state.matches('door'));
    tell({ type: 'door', command: command('opened', 'somebody else') });
    expect(actor.getSnapshot().matches({ door: 'opening' })).toBe(true);
    tell({ type: 'door', command: command('failed') });
    expect(actor.getSnapshot().matches({ door: 'trouble' })).toBe(true);
    tell({ type: 'door', command: command('opened') });
    expect(actor.getSnapshot().matches({ door: 'open' })).toBe(true);
    tell({ type: 'door', command: command('closed') });
    expect(actor.getSnapshot().matches('shut')).toBe(true);
  });

  it('[KL4] a refused act says why where the person stands', async () => {
    const { actor } = start({ refuse: true });
    actor.send({ type: 'act', act: 'finish' });
    const state = await waitFor(actor, (each) => each.context.refusal !== undefined);
    expect(state.matches('lease')).toBe(true);
    expect(state.context.refusal?.code).toBe('code-wrong');
  });

  it('[KL1] nothing rents before the time is chosen; a size that is gone leads back to the sizes', async () => {
    const { actor } = start();
    actor.send({ type: 'back' });
    actor.send({ type: 'rent' });
    actor.send({ type: 'size', size: 'small' });
    actor.send({ type: 'holder', holder: { kind: 'visitor', mobile: '13912345678' } });
    actor.send({ type: 'agree' });
    expect(actor.getSnapshot().matches('terms')).toBe(true);
    actor.send({ type: 'minutes', minutes: 120 });
    actor.send({ type: 'agree' });
    const state = await waitFor(actor, (each) => each.matches('size'));
    expect(state.context.refusal?.code).toBe('no-free-compartment');
    expect(state.context.holder).toEqual({ kind: 'visitor', mobile: '13912345678' });
  });
});
