import { describe, expect, test } from 'vitest';
import { createActor, fromPromise, waitFor } from 'xstate';
import type { Resource } from '../../../../contract/feed.ts';
import type { BookingView, MemberCredential, Slot } from '../../../../contract/hall-api.ts';
import type { PrintJob } from '../../../../contract/messages.ts';
import { accepted, refused } from '../../../../contract/refusals.ts';
import type { RefusalCode, Result } from '../../../../contract/refusals.ts';
import { bookingMachine } from '../../../../kiosk/journeys/booking.machine.ts';
import type { BookWish } from '../../../../kiosk/journeys/booking.machine.ts';
import { chooseSlots, minutesOf } from '../../../../kiosk/journeys/booking-slots.rules.ts';

const court: Resource = {
  number: 3,
  name: { zh: '羽毛球场 3 号', en: 'Badminton court 3' },
  kind: 'badminton',
  unit: 'court-3',
  opens: '09:00',
  closes: '21:00',
  slotMinutes: 60,
  daysAhead: 3,
  dailyMinutesPerMember: 120,
  checkInBefore: 10,
  checkInAfter: 15,
  cancelBefore: 30,
  bookable: true,
};
const member: MemberCredential = { kind: 'member', memberNumber: '100001', phoneLast4: '0001' };
const slot = (hour: number, state: Slot['state'] = 'free'): Slot => ({
  startsAt: `2026-11-24T0${String(hour)}:00:00.000Z`,
  endsAt: `2026-11-24T0${String(hour + 1)}:00:00.000Z`,
  state,
  mine: false,
});
const day = [slot(1), slot(2), slot(3), slot(4, 'booked'), slot(5), slot(6)];
const view = (wish: BookWish): BookingView => ({
  booking: {
    id: '11111111-1111-4111-8111-111111111111',
    resource: wish.resource,
    memberRef: '0000000000a1',
    ...wish.span,
    state: 'booked',
    origin: 'hall',
  },
  resourceName: court.name,
  unit: court.unit,
  checkInFrom: wish.span.startsAt,
  checkInUntil: wish.span.endsAt,
});

function started(answers: { book?: RefusalCode; mine?: RefusalCode; cancel?: RefusalCode }) {
  const asked: BookWish[] = [];
  const answer = <T>(code: RefusalCode | undefined, value: T): Promise<Result<T>> =>
    Promise.resolve(code === undefined ? accepted(value) : refused(code));
  const wish: BookWish = {
    credential: member,
    resource: 3,
    span: { startsAt: slot(1).startsAt, endsAt: slot(1).endsAt },
  };
  const actor = createActor(
    bookingMachine.provide({
      actors: {
        book: fromPromise(({ input }: { input: BookWish }) => {
          asked.push(input);
          return answer<{ booking: BookingView; slip: PrintJob }>(answers.book, {
            booking: view(input),
            slip: { lines: [{ kind: 'rule' as const }] },
          });
        }),
        find: fromPromise(() => answer(answers.mine, { nameMasked: '张*', bookings: [view(wish)] })),
        cancel: fromPromise(() => answer(answers.cancel, view(wish))),
        arrive: fromPromise(() => answer(undefined, view(wish))),
        arriveByScan: fromPromise(() => answer('qr-wrong-purpose', view(wish))),
      },
    }),
  ).start();
  return { actor, asked, booking: view(wish) };
}

function upToConfirm(actor: ReturnType<typeof started>['actor']): void {
  actor.send({ type: 'pick', resource: court, today: '2026-11-24' });
  actor.send({ type: 'slot', slot: slot(1), slots: day });
  actor.send({ type: 'slot', slot: slot(2), slots: day });
  actor.send({ type: 'next' });
  actor.send({ type: 'who', credential: member });
}

