import { describe, expect, test } from 'vitest';
import { createActor, fromPromise, SimulatedClock, waitFor } from 'xstate';
import type { HelpView, ProgressView } from '../../../../contract/hall-api.ts';
import type { Route } from '../../../../contract/map.ts';
import { accepted, refused } from '../../../../contract/refusals.ts';
import type { Result } from '../../../../contract/refusals.ts';
import { helpMachine } from '../../../../kiosk/journeys/help.machine.ts';
import { progressMachine } from '../../../../kiosk/journeys/progress.machine.ts';
import {
  numberFromDigits,
  readReceiptText,
  receiptText,
} from '../../../../kiosk/journeys/receipt-code.rules.ts';
import type { ReceiptCode } from '../../../../kiosk/journeys/receipt-code.rules.ts';
import { wayMachine } from '../../../../kiosk/journeys/way.machine.ts';
import type { RouteWish } from '../../../../kiosk/journeys/way.machine.ts';

const progressView = (state: ProgressView['state']): ProgressView => ({
  number: 'H1-20261124-0007',
  service: { zh: '意见反馈', en: 'Feedback' },
  submittedAt: '2026-11-24T06:00:00.000Z',
  deadline: '2026-12-01T15:59:59.999Z',
  state,
  reason: null,
  decidedAt: null,
  handler: { zh: '办公室', en: 'Office' },
  sentToCentral: false,
});

describe('progress', () => {
  test('[KB8] number and code survive the QR; other codes are not receipts', () => {
    const code = { number: 'H1-20261124-0007', queryCode: '048271' };
    expect(receiptText(code)).toBe('UHR:H1-20261124-0007:048271');
    expect(readReceiptText(receiptText(code))).toEqual(code);
    for (const other of ['UH1:ABC', 'UHR:H1', 'UHR:H1:12', 'UHR:h1-1:048271', ''])
      expect(readReceiptText(other)).toBeUndefined();
  });

  test('[KB8] twelve digits make the number of this hall', () => {
    expect(numberFromDigits(1, '202611240007')).toBe('H1-20261124-0007');
    expect(numberFromDigits(36, '20261124')).toBe('H10-20261124');
    expect(numberFromDigits(1, '')).toBe('H1-');
  });

  test('[KB7] a decision shows without leaving the page; a failed look keeps what is known', async () => {
    let answer: Result<ProgressView> = accepted(progressView('submitted'));
    const asked: ReceiptCode[] = [];
    const actor = createActor(
      progressMachine.provide({
        actors: {
          ask: fromPromise(({ input }: { input: ReceiptCode }) => {
            asked.push(input);
            return Promise.resolve(answer);
          }),
        },
      }),
    ).start();
    actor.send({ type: 'scanned', text: 'https://example.org' });
    expect(actor.getSnapshot().context.refusal?.code).toBe('qr-unreadable');
    actor.send({ type: 'scanned', text: 'UHR:H1-20261124-0007:048271' });
    await waitFor(actor, (at) => at.matches('result'));
    answer = refused('part-unavailable');
    actor.send({ type: 'changed' });
    await waitFor(actor, (at) => at.matches('result'));
    expect(actor.getSnapshot().context.view?.state).toBe('submitted');
    answer = accepted(progressView('approved'));
    actor.send({ type: 'changed' });
    const state = await waitFor(actor, (at) => at.context.view?.state === 'approved');
    expect(state.matches('result')).toBe(true);
    expect(asked).toHaveLength(3);
    expect(asked[2]).toEqual({ number: 'H1-20261124-0007', queryCode: '048271' });
    actor.send({ type: 'back' });
    expect(actor.getSnapshot().context).toEqual({
      code: { number: '', queryCode: '' },
      view: undefined,
      refusal: undefined,
    });
  });
});

const routeTo = (to: string, stepFree: boolean): Route => ({
  to,
  toName: { zh: to, en: to },
  metres: 10,
  minutes: 1,
  stepFree,
  steps: [{ turn: 'straight', words: { zh: '走', en: 'go' }, metres: 10, level: 'f1', points: [[0, 0]] }],
});

