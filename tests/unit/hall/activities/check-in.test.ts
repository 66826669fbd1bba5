import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Registration, Session } from '../../../../contract/feed.ts';
import type { CheckInAnswer } from '../../../../contract/hall-api.ts';
import { toInstant } from '../../../../contract/time.ts';
import { createScanApi } from '../../../../hall/activities/activities.api.ts';
import { sessionView, windowOf } from '../../../../hall/activities/check-in.rules.ts';
import { hotQueries } from '../../../../hall/activities/check-in.store.ts';
import { ALICE, BOB, makeAccessHall } from '../../../support/hall-access.ts';
import type { AccessHall } from '../../../support/hall-access.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 24, 2);
const session = (number: number, wish: Partial<Session> = {}, startsIn = 10 * MINUTE): Session => ({
  number,
  activity: { zh: '书法', en: 'Calligraphy' },
  startsAt: toInstant(START + startsIn),
  endsAt: toInstant(START + startsIn + 90 * MINUTE),
  capacity: 20,
  taken: 3,
  checkInBefore: 30,
  checkInAfter: 15,
  unit: 'room-201',
  room: '201',
  cancelled: false,
  ...wish,
});

let open: AccessHall[] = [];
function make(sessions: Session[] = [session(7)], registered = true): AccessHall {
  const h = makeAccessHall();
  open.push(h);
  for (const each of sessions) {
    h.hall.feed('session', each);
    if (registered) register(h, each.number);
  }
  return h;
}
function register(
  h: AccessHall,
  number: number,
  memberRef = ALICE.memberRef,
  state: Registration['state'] = 'registered',
  seat = 4,
): void {
  h.hall.feed('registration', { id: h.hall.ids.uuid(), session: number, memberRef, state, seat });
}
afterEach(() => {
  for (const each of open) each.hall.close();
  open = [];
});

const MEMBER = { kind: 'member', memberNumber: ALICE.memberNumber, phoneLast4: ALICE.phoneLast4 } as const;
const codeOf = (result: { ok: true } | { ok: false; refusal: { code: string } }): string =>
  result.ok ? 'ok' : result.refusal.code;
function must(
  result: { ok: true; value: CheckInAnswer } | { ok: false; refusal: { code: string } },
): CheckInAnswer {
  if (!result.ok) throw new Error(result.refusal.code);
  return result.value;
}
const factTypes = (h: AccessHall) =>
  h.hall
    .facts()
    .map((each) => each.type)
    .filter((type) => type.startsWith('check-in'));

