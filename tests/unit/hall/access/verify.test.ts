import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Grant, Purpose } from '../../../../contract/access-code.ts';
import { toInstant } from '../../../../contract/time.ts';
import { hotQueries } from '../../../../hall/access/access.store.ts';
import { grantChecks } from '../../../../hall/access/grant.rules.ts';
import { ALICE, keyFromSeed, makeAccessHall, OLD_HALL_KEY } from '../../../support/hall-access.ts';
import type { AccessHall } from '../../../support/hall-access.ts';

const open: AccessHall[] = [];
function make(options: Parameters<typeof makeAccessHall>[0] = {}): AccessHall {
  const made = makeAccessHall(options);
  open.push(made);
  return made;
}
afterEach(() => {
  for (const each of open.splice(0)) each.hall.close();
});

const codeOf = (result: { ok: true } | { ok: false; refusal: { code: string } }): string =>
  result.ok ? 'ok' : result.refusal.code;
const verify = (h: AccessHall, text: string, purpose: Purpose = 'locker'): string =>
  codeOf(h.access.verifyQr(text, 'kiosk-1', purpose));
function use(h: AccessHall, text: string, purpose: Purpose = 'locker', kiosk = 'kiosk-1'): string {
  const verified = h.access.verifyQr(text, kiosk, purpose);
  if (verified.ok)
    h.hall.store.transaction((tx) => {
      h.access.consume(tx, verified.value, kiosk);
      return undefined;
    });
  return codeOf(verified);
}
const flip = (text: string, index: number): string =>
  text.slice(0, index) + (text[index] === '0' ? '1' : '0') + text.slice(index + 1);

describe('the order of checks', () => {
  it('[AC1] is signature, hall, purpose, window, tag, age, step, deny after the format', () => {
    expect(grantChecks.map((each) => each.name)).toEqual([
      'signature',
      'hall',
      'purpose',
      'window',
      'tag',
      'age',
      'step',
      'deny',
    ]);
  });

  // Every fault that a QR can have, in the order in which they must be named. A QR with the faults from `from` on
  // must be refused for the first of them, whatever the later ones are.
  const faults: { name: string; code: string; wish: Partial<Grant>; draw: Record<string, unknown> }[] = [
    { name: 'unknown signer', code: 'qr-not-trusted', wish: {}, draw: { signer: keyFromSeed(0x99).sign } },
    { name: 'other hall', code: 'qr-other-hall', wish: { hall: 2002 }, draw: {} },
    { name: 'other purpose', code: 'qr-wrong-purpose', wish: { purpose: 'booking' }, draw: {} },
    { name: 'window over', code: 'qr-expired', wish: { notBefore: 1_700_000_000 }, draw: {} },
    { name: 'wrong tag', code: 'qr-not-trusted', wish: {}, draw: { hallKey: new Uint8Array(32).fill(1) } },
    { name: 'too old', code: 'qr-stale', wish: {}, draw: { secondsAgo: 180 } },
    { name: 'denied', code: 'grant-revoked', wish: {}, draw: {} },
  ];
  it.each(faults.map((fault, from) => ({ ...fault, from })))(
    '[AC1] $name is named before everything after it',
    ({ from, code }) => {
      const h = make();
      h.hall.feed('deny', {
        id: h.hall.ids.uuid(),
        memberRef: ALICE.memberRef,
        until: toInstant(h.hall.clock.now() + 3_600_000),
      });
      const rest = faults.slice(from);
      const wish = Object.assign({}, ...rest.map((each) => each.wish)) as Partial<Grant>;
      const draw = Object.assign({}, ...rest.map((each) => each.draw)) as Record<string, never>;
      expect(verify(h, h.qr(h.grant('locker', 12, wish), draw))).toBe(code);
    },
  );

  it('[AC1] a format fault comes first of all', () => {
    const h = make();
    expect(verify(h, 'hello')).toBe('qr-unreadable');
    expect(verify(h, `UH2:${h.qr(h.grant('locker', 12)).slice(4)}`)).toBe('qr-unreadable');
  });
});

