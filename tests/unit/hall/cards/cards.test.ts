import { afterEach, describe, expect, it } from 'vitest';
import type { Session } from '../../../../contract/feed.ts';
import { hallRoutes } from '../../../../contract/hall-api.ts';
import type { CheckInAnswer } from '../../../../contract/hall-api.ts';
import type { Result } from '../../../../contract/refusals.ts';
import { toInstant } from '../../../../contract/time.ts';
import { createCardsService } from '../../../../hall/cards/cards.service.ts';
import type { CardsService } from '../../../../hall/cards/cards.service.ts';
import { ALICE, BOB, makeAccessHall } from '../../../support/hall-access.ts';
import type { AccessHall } from '../../../support/hall-access.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 24, 2);
const TOKEN = '37e2690afd3eff73cd2abf58f15e3054';
const session = (number: number): Session => ({
  ...{ number, activity: { zh: '书法', en: 'Calligraphy' }, capacity: 20, taken: 3, unit: 'u', room: '201' },
  startsAt: toInstant(START + 10 * MINUTE),
  endsAt: toInstant(START + 100 * MINUTE),
  ...{ checkInBefore: 60, checkInAfter: 60, cancelled: false },
});

let open: AccessHall[] = [];
afterEach(() => {
  for (const each of open) each.hall.close();
  open = [];
});

function make(...sessions: number[]): { h: AccessHall; cards: CardsService; lay: (token?: string) => void } {
  const h = makeAccessHall();
  open.push(h);
  for (const number of sessions) {
    h.hall.feed('session', session(number));
    h.hall.feed('registration', {
      id: h.hall.ids.uuid(),
      ...{ session: number, memberRef: ALICE.memberRef, state: 'registered', seat: 4 },
    });
  }
  const cards = createCardsService(h.hall, h.checkIns);
  const lay = (token = TOKEN): void => {
    const at = toInstant(h.hall.clock.now());
    cards.listener.onEvent?.('card-1', { id: h.hall.ids.uuid(), at, kind: 'card', card: 'uid', token });
  };
  return { h, cards, lay };
}
const outcome = (result: Result<CheckInAnswer>): string =>
  result.ok ? result.value.kind : result.refusal.code;

/** Laid at the kiosk, unknown, bound at the desk. */
function bind(cards: CardsService, lay: () => void, who = ALICE): string {
  lay();
  expect(outcome(cards.checkIn(undefined, 'kiosk-1'))).toBe('card-unknown');
  const [found] = cards.view().unknown;
  const { memberNumber, phoneLast4 } = who;
  const bound = cards.bind({ card: found?.card ?? '', memberNumber, phoneLast4 }, 'wang');
  if (!bound.ok) throw new Error(bound.refusal.code);
  return bound.value.binding;
}