describe('booking a place', () => {
  test('[KB2] neighbours join up to the allowance, a slot that is not free joins nothing', () => {
    const one = chooseSlots(undefined, slot(1), day, 120);
    const two = chooseSlots(one, slot(2), day, 120);
    expect(two).toEqual({ startsAt: slot(1).startsAt, endsAt: slot(2).endsAt });
    expect(chooseSlots(two, slot(3), day, 120)).toEqual({
      startsAt: slot(3).startsAt,
      endsAt: slot(3).endsAt,
    });
    expect(chooseSlots(two, slot(3), day, 180)).toEqual({
      startsAt: slot(1).startsAt,
      endsAt: slot(3).endsAt,
    });
    expect(chooseSlots(two, slot(4, 'booked'), day, 600)).toEqual(two);
    const late = chooseSlots(undefined, slot(5), day, 600);
    expect(chooseSlots(late, slot(3), day, 600)).toEqual({
      startsAt: slot(3).startsAt,
      endsAt: slot(3).endsAt,
    });
  });

  test('[KB2] touching an end of the choice makes it shorter, the only slot takes it away', () => {
    const two = { startsAt: slot(1).startsAt, endsAt: slot(2).endsAt };
    expect(chooseSlots(two, slot(1), day, 120)).toEqual({
      startsAt: slot(2).startsAt,
      endsAt: slot(2).endsAt,
    });
    expect(chooseSlots(two, slot(2), day, 120)).toEqual({
      startsAt: slot(1).startsAt,
      endsAt: slot(1).endsAt,
    });
    expect(
      chooseSlots({ startsAt: slot(1).startsAt, endsAt: slot(1).endsAt }, slot(1), day, 120),
    ).toBeUndefined();
    expect(minutesOf(two)).toBe(120);
  });

  test('books what was chosen, for whom it was typed', async () => {
    const { actor, asked } = started({});
    upToConfirm(actor);
    actor.send({ type: 'confirm' });
    const state = await waitFor(actor, (at) => at.matches('done'));
    expect(asked).toEqual([
      {
        credential: member,
        resource: 3,
        span: { startsAt: slot(1).startsAt, endsAt: slot(2).endsAt },
      },
    ]);
    expect(state.context.made?.booking.booking.resource).toBe(3);
  });

  test('[KB1] a slot just taken leads back to the times of the same day, and nothing is typed twice', async () => {
    const { actor } = started({ book: 'slot-taken' });
    upToConfirm(actor);
    actor.send({ type: 'confirm' });
    const state = await waitFor(actor, (at) => at.matches('slots'));
    expect(state.context).toMatchObject({
      day: '2026-11-24',
      span: undefined,
      refusal: { code: 'slot-taken' },
      credential: member,
    });
    expect(state.context.resource?.number).toBe(3);
  });

  test('a wrong number leads back to who; a dead line stays where one is', async () => {
    const wrong = started({ book: 'member-unknown' });
    upToConfirm(wrong.actor);
    wrong.actor.send({ type: 'confirm' });
    expect((await waitFor(wrong.actor, (at) => at.matches('who'))).context.refusal?.code).toBe(
      'member-unknown',
    );
    const cut = started({ book: 'part-unavailable' });
    upToConfirm(cut.actor);
    cut.actor.send({ type: 'confirm' });
    const state = await waitFor(cut.actor, (at) => at.matches('confirm') && at.context.refusal !== undefined);
    expect(state.context.span).toBeDefined();
  });

  test('nothing is cancelled before the question is answered; a refusal is told in the list', async () => {
    const { actor, booking } = started({ cancel: 'cancel-too-late' });
    actor.send({ type: 'mine' });
    actor.send({ type: 'who', credential: member });
    await waitFor(actor, (at) => at.matches('mine'));
    actor.send({ type: 'cancel', booking });
    expect(actor.getSnapshot().matches('asking')).toBe(true);
    actor.send({ type: 'back' });
    expect(actor.getSnapshot().matches('mine')).toBe(true);
    actor.send({ type: 'cancel', booking });
    actor.send({ type: 'confirm' });
    const state = await waitFor(actor, (at) => at.matches('mine') && at.context.refusal !== undefined);
    expect(state.context.refusal?.code).toBe('cancel-too-late');
  });

  test('a code that is not a booking is refused in words and the typed way stays open', async () => {
    const { actor } = started({});
    actor.send({ type: 'mine' });
    actor.send({ type: 'scanned', text: 'UH1:XYZ' });
    const state = await waitFor(actor, (at) => at.matches('who') && at.context.refusal !== undefined);
    expect(state.context.refusal?.code).toBe('qr-wrong-purpose');
  });
});