describe('signature, hall, purpose', () => {
  it('[AC3] any change of any signed or signature byte is refused', () => {
    const h = make();
    const text = h.qr(h.grant('locker', 12));
    expect(verify(h, text)).toBe('ok');
    fc.assert(
      fc.property(fc.integer({ min: 4, max: text.length - 1 }), (index) => {
        expect(verify(h, flip(text, index))).not.toBe('ok');
      }),
      { numRuns: 150 },
    );
  });

  it('[AC3] takes its own issuing key and no other hall`s key under the same number', () => {
    const h = make();
    const own = { keyId: 0x80, printed: true };
    expect(
      verify(h, h.qr(h.grant('locker', 12, own), { signer: (bytes) => h.hall.keys.issue(bytes).signature })),
    ).toBe('ok');
    expect(verify(h, h.qr(h.grant('locker', 12, own), { signer: keyFromSeed(0x55).sign }))).toBe(
      'qr-not-trusted',
    );
    expect(
      verify(
        h,
        h.qr(h.grant('locker', 12, { ...own, keyId: 0x81 }), {
          signer: (bytes) => h.hall.keys.issue(bytes).signature,
        }),
      ),
    ).toBe('qr-not-trusted');
  });

  it('[AC4] a code of another hall or purpose is told apart', () => {
    const h = make();
    expect(verify(h, h.qr(h.grant('locker', 12, { hall: 1002 })))).toBe('qr-other-hall');
    expect(verify(h, h.qr(h.grant('check-in', 12)))).toBe('qr-wrong-purpose');
    expect(verify(h, h.qr(h.grant('check-in', 12)), 'check-in')).toBe('ok');
  });
});