describe('find my way', () => {
  function started(target?: string) {
    const asked: RouteWish[] = [];
    const actor = createActor(
      wayMachine.provide({
        actors: {
          route: fromPromise(({ input }: { input: RouteWish }) => {
            asked.push(input);
            return Promise.resolve(
              input.to === 'cellar' && input.stepFree
                ? refused('no-way')
                : accepted(routeTo(input.to, input.stepFree)),
            );
          }),
        },
      }),
      { input: { stepFree: false, ...(target === undefined ? {} : { target }) } },
    ).start();
    return { actor, asked };
  }

  test('opened with a place it leads there at once', async () => {
    const { actor } = started('room-301');
    expect((await waitFor(actor, (at) => at.matches('route'))).context.route?.to).toBe('room-301');
  });

  test('[KB12] step-free is asked from the hall as step-free, the floor shown begins anew', async () => {
    const { actor, asked } = started();
    actor.send({ type: 'pick', target: 'room-301' });
    await waitFor(actor, (at) => at.matches('route'));
    actor.send({ type: 'level', level: 'f3' });
    expect(actor.getSnapshot().context.level).toBe('f3');
    actor.send({ type: 'step-free', on: true });
    const state = await waitFor(actor, (at) => at.matches('route'));
    expect(asked).toEqual([
      { to: 'room-301', stepFree: false },
      { to: 'room-301', stepFree: true },
    ]);
    expect(state.context).toMatchObject({ level: '', stepFree: true, route: { stepFree: true } });
  });

  test('[KB12] where no step-free way leads, no other way is drawn; it can be asked for', async () => {
    const { actor } = started('cellar');
    await waitFor(actor, (at) => at.matches('route'));
    actor.send({ type: 'step-free', on: true });
    const refusedState = await waitFor(actor, (at) => at.matches('refused'));
    expect(refusedState.context.route).toBeUndefined();
    expect(refusedState.context.refusal?.code).toBe('no-way');
    actor.send({ type: 'step-free', on: false });
    expect((await waitFor(actor, (at) => at.matches('route'))).context.route?.stepFree).toBe(false);
  });
});

const helpView = (state: HelpView['state'], phone = ''): HelpView => ({
  helpId: '11111111-1111-4111-8111-111111111111',
  state,
  takenBy: state === 'taken' ? '刘敏' : null,
  calledAt: '2026-11-24T06:00:00.000Z',
  waitMinutes: 2,
  phone,
});

describe('calling staff', () => {
  function started(first: Result<HelpView> = accepted(helpView('called'))) {
    const clock = new SimulatedClock();
    const world: { call: Result<HelpView>; ask: Result<HelpView>; asked: number; calls: number } = {
      call: first,
      ask: accepted(helpView('called')),
      asked: 0,
      calls: 0,
    };
    const actor = createActor(
      helpMachine.provide({
        actors: {
          call: fromPromise(() => {
            world.calls += 1;
            return Promise.resolve(world.call);
          }),
          ask: fromPromise(() => {
            world.asked += 1;
            return Promise.resolve(world.ask);
          }),
          withdraw: fromPromise(() => Promise.resolve(accepted(helpView('ended')))),
        },
      }),
      { clock },
    ).start();
    return { actor, clock, world };
  }

  test('[KB9] it calls when it opens, asks every 5 s, and shows who comes', async () => {
    const { actor, clock, world } = started();
    await waitFor(actor, (at) => at.matches('called'));
    clock.increment(4_999);
    expect(world.asked).toBe(0);
    world.ask = accepted(helpView('taken'));
    clock.increment(1);
    const state = await waitFor(actor, (at) => at.context.help?.state === 'taken');
    expect(world.asked).toBe(1);
    expect(state.context.help?.takenBy).toBe('刘敏');
    expect(world.calls).toBe(1);
  });

  test('[KB9] a call that was not heard is said and tried again by itself', async () => {
    const { actor, clock, world } = started(refused('part-unavailable'));
    await waitFor(actor, (at) => at.matches('failed'));
    world.call = accepted(helpView('called'));
    clock.increment(3_999);
    expect(actor.getSnapshot().matches('failed')).toBe(true);
    clock.increment(1);
    await waitFor(actor, (at) => at.matches('called'));
    expect(world.calls).toBe(2);
  });

  test('[KB9] the phone number comes with the next look; the end of the call ends the page', async () => {
    const { actor, world } = started();
    await waitFor(actor, (at) => at.matches('called'));
    world.ask = accepted(helpView('called', '0571-8888 0110'));
    actor.send({ type: 'changed' });
    await waitFor(actor, (at) => at.context.help?.phone === '0571-8888 0110');
    world.ask = accepted(helpView('ended'));
    actor.send({ type: 'changed' });
    expect((await waitFor(actor, (at) => at.matches('ended'))).matches('ended')).toBe(true);
  });

  test('withdrawn is withdrawn; one touch calls again', async () => {
    const { actor, world } = started();
    await waitFor(actor, (at) => at.matches('called'));
    actor.send({ type: 'withdraw' });
    await waitFor(actor, (at) => at.matches('withdrawn'));
    actor.send({ type: 'call' });
    await waitFor(actor, (at) => at.matches('called'));
    expect(world.calls).toBe(2);
  });
});