describe('member cards', () => {
  it('[CI34] [CI35] unknown, bound at the desk, then it checks in; the fact says how', () => {
    const { h, cards, lay } = make(7);
    bind(cards, lay);
    lay();
    expect(cards.checkIn(undefined, 'kiosk-1')).toMatchObject({
      ok: true,
      value: { kind: 'checked-in', nameMasked: '王*', seat: 4 },
    });
    expect(h.hall.facts().at(-1)).toMatchObject({
      type: 'check-in.recorded',
      body: { credential: 'card', memberRef: ALICE.memberRef },
    });
    lay();
    expect(outcome(cards.checkIn(undefined, 'kiosk-1'))).toBe('already');
    const table = JSON.stringify(h.hall.store.db.prepare('SELECT * FROM card').all());
    expect(table).toContain(TOKEN);
    expect(JSON.stringify([h.hall.facts(), cards.view()])).not.toContain(TOKEN);
  });

  it('[CI34] several sessions: a choice, and the card goes with it; a blocked member stays blocked', () => {
    const { h, cards, lay } = make(7, 8);
    bind(cards, lay);
    lay();
    expect(outcome(cards.checkIn(undefined, 'kiosk-1'))).toBe('choose');
    expect(cards.checkIn(8, 'kiosk-1')).toMatchObject({ ok: true, value: { session: { number: 8 } } });
    h.hall.feed('member', { ...ALICE, blocked: true });
    lay();
    expect(outcome(cards.checkIn(7, 'kiosk-1'))).toBe('grant-revoked');
  });

  it('[CI35] bound only with number and phone, within a quarter of an hour; taken back, and a lost card ended', () => {
    const { h, cards, lay } = make(7);
    lay();
    cards.checkIn(undefined, 'kiosk-1');
    lay();
    cards.checkIn(undefined, 'kiosk-1');
    const [found, ...more] = cards.view().unknown;
    expect(more).toEqual([]);
    expect(found).toMatchObject({ kiosk: 'kiosk-1', kioskName: { zh: '一号机' } });
    const card = found?.card ?? '';
    const { memberNumber } = ALICE;
    expect(cards.bind({ card, memberNumber, phoneLast4: '9999' }, 'wang')).toMatchObject({
      refusal: { code: 'member-unknown' },
    });
    h.hall.clock.advance(16 * MINUTE);
    expect(cards.view()).toEqual({ unknown: [], bound: 0 });
    expect(cards.bind({ card, memberNumber, phoneLast4: ALICE.phoneLast4 }, 'wang')).toMatchObject({
      refusal: { code: 'card-gone' },
    });

    const binding = bind(cards, lay);
    expect(cards.view().bound).toBe(1);
    expect(cards.unbind({ binding }, 'wang')).toEqual({ ok: true, value: { ended: 1 } });
    bind(cards, lay);
    expect(cards.unbind({ memberNumber: BOB.memberNumber }, 'wang')).toMatchObject({ value: { ended: 0 } });
    expect(cards.unbind({ memberNumber }, 'wang')).toMatchObject({ value: { ended: 1 } });
    lay();
    expect(outcome(cards.checkIn(undefined, 'kiosk-1'))).toBe('card-unknown');
  });

  it('[CI35] the list of unknown cards is bounded', () => {
    const { cards, lay } = make();
    for (let n = 0; n < 30; n += 1) {
      lay(`${TOKEN}${String(n)}`);
      cards.checkIn(undefined, 'kiosk-1');
    }
    expect(cards.view().unknown).toHaveLength(20);
  });

  it('[CI36] of all routes only the check-in takes a card', () => {
    const card = { kind: 'card' };
    const taking = Object.entries(hallRoutes).filter(([, route]) => {
      if (!('body' in route)) return false;
      // What else a body needs does not matter: is the credential itself among its faults?
      const parsed = route.body.safeParse({ credential: card, by: card, holder: card });
      const faults = parsed.success ? [] : parsed.error.issues.map((issue) => String(issue.path[0]));
      const shape = JSON.stringify(Object.keys((route.body as unknown as { shape?: object }).shape ?? {}));
      return ['credential', 'by', 'holder'].some(
        (key) => shape.includes(`"${key}"`) && !faults.includes(key),
      );
    });
    expect(taking.map(([name]) => name)).toEqual(['checkIn']);
  });

  it('[CI37] one minute, one arrival, its own kiosk; another reader is nobody', () => {
    const { h, cards, lay } = make(7);
    bind(cards, lay);
    lay();
    expect(outcome(cards.checkIn(undefined, 'kiosk-2'))).toBe('card-gone');
    h.hall.clock.advance(61_000);
    expect(outcome(cards.checkIn(undefined, 'kiosk-1'))).toBe('card-gone');
    lay();
    expect(outcome(cards.checkIn(undefined, 'kiosk-1'))).toBe('checked-in');
    expect(outcome(cards.checkIn(undefined, 'kiosk-1'))).toBe('card-gone');
    const at = toInstant(h.hall.clock.now());
    cards.listener.onEvent?.('card-9', {
      id: h.hall.ids.uuid(),
      at,
      kind: 'card',
      card: 'uid',
      token: TOKEN,
    });
    expect(outcome(cards.checkIn(undefined, 'kiosk-1'))).toBe('card-gone');
  });
});