describe('time', () => {
  it.each([
    [-5 * 60 - 1, 'qr-too-early'],
    [-5 * 60, 'ok'],
    [0, 'ok'],
    [10 * 60 + 5 * 60, 'ok'],
    [10 * 60 + 5 * 60 + 1, 'qr-expired'],
  ])('[AC5] %i s after not-before of a 10 minute grant: %s', (seconds, code) => {
    const h = make();
    const now = Math.floor(h.hall.clock.now() / 1000);
    expect(verify(h, h.qr(h.grant('locker', 12, { notBefore: now - seconds, minutes: 10 })))).toBe(code);
  });

  it('[AC5] too early names the hour in the hall', () => {
    const h = make();
    const result = h.access.verifyQr(
      h.qr(h.grant('locker', 12, { notBefore: Date.UTC(2026, 10, 24, 6, 30) / 1000 })),
      'kiosk-1',
      'locker',
    );
    expect(result).toEqual({ ok: false, refusal: { code: 'qr-too-early', params: { from: '14:30' } } });
  });

  it('[AC6] the previous K_hall is good too, any other is not', () => {
    const h = make();
    expect(verify(h, h.qr(h.grant('locker', 12), { hallKey: OLD_HALL_KEY }))).toBe('ok');
    expect(verify(h, h.qr(h.grant('locker', 12), { hallKey: new Uint8Array(32).fill(8) }))).toBe(
      'qr-not-trusted',
    );
  });

  it('[AC6] before the first K_hall a moving QR cannot be judged', () => {
    const h = make({ keys: false });
    expect(verify(h, h.qr(h.grant('locker', 12)))).toBe('part-unavailable');
  });

  // 02:00:00Z is the first second of a step.
  it.each([
    [0, 0, 'ok'],
    [60, 0, 'ok'],
    [61, 0, 'qr-stale'],
    [89, 29, 'ok'],
    [90, 29, 'qr-stale'],
    [151, 0, 'qr-stale'],
    [180, 0, 'qr-stale'],
    [-30, 0, 'ok'],
    [-59, 0, 'ok'],
    [-60, 0, 'qr-not-trusted'],
  ])('[AC7] a QR drawn %i s ago, %i s into the step: %s', (secondsAgo, into, code) => {
    const h = make();
    h.hall.clock.advance(into * 1000);
    expect(verify(h, h.qr(h.grant('locker', 12), { secondsAgo }))).toBe(code);
  });

  it('[AC7] for every age and every second of the step: accepted only within two steps back and one ahead', () => {
    const h = make();
    const start = Math.floor(h.hall.clock.now() / 1000);
    fc.assert(
      fc.property(
        fc.integer({ min: -200, max: 400 }),
        fc.integer({ min: 0, max: 29 }),
        (secondsAgo, into) => {
          h.hall.clock.jump((start + into) * 1000 - h.hall.clock.now());
          const step = Math.floor((start + into - secondsAgo) / 30);
          const here = Math.floor((start + into) / 30);
          const good = step >= here - 2 && step <= here + 1 && secondsAgo <= 150;
          expect(verify(h, h.qr(h.grant('locker', 12, { notBefore: start }), { secondsAgo })) === 'ok').toBe(
            good,
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('[AC7] a step once accepted, and every older one, is a replay; the step is stored', () => {
    const h = make();
    const grant = h.grant('locker', 12);
    const older = h.qr(grant, { secondsAgo: 30 });
    const text = h.qr(grant);
    expect(use(h, text)).toBe('ok');
    expect(verify(h, text)).toBe('qr-replayed');
    expect(verify(h, older)).toBe('qr-replayed');
    expect(h.hall.store.db.prepare('SELECT last_step FROM grant_use').pluck().get()).toBe(
      Math.floor(h.hall.clock.now() / 30_000),
    );
    h.hall.clock.advance(30_000);
    expect(use(h, h.qr(grant))).toBe('ok');
  });
});

describe('a clock that is not proved', () => {
  it('[AC9] skips the moving part once per grant, marks it and tells staff', () => {
    const h = make();
    h.hall.trust.set('free');
    const grant = h.grant('locker', 12);
    const stale = h.qr(grant, { secondsAgo: 100 });
    const verified = h.access.verifyQr(stale, 'kiosk-1', 'locker');
    expect(verified.ok && verified.value.clockUnproved).toBe(true);
    expect(use(h, stale)).toBe('ok');
    expect(h.hall.raised.map((each) => each.kind)).toEqual(['clock-unproved']);
    h.hall.clock.advance(60_000);
    expect(verify(h, h.qr(grant))).toBe('qr-replayed');
  });

  it('[AC9] the bytes used then do not work again once the clock is right', () => {
    const h = make();
    h.hall.trust.set('free');
    const text = h.qr(h.grant('locker', 12));
    expect(use(h, text)).toBe('ok');
    h.hall.trust.set('synced');
    expect(verify(h, text)).toBe('qr-replayed');
  });

  it('[AC9] in 1970 a valid grant is not locked out, an unsigned one still is', () => {
    const h = make();
    const grant = h.grant('locker', 12);
    const text = h.qr(grant);
    h.hall.clock.jump(-h.hall.clock.now());
    h.hall.trust.set('jumped');
    expect(verify(h, text)).toBe('ok');
    expect(verify(h, h.qr(grant, { signer: keyFromSeed(9).sign }))).toBe('qr-not-trusted');
  });

  it('[AC9] what had expired before the last believed fact stays expired', () => {
    const h = make();
    const text = h.qr(h.grant('locker', 12, { minutes: 10 }));
    h.hall.clock.advance(3_600_000);
    h.hall.store.transaction((tx) =>
      tx.record('door.forced', { compartment: 1, at: toInstant(h.hall.clock.now()) }),
    );
    h.hall.clock.jump(-h.hall.clock.now());
    h.hall.trust.set('jumped');
    expect(verify(h, text)).toBe('qr-expired');
  });
});

describe('deny list', () => {
  it.each(['grant', 'member', 'blocked'] as const)('[AC13] %s', (how) => {
    const h = make();
    const grant = h.grant('locker', 12);
    const until = toInstant(h.hall.clock.now() + 1000);
    if (how === 'grant') h.hall.feed('deny', { id: h.hall.ids.uuid(), grantId: grant.grantId, until });
    if (how === 'member') h.hall.feed('deny', { id: h.hall.ids.uuid(), memberRef: grant.memberRef, until });
    if (how === 'blocked') h.hall.feed('member', { ...ALICE, blocked: true });
    expect(verify(h, h.qr(grant))).toBe('grant-revoked');
    if (how === 'blocked') return;
    h.hall.clock.advance(1000);
    expect(verify(h, h.qr(grant))).toBe('ok');
  });
});

describe('audit', () => {
  it('[AC14] a refused genuine grant is audited once a minute and kiosk, a forged one never', () => {
    const h = make();
    const text = h.qr(h.grant('locker', 12), { secondsAgo: 100 });
    for (let read = 0; read < 20; read += 1) verify(h, text);
    verify(h, h.qr(h.grant('locker', 12), { signer: keyFromSeed(9).sign }));
    verify(h, 'nonsense');
    expect(h.hall.auditRows().filter((each) => each.action === 'grant.refused')).toHaveLength(1);
  });
});

describe('booking grants for the bookings feature', () => {
  it('[AC8] the same bytes within 10 s return the first answer and act once', () => {
    const h = make();
    const text = h.qr(h.grant('booking', 3));
    let acted = 0;
    const go = () =>
      h.access.useBookingGrant(text, 'kiosk-1', () => ({ ok: true, value: (acted += 1) }) as const);
    expect(go()).toEqual({ ok: true, value: 1 });
    h.hall.clock.advance(10_000);
    expect(go()).toEqual({ ok: true, value: 1 });
    h.hall.clock.advance(1);
    expect(codeOf(go())).toBe('qr-replayed');
    expect(acted).toBe(1);
  });

  it('[AC15] works once per grant; an act that refuses leaves the grant and everything else as before', () => {
    const h = make();
    const grant = h.grant('booking', 3);
    const before = h.hall.facts().length;
    const refusing = h.access.useBookingGrant(h.qr(grant), 'kiosk-1', (_, tx) => {
      tx.record('door.forced', { compartment: 1, at: toInstant(h.hall.clock.now()) });
      return { ok: false, refusal: { code: 'booking-too-early' } };
    });
    expect(codeOf(refusing)).toBe('booking-too-early');
    expect(h.hall.facts()).toHaveLength(before);
    expect(codeOf(h.access.useBookingGrant(h.qr(grant), 'kiosk-1', () => ({ ok: true, value: 1 })))).toBe(
      'ok',
    );
    h.hall.clock.advance(60_000);
    expect(codeOf(h.access.useBookingGrant(h.qr(grant), 'kiosk-1', () => ({ ok: true, value: 1 })))).toBe(
      'grant-spent',
    );
  });
});

describe('what is kept', () => {
  it('[AC16] forgets used grants 30 days after their end, and quiet limits', () => {
    const h = make();
    use(h, h.qr(h.grant('locker', 12)));
    h.access.limits.wrong('kiosk-1', 'compartment:99');
    h.access.start();
    const rows = () =>
      h.hall.store.db
        .prepare('SELECT (SELECT count(*) FROM grant_use) + (SELECT count(*) FROM typed_limit)')
        .pluck()
        .get();
    expect(rows()).toBe(4);
    h.hall.clock.advance(4 * 86_400_000);
    expect(rows()).toBe(1);
    h.hall.clock.advance(32 * 86_400_000);
    expect(rows()).toBe(0);
    h.access.stop();
    expect(h.hall.clock.timers()).toBe(0);
  });

  it('[AC17] hot queries use an index', () => {
    const h = make();
    const planOf = (name: keyof typeof hotQueries): string =>
      (
        h.hall.store.db
          .prepare('EXPLAIN QUERY PLAN '.concat(hotQueries[name]))
          .all(...Array.from(hotQueries[name].matchAll(/\?/g), () => 'x')) as {
          detail: string;
        }[]
      )
        .map((row) => row.detail)
        .join('; ');
    expect(planOf('denyGrant')).toContain('INDEX feed_deny_grant');
    expect(planOf('denyMember')).toContain('INDEX feed_deny_member');
    expect(planOf('use')).toContain('PRIMARY KEY');
    expect(planOf('limit')).toContain('PRIMARY KEY');
    expect(planOf('dropUses')).toContain('INDEX grant_use_end');
    // A hall that never proved its clock has no such fact: it must not read the whole outbox to find none.
    expect(planOf('believedFact')).toContain('INDEX outbox_believed');
    expect(planOf('believedFact')).not.toContain('B-TREE');
  });
});
