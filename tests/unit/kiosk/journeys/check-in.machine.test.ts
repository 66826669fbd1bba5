import { describe, expect, it } from 'vitest';
import { createActor, fromPromise, waitFor } from 'xstate';
import type { CheckInAnswer } from '../../../../contract/hall-api.ts';
import { accepted, refused } from '../../../../contract/refusals.ts';
import type { Result } from '../../../../contract/refusals.ts';
import { checkInMachine } from '../../../../kiosk/journeys/check-in.machine.ts';
import type { Arrival } from '../../../../kiosk/journeys/check-in.machine.ts';

const session = {
  number: 7,
  activity: { zh: '瑜伽', en: 'Yoga' },
  startsAt: '2026-11-24T06:00:00.000Z',
  endsAt: '2026-11-24T07:00:00.000Z',
  capacity: 10,
  taken: 1,
  checkInBefore: 30,
  checkInAfter: 30,
  unit: 'room-302',
  room: '302',
  cancelled: false,
};
const done: CheckInAnswer = {
  kind: 'checked-in',
  checkInId: '00000000-0000-4000-8000-000000000001',
  at: '2026-11-24T05:50:00.000Z',
  undoUntil: '2026-11-24T05:50:10.000Z',
  nameMasked: '张*',
  session,
  seat: 17,
};
const choose: CheckInAnswer = { kind: 'choose', nameMasked: '张*', sessions: [] };
const zhang = { kind: 'member', memberNumber: '100001', phoneLast4: '0001' } as const;

function start(answers: (Result<CheckInAnswer> | Error)[], first?: CheckInAnswer) {
  const asked: Arrival[] = [];
  const actor = createActor(
    checkInMachine.provide({
      actors: {
        arrive: fromPromise(({ input }: { input: Arrival }) => {
          asked.push(input);
          const next = answers.shift();
          return next instanceof Error || next === undefined
            ? Promise.reject(next ?? new Error('not expected'))
            : Promise.resolve(next);
        }),
        takeBack: fromPromise<Result<{ ok: true }>, string>(() => Promise.resolve(refused('undo-too-late'))),
      },
    }),
    { input: { first } },
  ).start();
  return { actor, asked };
}

describe('check-in', () => {
  it('[KC6] with several sessions the person chooses one, and that one is asked for', async () => {
    const { actor, asked } = start([accepted(choose), accepted(done)]);
    actor.send({ type: 'type' });
    actor.send({ type: 'who', credential: zhang });
    await waitFor(actor, (state) => state.matches('choosing'));
    actor.send({ type: 'session', number: 7 });
    await waitFor(actor, (state) => state.matches('done'));
    expect(asked.map((each) => each.session)).toEqual([undefined, 7]);
    expect(asked[1]?.credential).toEqual(zhang);
  });

  it('[KC6] a lost answer leads back to what was typed, with the reason', async () => {
    const { actor } = start([new Error('cut')]);
    actor.send({ type: 'type' });
    actor.send({ type: 'who', credential: zhang });
    const state = await waitFor(actor, (each) => each.matches('who') && each.context.refusal !== undefined);
    expect(state.context.refusal?.code).toBe('part-unavailable');
    expect(state.context.credential).toEqual(zhang);
  });

  it('[KC2] too late to take it back: it stays, and says why', async () => {
    const { actor } = start([], done);
    expect(actor.getSnapshot().matches('done')).toBe(true);
    actor.send({ type: 'undo' });
    const state = await waitFor(actor, (each) => each.matches('done') && each.context.refusal !== undefined);
    expect(state.context.refusal?.code).toBe('undo-too-late');
  });

  it('[KC1] a code read before opens with its answer, and going back forgets it', () => {
    const { actor } = start([], done);
    actor.send({ type: 'back' });
    const state = actor.getSnapshot();
    expect(state.matches('asking')).toBe(true);
    expect(state.context).toEqual({
      credential: undefined,
      session: undefined,
      answer: undefined,
      refusal: undefined,
    });
  });

  it('[CI33] an ID card signs in by its ticket; a new one is remembered with what is typed; the next card forgets both', async () => {
    const { actor, asked } = start([
      refused('id-card-unknown'),
      accepted(choose),
      accepted(done),
      accepted(choose),
      accepted(done),
    ]);
    actor.send({ type: 'card', ticket: 'one' });
    await waitFor(actor, (state) => state.matches('who'));
    expect(actor.getSnapshot().context.refusal?.code).toBe('id-card-unknown');
    actor.send({ type: 'who', credential: zhang });
    await waitFor(actor, (state) => state.matches('choosing'));
    actor.send({ type: 'session', number: 7 });
    await waitFor(actor, (state) => state.matches('done'));
    actor.send({ type: 'back' });
    actor.send({ type: 'card', ticket: 'two' });
    await waitFor(actor, (state) => state.matches('choosing'));
    actor.send({ type: 'session', number: 7 });
    await waitFor(actor, (state) => state.matches('done'));
    const card = (ticket: string) => ({ kind: 'id-card', ticket });
    expect(asked).toEqual([
      { credential: card('one'), session: undefined, remember: undefined },
      { credential: zhang, session: undefined, remember: 'one' },
      { credential: zhang, session: 7, remember: 'one' },
      { credential: card('two'), session: undefined, remember: undefined },
      { credential: card('two'), session: 7, remember: undefined },
    ]);
  });
});
