import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { BookingView } from '../../../../contract/hall-api.ts';
import { toInstant } from '../../../../contract/time.ts';
import { powerWish } from '../../../../hall/power/power.rules.ts';
import { createPowerService } from '../../../../hall/power/power.service.ts';
import { makeHall } from '../../../support/hall-context.ts';
import type { TestHall } from '../../../support/hall-context.ts';

const MINUTE = 60_000;
const setting = { leadMs: 5 * MINUTE, lingerMs: 10 * MINUTE, notKnownMs: 60 * MINUTE };
const calm = {
  now: 1_000 * MINUTE,
  bookings: [],
  presence: 'empty' as const,
  hasSensors: true,
  heldAt: undefined,
  override: undefined,
};

describe('whether a room has light', () => {
  const booked = [{ from: 1_003 * MINUTE, to: 1_063 * MINUTE }];
  test.each([
    ['[PW1] a booking begins in three minutes', { bookings: booked }, true, 'booked'],
    ['[PW1] a booking begins in an hour', { bookings: booked, now: 940 * MINUTE }, false, 'nobody'],
    ['[PW1] people without a booking', { presence: 'occupied' as const }, true, 'people'],
    ['[PW1] they left five minutes ago', { heldAt: 995 * MINUTE }, true, 'lingering'],
    ['[PW1] they left long ago', { heldAt: 900 * MINUTE }, false, 'nobody'],
    [
      '[PW2] sensors silent, people known half an hour ago',
      { presence: 'unknown' as const, heldAt: 970 * MINUTE },
      true,
      'not-known',
    ],
    [
      '[PW2] sensors silent for hours',
      { presence: 'unknown' as const, heldAt: 900 * MINUTE },
      false,
      'nobody',
    ],
    [
      '[PW2] no sensors: silence means nothing',
      { presence: 'unknown' as const, hasSensors: false, heldAt: 970 * MINUTE },
      false,
      'nobody',
    ],
    [
      '[PW3] off by hand beats a booking',
      { bookings: booked, override: { on: false, until: 1_010 * MINUTE } },
      false,
      'by-hand',
    ],
    [
      '[PW3] a hand of yesterday does not',
      { bookings: booked, override: { on: false, until: 1_000 * MINUTE } },
      true,
      'booked',
    ],
  ])('%s', (_title, more, on, why) => {
    expect(powerWish(setting, { ...calm, ...more })).toMatchObject({ on, why });
  });

  test('[PW2] over every situation: people measured inside, or a booking running, are never left in the dark but by hand', () => {
    const at = fc.integer({ min: 0, max: 2_000 }).map((minutes) => minutes * MINUTE);
    fc.assert(
      fc.property(
        fc.record({
          now: at,
          bookings: fc.array(fc.record({ from: at, to: at }), { maxLength: 4 }),
          presence: fc.constantFrom('occupied' as const, 'empty' as const, 'unknown' as const),
          hasSensors: fc.boolean(),
          heldAt: fc.option(at, { nil: undefined }),
        }),
        (situation) => {
          const { on } = powerWish(setting, { ...situation, override: undefined });
          const running = situation.bookings.some(
            ({ from, to }) => from <= situation.now && situation.now < to,
          );
          if (situation.presence === 'occupied' || running) expect(on).toBe(true);
        },
      ),
    );
  });
});

let hall: TestHall;
const open: TestHall[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

const booking = (from: number, to: number, state: BookingView['booking']['state'] = 'booked'): BookingView =>
  ({ booking: { startsAt: toInstant(from), endsAt: toInstant(to), state } }) as BookingView;

function room(file?: string) {
  hall = makeHall({
    ...(file === undefined ? {} : { file }),
    config: { power: [{ device: 'lights', channel: 3, resource: 7 }] },
  });
  open.push(hall);
  let bookings: BookingView[] = [];
  let state: 'occupied' | 'empty' | 'unknown' = 'empty';
  const service = createPowerService(hall, {
    measured: () => ({ state, hasSensors: true }),
    today: () => bookings,
  });
  const relay = (on: boolean): void =>
    service.listener.onState?.('lights', { at: toInstant(hall.clock.now()), channels: { '3': on } });
  return {
    service,
    relay,
    book: (next: BookingView[]) => {
      bookings = next;
    },
    people: (next: typeof state) => {
      state = next;
    },
    told: () =>
      hall.devices.switched.map(
        ({ device, channel, on }) => `${device}/${String(channel)} ${on ? 'on' : 'off'}`,
      ),
    view: () => service.list()[0],
    run: (minutes: number) => hall.clock.advance(minutes * MINUTE),
  };
}

describe('the room and its relay', () => {
  test('[PW1] [PW4] on before the booking, off after the last person, each told once', () => {
    const { service, relay, book, people, told, view, run } = room();
    relay(false);
    service.start();
    const now = hall.clock.now();
    book([booking(now + 20 * MINUTE, now + 50 * MINUTE)]);
    run(10);
    expect(told()).toEqual([]);
    run(5.1);
    expect(told()).toEqual(['lights/3 on']);
    relay(true);
    people('occupied');
    run(60);
    expect(view()).toMatchObject({ wanted: true, observed: true, why: 'people' });
    people('empty');
    run(9);
    expect(view()?.why).toBe('lingering');
    run(1.1);
    expect(told()).toEqual(['lights/3 on', 'lights/3 off']);
    service.stop();
  });

  test('[PW4] [PW5] a relay that does not follow is told again every 15 s at most, and the desk is told', () => {
    const { service, relay, people, told, view, run } = room();
    relay(false);
    people('occupied');
    service.start();
    run(1);
    expect(told().length).toBeLessThanOrEqual(5);
    expect(view()?.trouble).toBe(true);
    relay(true);
    run(0.2);
    expect(view()).toMatchObject({ trouble: false, observed: true });
    // A board that is away is not told anything, and not shown as anything.
    const before = told().length;
    hall.devices.setAvailability('lights', 'offline');
    service.listener.onAvailability?.('lights', false);
    run(5);
    expect(told()).toHaveLength(before);
    expect(view()?.observed).toBeNull();
    service.stop();
  });

  test('[PW3] by hand: at once, for its time, audited, after a restart too; and given back', () => {
    const { service, relay, told, view, run } = room();
    relay(false);
    service.start();
    expect(service.byHand('lights:3', 'on', 30, 'wang')).toMatchObject({ ok: true });
    expect(told()).toEqual(['lights/3 on']);
    relay(true);
    expect(view()).toMatchObject({ why: 'by-hand', by: 'wang' });
    service.stop();
    const again = createPowerService(hall, {
      measured: () => ({ state: 'empty', hasSensors: true }),
      today: () => [],
    });
    expect(again.list()[0]).toMatchObject({ wanted: true, why: 'by-hand' });
    again.listener.onState?.('lights', { at: toInstant(hall.clock.now()), channels: { '3': true } });
    again.start();
    run(31);
    expect(told().at(-1)).toBe('lights/3 off');
    expect(again.byHand('lights:3', 'off', 30, 'wang')).toMatchObject({ ok: true });
    expect(again.byHand('lights:3', 'auto', 30, 'wang')).toMatchObject({
      ok: true,
      value: { why: 'nobody' },
    });
    expect(again.byHand('lights:9', 'on', 30, 'wang')).toMatchObject({ ok: false });
    expect(
      hall
        .auditRows()
        .map((row) => row.action)
        .filter((action) => action.startsWith('power')),
    ).toEqual(['power.on', 'power.off', 'power.auto']);
    again.stop();
  });
});