describe('check-in by QR', () => {
  it('[CI1] records the arrival once, with fact, audit and used grant in one commit', () => {
    const h = make();
    const grant = h.grant('check-in', 7);
    const answer = must(h.checkIns.byQr(h.qr(grant), 'kiosk-1'));
    expect(answer).toMatchObject({
      kind: 'checked-in',
      nameMasked: '王*',
      seat: 4,
      at: toInstant(START),
      undoUntil: toInstant(START + 10_000),
    });
    expect(h.hall.facts().at(-1)).toMatchObject({
      type: 'check-in.recorded',
      body: {
        session: 7,
        memberRef: ALICE.memberRef,
        kiosk: 'kiosk-1',
        credential: 'qr-app',
        grantId: grant.grantId,
      },
    });
    expect(
      h.hall.store.db.prepare('SELECT uses FROM grant_use WHERE grant_id = ?').pluck().get(grant.grantId),
    ).toBe(1);
    expect(h.hall.auditRows().at(-1)).toMatchObject({ actor: 'kiosk:kiosk-1', action: 'check-in' });
  });

  it('[CI4] the second time says when and at which kiosk, and counts once', () => {
    const h = make();
    const grant = h.grant('check-in', 7);
    h.hall.clock.advance(3 * MINUTE);
    must(h.checkIns.byQr(h.qr(grant), 'kiosk-2'));
    h.hall.clock.advance(2 * MINUTE);
    const again = must(h.checkIns.byQr(h.qr(grant), 'kiosk-1'));
    expect(again).toMatchObject({
      kind: 'already',
      at: toInstant(START + 3 * MINUTE),
      kiosk: 'kiosk-2',
      kioskName: { zh: '二号机' },
    });
    expect(must(h.checkIns.typed(MEMBER, undefined, 'kiosk-1')).kind).toBe('already');
    expect(factTypes(h)).toEqual(['check-in.recorded']);
    expect(h.checkIns.sessionViews()[0]?.checkedIn).toBe(1);
  });

  it('[CI4] the camera reading the same bytes again within 10 s gets the first answer', () => {
    const h = make();
    const text = h.qr(h.grant('check-in', 7));
    const first = h.checkIns.byQr(text, 'kiosk-1');
    h.hall.clock.advance(9_000);
    expect(h.checkIns.byQr(text, 'kiosk-1')).toEqual(first);
    expect(codeOf(h.checkIns.byQr(text, 'kiosk-2'))).toBe('qr-replayed');
  });

  it('[CI1] the database itself refuses a second standing check-in', () => {
    const h = make();
    must(h.checkIns.byQr(h.qr(h.grant('check-in', 7)), 'kiosk-1'));
    expect(() =>
      h.hall.store.db
        .prepare(
          "INSERT INTO check_in (id, session, member_ref, at, kiosk, credential) SELECT 'x', session, member_ref, at, kiosk, credential FROM check_in",
        )
        .run(),
    ).toThrow(/UNIQUE/);
  });

  it('[CI3] a grant proves a place the hall has not heard of; a cancelled place does not count', () => {
    const h = make([session(7), session(8)], false);
    expect(
      must(h.checkIns.byQr(h.qr(h.grant('check-in', 7, { memberRef: 'cccccccccccc' })), 'kiosk-1')),
    ).toMatchObject({ kind: 'checked-in', nameMasked: '*', seat: null });
    register(h, 8, ALICE.memberRef, 'cancelled');
    expect(codeOf(h.checkIns.byQr(h.qr(h.grant('check-in', 8)), 'kiosk-1'))).toBe('not-registered');
    register(h, 8, BOB.memberRef, 'waiting');
    expect(
      codeOf(h.checkIns.byQr(h.qr(h.grant('check-in', 8, { memberRef: BOB.memberRef })), 'kiosk-1')),
    ).toBe('session-full');
    expect(codeOf(h.checkIns.byQr(h.qr(h.grant('check-in', 99)), 'kiosk-1'))).toBe('session-unknown');
  });

  it.each([
    [-30 * MINUTE - 1000, 'session-too-early'],
    [-30 * MINUTE, 'ok'],
    [15 * MINUTE, 'ok'],
    [15 * MINUTE + 1000, 'session-over'],
  ])('[CI2] %i ms from the start: %s', (fromStart, code) => {
    const h = make([session(7, {}, 60 * MINUTE)]);
    h.hall.clock.advance(60 * MINUTE + fromStart);
    const result = h.checkIns.typed(MEMBER, 7, 'kiosk-1');
    expect(codeOf(result)).toBe(code);
    if (!result.ok && code === 'session-too-early') expect(result.refusal.params).toEqual({ from: '10:30' });
  });

  it('[CI2] capacity is never passed, whoever comes and goes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.boolean()), { maxLength: 30 }),
        (capacity, acts) => {
          const h = make([session(7, { capacity })], false);
          const inside = new Map<number, string>();
          for (const [person, leaves] of acts) {
            const id = inside.get(person);
            if (leaves && id !== undefined) {
              expect(codeOf(h.checkIns.undo(id, 'kiosk-1'))).toBe('ok');
              inside.delete(person);
              continue;
            }
            const memberRef = person.toString(16).padStart(12, '0');
            const result = h.checkIns.byQr(h.qr(h.grant('check-in', 7, { memberRef })), 'kiosk-1');
            if (inside.has(person)) expect(must(result).kind).toBe('already');
            else if (inside.size === capacity) expect(codeOf(result)).toBe('session-full');
            else {
              const answer = must(result);
              if (answer.kind !== 'checked-in') throw new Error(answer.kind);
              inside.set(person, answer.checkInId);
            }
            expect(h.checkIns.sessionViews()[0]?.checkedIn).toBe(inside.size);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('[CI2] with an unproved clock a genuine grant still gets in, marked', () => {
    const h = make();
    const text = h.qr(h.grant('check-in', 7));
    h.hall.clock.jump(-START);
    h.hall.trust.set('jumped');
    must(h.checkIns.byQr(text, 'kiosk-1'));
    expect(h.hall.facts().at(-1)?.body.clockUnproved).toBe(true);
    expect(h.hall.raised.map((each) => each.kind)).toEqual(['clock-unproved']);
  });

  it('[CI2] a cancelled session takes nobody', () => {
    const h = make([session(7, { cancelled: true })]);
    expect(codeOf(h.checkIns.byQr(h.qr(h.grant('check-in', 7)), 'kiosk-1'))).toBe('session-cancelled');
  });
});

describe('check-in typed', () => {
  it('[CI6] one open session: in; several: choose; then the chosen one', () => {
    const h = make([session(7), session(8, {}, 20 * MINUTE)]);
    const choose = must(h.checkIns.typed(MEMBER, undefined, 'kiosk-1'));
    if (choose.kind !== 'choose') throw new Error(choose.kind);
    expect(choose.sessions.map((each) => each.session.number)).toEqual([7, 8]);
    expect(factTypes(h)).toEqual([]);
    expect(must(h.checkIns.typed(MEMBER, 8, 'kiosk-1'))).toMatchObject({
      kind: 'checked-in',
      session: { number: 8 },
    });
    expect(must(h.checkIns.typed(MEMBER, undefined, 'kiosk-1'))).toMatchObject({
      kind: 'checked-in',
      session: { number: 7 },
    });
    expect(must(h.checkIns.typed(MEMBER, undefined, 'kiosk-1')).kind).toBe('already');
  });

  it('[CI6] nothing open: the next one names its hour, the last one says it is over, none says so', () => {
    const later = make([session(7, {}, 120 * MINUTE)]);
    expect(later.checkIns.typed(MEMBER, undefined, 'kiosk-1')).toEqual({
      ok: false,
      refusal: { code: 'session-too-early', params: { from: '11:30' } },
    });
    later.hall.clock.advance(150 * MINUTE);
    expect(codeOf(later.checkIns.typed(MEMBER, undefined, 'kiosk-1'))).toBe('session-over');
    expect(
      codeOf(make([session(7, {}, 24 * 60 * MINUTE)]).checkIns.typed(MEMBER, undefined, 'kiosk-1')),
    ).toBe('nothing-today');
  });

  it('[CI3] without a registration a typed check-in is refused', () => {
    const h = make([session(7)], false);
    expect(codeOf(h.checkIns.typed(MEMBER, 7, 'kiosk-1'))).toBe('not-registered');
    expect(codeOf(h.checkIns.typed(MEMBER, undefined, 'kiosk-1'))).toBe('nothing-today');
    expect(codeOf(h.checkIns.typed(MEMBER, 99, 'kiosk-1'))).toBe('session-unknown');
    expect(codeOf(h.checkIns.typed({ ...MEMBER, phoneLast4: '0000' }, 7, 'kiosk-1'))).toBe('member-unknown');
  });
});

describe('undo', () => {
  it('[CI5] within 10 s at the same kiosk; then the person can check in again with a newer code', () => {
    const h = make();
    const grant = h.grant('check-in', 7);
    const first = must(h.checkIns.byQr(h.qr(grant), 'kiosk-1'));
    if (first.kind !== 'checked-in') throw new Error(first.kind);
    expect(codeOf(h.checkIns.undo(first.checkInId, 'kiosk-2'))).toBe('not-found');
    h.hall.clock.advance(10_000);
    expect(codeOf(h.checkIns.undo(first.checkInId, 'kiosk-1'))).toBe('ok');
    expect(codeOf(h.checkIns.undo(first.checkInId, 'kiosk-1'))).toBe('ok');
    expect(codeOf(h.checkIns.byQr(h.qr(grant, { secondsAgo: 10 }), 'kiosk-1'))).toBe('qr-replayed');
    h.hall.clock.advance(30_000);
    expect(must(h.checkIns.byQr(h.qr(grant), 'kiosk-1')).kind).toBe('checked-in');
    expect(factTypes(h)).toEqual(['check-in.recorded', 'check-in.undone', 'check-in.recorded']);
  });

  it('[CI5] not later than 10 s, and not by setting the clock back', () => {
    const h = make();
    const first = must(h.checkIns.typed(MEMBER, 7, 'kiosk-1'));
    if (first.kind !== 'checked-in') throw new Error(first.kind);
    h.hall.clock.advance(10_001);
    expect(codeOf(h.checkIns.undo(first.checkInId, 'kiosk-1'))).toBe('undo-too-late');
    h.hall.clock.jump(-60_000);
    expect(codeOf(h.checkIns.undo(first.checkInId, 'kiosk-1'))).toBe('undo-too-late');
    expect(codeOf(h.checkIns.undo('nothing', 'kiosk-1'))).toBe('not-found');
  });
});

describe('the welcome screen', () => {
  it('[CI7] shows the day`s sessions in order, with places left by who registered or came, whichever is more', () => {
    const h = make(
      [session(9, {}, 60 * MINUTE), session(7, { capacity: 2, taken: 1 }), session(8, {}, 24 * 60 * MINUTE)],
      false,
    );
    for (const memberRef of [ALICE.memberRef, BOB.memberRef])
      must(h.checkIns.byQr(h.qr(h.grant('check-in', 7, { memberRef })), 'kiosk-1'));
    expect(
      h.checkIns.sessionViews().map((each) => [each.session.number, each.state, each.left, each.checkedIn]),
    ).toEqual([
      [7, 'full', 0, 2],
      [9, 'later', 17, 0],
    ]);
  });

  it('[CI7] every moment has one state', () => {
    const each = session(7);
    const { opens, closes } = windowOf(each);
    const at = (time: number) => sessionView(each, 0, time).state;
    expect([at(opens - 1), at(opens), at(closes), at(closes + 1), at(START + 100 * MINUTE)]).toEqual([
      'later',
      'check-in-open',
      'check-in-open',
      'running',
      'over',
    ]);
    expect(sessionView({ ...each, cancelled: true }, 0, opens).state).toBe('cancelled');
  });
});

describe('the one scanner', () => {
  it('[CI8] the purpose in the code says whose turn it is', async () => {
    const h = make();
    const asked: string[] = [];
    const api = createScanApi({
      access: h.access,
      checkIns: h.checkIns,
      lockers: h.lockers,
      scanBooking: (text, kiosk) => (
        asked.push(text, kiosk),
        { ok: false, refusal: { code: 'booking-unknown' } }
      ),
    });
    const scan = async (text: string) => {
      const result = await api.scan({
        params: undefined,
        query: undefined,
        body: { text, source: 'camera' },
        caller: { kind: 'kiosk', id: 'kiosk-1' },
      });
      return result.ok ? result.value.purpose : result.refusal.code;
    };
    const booking = h.qr(h.grant('booking', 1));
    expect(await scan(h.qr(h.grant('check-in', 7)))).toBe('check-in');
    expect(await scan(h.qr(h.grant('locker', 12)))).toBe('locker');
    expect(await scan(booking)).toBe('booking-unknown');
    expect(asked).toEqual([booking, 'kiosk-1']);
    expect(await scan('https://example.org')).toBe('qr-unreadable');
    expect(
      codeOf(
        await api.scan({
          params: undefined,
          query: undefined,
          body: { text: booking, source: 'camera' },
          caller: { kind: 'none' },
        }),
      ),
    ).toBe('not-allowed');
  });
});

describe('hot queries', () => {
  it.each([
    ['present', 'check_in_once'],
    ['count', 'PRIMARY KEY'],
  ] as const)('[CI9] %s uses %s', (name, index) => {
    const h = make();
    const parameters = name === 'present' ? [7, 'x'] : [7];
    const plan = (
      h.hall.store.db.prepare('EXPLAIN QUERY PLAN '.concat(hotQueries[name])).all(...parameters) as {
        detail: string;
      }[]
    )
      .map((row) => row.detail)
      .join('; ');
    expect(plan).toContain(index);
  });
});
