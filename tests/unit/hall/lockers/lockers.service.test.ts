import { afterEach, describe, expect, it } from 'vitest';
import type { CentralLease } from '../../../../contract/feed.ts';
import { PrintJob } from '../../../../contract/messages.ts';
import { toInstant } from '../../../../contract/time.ts';
import { hotQueries } from '../../../../hall/lockers/lockers.store.ts';
import { ALICE, makeAccessHall } from '../../../support/hall-access.ts';
import type { AccessHall } from '../../../support/hall-access.ts';

let open: AccessHall[] = [];
function make(options: Parameters<typeof makeAccessHall>[0] = {}): AccessHall {
  const made = makeAccessHall(options);
  made.lockers.start();
  open.push(made);
  return made;
}
afterEach(() => {
  for (const each of open) {
    each.lockers.stop();
    each.hall.close();
  }
  open = [];
});

const MEMBER = { kind: 'member', memberNumber: ALICE.memberNumber, phoneLast4: ALICE.phoneLast4 } as const;
const VISITOR = { kind: 'visitor', mobile: '13800138000' } as const;
const small = { size: 'small', minutes: 120, termsAccepted: true } as const;
const codeOf = (result: { ok: true } | { ok: false; refusal: { code: string } }): string =>
  result.ok ? 'ok' : result.refusal.code;
function must<T>(result: { ok: true; value: T } | { ok: false; refusal: { code: string } }): T {
  if (!result.ok) throw new Error(result.refusal.code);
  return result.value;
}
/** Rents as Alice; the door opens and closes. */
function rented(h: AccessHall, holder: typeof MEMBER | typeof VISITOR = MEMBER) {
  const rent = must(h.lockers.rent({ ...small, holder }, 'kiosk-1'));
  h.opens();
  h.hall.clock.advance(20_000);
  h.closes();
  return {
    ...rent,
    typed: { kind: 'typed', compartment: rent.lease.compartment, digits: rent.digits } as const,
  };
}
const factsOf = (h: AccessHall, type: string) =>
  h.hall
    .facts()
    .filter((each) => each.type === type)
    .map((each) => each.body);
const leaseState = (h: AccessHall, ref: string) =>
  h.hall.store.db.prepare('SELECT state FROM lease WHERE ref = ?').pluck().get(ref);
function centralLease(h: AccessHall, compartment: number, wish: Partial<CentralLease> = {}): CentralLease {
  const now = h.hall.clock.now();
  return {
    id: h.hall.ids.uuid(),
    grantId: 'c0ffee0000000001',
    compartment,
    holder: { memberRef: ALICE.memberRef },
    startsAt: toInstant(now),
    endsAt: toInstant(now + 7_200_000),
    generation: 0,
    state: 'made',
    ...wish,
  };
}
function feedLease(h: AccessHall, lease: CentralLease): void {
  h.hall.feed('lease', lease);
  h.hall.store.transaction((tx) => {
    h.lockers.onFeed('lease', lease.id, lease, tx);
    return undefined;
  });
}

describe('renting on the spot', () => {
  it('[LK2] made, opened, closed, active: each seen, each a fact', () => {
    const h = make();
    const { lease, digits, slip } = must(h.lockers.rent({ ...small, holder: MEMBER }, 'kiosk-1'));
    expect(lease.state).toBe('made');
    expect(digits).toMatch(/^\d{8}$/);
    expect(PrintJob.safeParse(slip).success).toBe(true);
    h.opens();
    expect(leaseState(h, lease.lease)).toBe('made');
    h.closes();
    expect(leaseState(h, lease.lease)).toBe('active');
    expect(
      h.hall
        .facts()
        .map((each) => each.type)
        .filter((type) => /lease|door/.test(type)),
    ).toEqual(['lease.made', 'door.intended', 'door.ended', 'lease.activated']);
  });

  it('[LK4] lease, intent and audit are committed before the command leaves, which expires 5 s later', () => {
    const h = make();
    const seen: unknown[] = [];
    const real = h.hall.devices.unlock.bind(h.hall.devices);
    h.hall.devices.unlock = (command) => {
      seen.push(h.hall.store.db.inTransaction, factsOf(h, 'door.intended').length);
      real(command);
    };
    const { command } = must(h.lockers.rent({ ...small, holder: MEMBER }, 'kiosk-1'));
    expect(seen).toEqual([false, 1]);
    expect(Date.parse(h.last().expiresAt) - h.hall.clock.now()).toBe(5000);
    expect(h.last().commandId).toBe(command.commandId);
    expect(command.state).toBe('sent');
  });

  it('[LK17] works for a visitor by phone, of which only a keyed hash is kept', () => {
    const h = make();
    rented(h, VISITOR);
    const dump = JSON.stringify([
      h.hall.facts(),
      h.hall.auditRows(),
      h.hall.store.db.prepare('SELECT * FROM lease').all(),
    ]);
    expect(dump).not.toContain('13800138000');
    expect(factsOf(h, 'lease.made')[0]).toMatchObject({
      holder: { visitor: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown },
    });
    expect(
      codeOf(h.lockers.rent({ ...small, holder: { ...VISITOR, mobile: '+86 138 0013 8000' } }, 'kiosk-2')),
    ).toBe('member-has-lease');
  });

  it.each([
    ['terms not accepted', 'terms-not-accepted', { ...small, termsAccepted: false, holder: MEMBER }],
    ['minutes not offered', 'bad-request', { ...small, minutes: 121, holder: MEMBER }],
    ['wrong phone', 'member-unknown', { ...small, holder: { ...MEMBER, phoneLast4: '0000' } }],
    ['no mobile', 'answers-wrong', { ...small, holder: { kind: 'visitor', mobile: '12345' } }],
  ] as const)('[LK17] %s is refused and writes no lease', (_, code, wish) => {
    const h = make();
    expect(codeOf(h.lockers.rent(wish, 'kiosk-1'))).toBe(code);
    expect(factsOf(h, 'lease.made')).toEqual([]);
    expect(h.unlocks()).toEqual([]);
  });

  it('[LK17] without any K_hall nothing is rented: the person could not open again', () => {
    const h = make({ keys: false });
    expect(codeOf(h.lockers.rent({ ...small, holder: MEMBER }, 'kiosk-1'))).toBe('part-unavailable');
  });

  it('[LK17] gives only compartments of the hall`s own, free, in service, shut, on a board that answers', () => {
    const h = make({ config: { cededShare: 0.5 } });
    // small: 1-6, of which 4, 5, 6 are central's
    expect(h.lockers.summary()).toEqual({ free: 6, total: 12, online: true });
    must(h.lockers.setService(1, true, '锁坏了', 'wang'));
    h.door('door-forced', 2);
    expect(must(h.lockers.rent({ ...small, holder: MEMBER }, 'kiosk-1')).lease.compartment).toBe(3);
    h.opens();
    h.closes();
    expect(codeOf(h.lockers.rent({ ...small, holder: VISITOR }, 'kiosk-1'))).toBe('no-free-compartment');
    h.hall.devices.setAvailability('locker-a', 'offline');
    expect(codeOf(h.lockers.rent({ ...small, size: 'medium', holder: VISITOR }, 'kiosk-1'))).toBe(
      'lock-board-offline',
    );
    expect(h.lockers.summary().online).toBe(false);
  });

  it('[LK11] a rental whose door never opened ends after ten minutes', () => {
    const h = make();
    const { lease } = must(h.lockers.rent({ ...small, holder: MEMBER }, 'kiosk-1'));
    h.outcome(h.last().commandId, 'failed', { reason: 'door-did-not-open', position: 'closed' });
    h.hall.clock.advance(9 * 60_000);
    expect(leaseState(h, lease.lease)).toBe('made');
    h.hall.clock.advance(61_000);
    expect(factsOf(h, 'lease.ended')).toEqual([
      { lease: lease.lease, at: expect.any(String) as unknown, cause: 'never-opened' },
    ]);
  });

  it('[LK11] but never when the door may have opened', () => {
    const h = make();
    const { lease } = must(h.lockers.rent({ ...small, holder: MEMBER }, 'kiosk-1'));
    // No outcome comes: nobody knows.
    h.hall.clock.advance(20 * 60_000);
    expect(leaseState(h, lease.lease)).toBe('made');
    expect(factsOf(h, 'door.ended')).toMatchObject([{ outcome: 'unknown' }]);
    expect(h.hall.raised.map((each) => each.kind)).toEqual(['door-trouble']);
    expect(h.lockers.summary().free).toBe(9);
  });
});

describe('open again and finish', () => {
  it('[LK3] finish opens the door; the lease ends when it was seen open and then closed', () => {
    const h = make();
    const rent = rented(h);
    const { lease } = must(h.lockers.act(rent.typed, 'finish', 'kiosk-2'));
    expect(lease.state).toBe('finishing');
    h.opens();
    expect(leaseState(h, lease.lease)).toBe('finishing');
    h.closes();
    expect(leaseState(h, lease.lease)).toBe('ended');
    expect(factsOf(h, 'lease.ended')).toMatchObject([{ cause: 'finished' }]);
    expect(codeOf(h.lockers.present(rent.typed, 'kiosk-1'))).toBe('code-wrong');
    expect(h.lockers.summary().free).toBe(10);
  });

  it.each([
    ['failed', 'door-did-not-open'],
    ['refused', 'expired'],
  ] as const)('[LK3] a finishing door that %s leaves the lease active', (kind, reason) => {
    const h = make();
    const rent = rented(h);
    must(h.lockers.act(rent.typed, 'finish', 'kiosk-1'));
    h.outcome(h.last().commandId, kind, { reason, position: 'closed' });
    expect(leaseState(h, rent.lease.lease)).toBe('active');
    expect(must(h.lockers.present(rent.typed, 'kiosk-1')).acts).toEqual(['open', 'finish']);
  });

  it('[LK3] a closed event from before the door opened ends nothing', () => {
    const h = make();
    const rent = rented(h);
    const early = toInstant(h.hall.clock.now() - 1000);
    must(h.lockers.act(rent.typed, 'finish', 'kiosk-1'));
    h.opens();
    h.lockers.listener.onEvent?.('locker-a', {
      id: h.hall.ids.uuid(),
      at: early,
      kind: 'door-closed',
      compartment: rent.lease.compartment,
    });
    expect(leaseState(h, rent.lease.lease)).toBe('finishing');
  });

  it('[LK3] also when the board never said where the door was', () => {
    const h = make();
    const rent = rented(h);
    h.hall.clock.advance(10_000);
    const early = toInstant(h.hall.clock.now() - 1000);
    must(h.lockers.act(rent.typed, 'finish', 'kiosk-1'));
    h.outcome(h.last().commandId, 'done');
    h.lockers.listener.onEvent?.('locker-a', {
      id: h.hall.ids.uuid(),
      at: early,
      kind: 'door-closed',
      compartment: rent.lease.compartment,
    });
    expect(leaseState(h, rent.lease.lease)).toBe('finishing');
    h.closes();
    expect(leaseState(h, rent.lease.lease)).toBe('ended');
  });

  it('[LK1] presenting opens nothing, uses nothing up and writes no lease', () => {
    const h = make();
    const text = h.qr(h.grant('locker', 12));
    const before = [h.hall.facts().length, h.hall.auditRows().length];
    for (let time = 0; time < 3; time += 1)
      expect(must(h.lockers.present({ kind: 'qr', text }, 'kiosk-1'))).toMatchObject({
        compartment: 12,
        state: 'made',
        acts: ['open'],
      });
    expect([h.hall.facts().length, h.hall.auditRows().length]).toEqual(before);
    expect(h.unlocks()).toEqual([]);
    expect(h.hall.store.db.prepare('SELECT count(*) FROM lease').pluck().get()).toBe(0);
  });

  it('[LK1] an app grant acts any number of times, each with a newer step', () => {
    const h = make();
    const grant = h.grant('locker', 12);
    for (let time = 0; time < 4; time += 1) {
      must(h.lockers.act({ kind: 'qr', text: h.qr(grant) }, 'open', 'kiosk-1'));
      h.opens();
      h.closes();
      expect(codeOf(h.lockers.act({ kind: 'qr', text: h.qr(grant) }, 'open', 'kiosk-2'))).toBe('qr-replayed');
      h.hall.clock.advance(30_000);
    }
    expect(h.unlocks()).toHaveLength(4);
  });

  it('[LK1] a slip opens once, and never finishes', () => {
    const h = make();
    const rent = rented(h);
    const slip = { kind: 'qr', text: rent.qr } as const;
    expect(must(h.lockers.present(slip, 'kiosk-1')).acts).toEqual(['open']);
    expect(codeOf(h.lockers.act(slip, 'finish', 'kiosk-1'))).toBe('grant-used');
    must(h.lockers.act(slip, 'open', 'kiosk-1'));
    h.opens();
    h.closes();
    h.hall.clock.advance(11_000);
    expect(codeOf(h.lockers.act(slip, 'open', 'kiosk-1'))).toBe('grant-used');
    expect(codeOf(h.lockers.present(slip, 'kiosk-1'))).toBe('grant-used');
    expect(codeOf(h.lockers.act(rent.typed, 'finish', 'kiosk-1'))).toBe('ok');
  });

  it('[LK1] the same bytes at one kiosk within 10 s answer the same and open once', () => {
    const h = make();
    const text = h.qr(h.grant('locker', 12));
    const first = h.lockers.act({ kind: 'qr', text }, 'open', 'kiosk-1');
    h.opens();
    h.closes();
    expect(h.lockers.act({ kind: 'qr', text }, 'open', 'kiosk-1')).toEqual(first);
    expect(h.unlocks()).toHaveLength(1);
  });

  it('[LK5] one door at a time in the whole hall; a refused act uses no code up', () => {
    const h = make();
    const grant = h.grant('locker', 12);
    must(h.lockers.rent({ ...small, holder: VISITOR }, 'kiosk-1'));
    const text = h.qr(grant);
    expect(codeOf(h.lockers.act({ kind: 'qr', text }, 'open', 'kiosk-2'))).toBe('door-busy');
    expect(codeOf(h.lockers.openByStaff(11, '看一下', 'wang'))).toBe('door-busy');
    expect(h.unlocks()).toHaveLength(1);
    h.opens();
    expect(codeOf(h.lockers.act({ kind: 'qr', text }, 'open', 'kiosk-2'))).toBe('ok');
  });

  it('[LK5] a door that stands open is closed first', () => {
    const h = make();
    const rent = rented(h);
    must(h.lockers.act(rent.typed, 'open', 'kiosk-1'));
    h.opens();
    expect(h.lockers.act(rent.typed, 'finish', 'kiosk-1')).toEqual({
      ok: false,
      refusal: { code: 'close-door-first', params: { compartment: rent.lease.compartment } },
    });
  });

  it('[LK20] an unreachable board refuses before anything is used up', () => {
    const h = make();
    const text = h.qr(h.grant('locker', 12));
    h.hall.devices.setAvailability('locker-a', 'offline');
    expect(codeOf(h.lockers.act({ kind: 'qr', text }, 'open', 'kiosk-1'))).toBe('lock-board-offline');
    h.hall.devices.setAvailability('locker-a', 'online');
    expect(codeOf(h.lockers.act({ kind: 'qr', text }, 'open', 'kiosk-1'))).toBe('ok');
  });

  it('[LK20] a board speaks of its own doors only', () => {
    const h = make();
    const rent = must(h.lockers.rent({ ...small, holder: MEMBER }, 'kiosk-1'));
    const at = toInstant(h.hall.clock.now());
    h.lockers.listener.onOutcome?.('locker-b', {
      id: rent.command.commandId,
      outcome: 'done',
      at,
      position: 'open',
    });
    h.lockers.listener.onEvent?.('locker-b', {
      id: h.hall.ids.uuid(),
      at,
      kind: 'door-opened',
      compartment: rent.lease.compartment,
    });
    h.lockers.listener.onState?.('locker-b', {
      at,
      doors: { [String(rent.lease.compartment)]: { position: 'open', at } },
    });
    expect(must(h.lockers.command(rent.command.commandId, 'kiosk-1')).state).toBe('sent');
  });
});

describe('leases from central', () => {
  it('[LK9] a lease first learnt from a grant is named by the grant id in every fact, also after the feed has told the UUID', () => {
    const h = make();
    const grant = h.grant('locker', 12);
    must(h.lockers.act({ kind: 'qr', text: h.qr(grant) }, 'open', 'kiosk-1'));
    expect(codeOf(h.lockers.present({ kind: 'typed', compartment: 12, digits: '00000000' }, 'kiosk-1'))).toBe(
      'show-qr-instead',
    );
    h.opens();
    h.closes();
    const lease = centralLease(h, 12, { grantId: grant.grantId });
    feedLease(h, lease);
    const digits = h.access.digitsFor(lease.id, 12, 0) ?? '';
    must(h.lockers.act({ kind: 'typed', compartment: 12, digits }, 'finish', 'kiosk-1'));
    h.opens();
    h.closes();
    const named = h.hall
      .facts()
      .filter((each) => 'lease' in each.body)
      .map((each) => [each.type, each.body.lease]);
    expect(named.map(([, ref]) => ref)).toEqual(named.map(() => grant.grantId));
    expect(named.map(([type]) => type)).toEqual([
      'lease.made',
      'door.intended',
      'lease.activated',
      'door.intended',
      'lease.ended',
    ]);
  });

  it('[LK9] a lease from the feed opens by QR and by typed code under its UUID, without a fact lease.made', () => {
    const h = make();
    const lease = centralLease(h, 11);
    feedLease(h, lease);
    const digits = h.access.digitsFor(lease.id, 11, 0) ?? '';
    must(h.lockers.act({ kind: 'typed', compartment: 11, digits }, 'open', 'kiosk-1'));
    h.opens();
    h.closes();
    must(
      h.lockers.act(
        { kind: 'qr', text: h.qr(h.grant('locker', 11, { grantId: lease.grantId })) },
        'open',
        'kiosk-1',
      ),
    );
    expect(factsOf(h, 'lease.made')).toEqual([]);
    expect(factsOf(h, 'door.intended').map((each) => each.lease)).toEqual([lease.id, lease.id]);
    feedLease(h, { ...lease, generation: 1 });
    expect(codeOf(h.lockers.present({ kind: 'typed', compartment: 11, digits }, 'kiosk-1'))).toBe(
      'code-wrong',
    );
  });

  it('[LK9] goods inside win: the second lease of a compartment is shown another one and opens nothing', () => {
    const h = make();
    const rent = rented(h);
    const text = h.qr(h.grant('locker', rent.lease.compartment));
    expect(h.lockers.act({ kind: 'qr', text }, 'open', 'kiosk-1')).toEqual({
      ok: false,
      refusal: { code: 'compartment-taken', params: { compartment: rent.lease.compartment, other: 2 } },
    });
    expect(h.unlocks()).toHaveLength(1);
    feedLease(h, centralLease(h, rent.lease.compartment));
    expect(h.hall.raised.map((each) => each.kind)).toContain('lease-collides');
    expect(h.hall.store.db.prepare("SELECT count(*) FROM lease WHERE state <> 'ended'").pluck().get()).toBe(
      1,
    );
  });

  it('[LK9] a lease that collided works once the compartment is free', () => {
    const h = make();
    const rent = rented(h);
    const lease = centralLease(h, rent.lease.compartment);
    feedLease(h, lease);
    must(h.lockers.act(rent.typed, 'finish', 'kiosk-1'));
    h.opens();
    h.closes();
    const digits = h.access.digitsFor(lease.id, lease.compartment, 0) ?? '';
    expect(
      codeOf(h.lockers.act({ kind: 'typed', compartment: lease.compartment, digits }, 'open', 'kiosk-1')),
    ).toBe('ok');
  });

  it('[LK13] the database itself refuses a second live lease of a compartment', () => {
    const h = make();
    rented(h);
    expect(() =>
      h.hall.store.db
        .prepare(
          "INSERT INTO lease (ref, compartment, origin, starts_at, ends_at, state, made_at) SELECT 'x', compartment, origin, 1, 2, 'made', 1 FROM lease",
        )
        .run(),
    ).toThrow(/UNIQUE/);
  });

  it.each([
    ['ended there', 'ended'],
    ['asked to end there', 'end-requested'],
  ] as const)('[LK10] %s: an unused lease ends, a used one is only marked and staff told', (_, state) => {
    const h = make();
    const unused = centralLease(h, 11, { grantId: 'c0ffee0000000011' });
    const used = centralLease(h, 12, { grantId: 'c0ffee0000000012', state: 'active' });
    feedLease(h, unused);
    feedLease(h, used);
    feedLease(h, { ...unused, state });
    feedLease(h, { ...used, state });
    expect(leaseState(h, unused.id)).toBe('ended');
    expect(leaseState(h, used.id)).toBe('active');
    expect(h.hall.raised.map((each) => each.kind)).toEqual(['lease-end-requested']);
  });

  it('[LK10] a lease whose first door stands open is not ended from outside', () => {
    const h = make();
    const lease = centralLease(h, 11);
    feedLease(h, lease);
    must(
      h.lockers.act(
        { kind: 'qr', text: h.qr(h.grant('locker', 11, { grantId: lease.grantId })) },
        'open',
        'kiosk-1',
      ),
    );
    h.opens();
    feedLease(h, { ...lease, state: 'ended' });
    expect(leaseState(h, lease.id)).toBe('made');
    h.closes();
    expect(leaseState(h, lease.id)).toBe('active');
  });

  it('[LK10] the deny list does the same', () => {
    const h = make();
    const lease = centralLease(h, 11);
    feedLease(h, lease);
    const rent = rented(h, VISITOR);
    h.hall.store.transaction((tx) => {
      h.lockers.onFeed(
        'deny',
        'x',
        { id: 'x', memberRef: ALICE.memberRef, until: toInstant(h.hall.clock.now() + 1000) },
        tx,
      );
      return undefined;
    });
    expect(leaseState(h, lease.id)).toBe('ended');
    expect(leaseState(h, rent.lease.lease)).toBe('active');
  });

  it('[LK12] the pool is one fact, recorded once per change; what is taken back waits for central`s word', () => {
    const h = make();
    expect(factsOf(h, 'pool.ceded')).toEqual([
      {
        compartments: [
          { number: 6, size: 'small' },
          { number: 10, size: 'medium' },
        ],
      },
    ]);
    h.lockers.stop();
    h.lockers.start();
    expect(factsOf(h, 'pool.ceded')).toHaveLength(1);
    Object.assign(h.hall.config, { cededShare: 0 });
    h.lockers.stop();
    h.lockers.start();
    expect(factsOf(h, 'pool.ceded').at(-1)).toEqual({ compartments: [] });
    h.hall.clock.advance(5000);
    expect(h.lockers.summary().free).toBe(10);
    h.hall.store.db.prepare('UPDATE epoch SET acked_seq = 1000').run();
    h.hall.clock.advance(2000);
    expect(h.lockers.summary().free).toBe(12);
  });
});

describe('time over', () => {
  it('[LK11] a lease in use is overdue, never free: staff are told once and the code is refused', () => {
    const h = make();
    const rent = rented(h);
    h.hall.clock.advance(126 * 60_000);
    expect(leaseState(h, rent.lease.lease)).toBe('active');
    expect(h.hall.raised.map((each) => each.kind)).toEqual(['lease-overdue']);
    expect(codeOf(h.lockers.act(rent.typed, 'open', 'kiosk-1'))).toBe('lease-over');
    expect(h.lockers.summary().free).toBe(9);
    must(h.lockers.openByStaff(rent.lease.compartment, '超时取物', 'wang'));
    h.opens();
    h.closes();
    must(h.lockers.endLease(rent.lease.lease, '已取走', 'wang'));
    expect(factsOf(h, 'lease.ended')).toMatchObject([{ cause: 'staff' }]);
    expect(h.lockers.summary().free).toBe(10);
  });

  it('[LK11] an unused lease of central lapses; an unproved clock ends nothing', () => {
    const h = make();
    const lease = centralLease(h, 11);
    feedLease(h, lease);
    h.hall.trust.set('free');
    h.hall.clock.advance(4 * 3_600_000);
    expect(leaseState(h, lease.id)).toBe('made');
    h.hall.trust.set('synced');
    h.hall.clock.advance(2000);
    expect(leaseState(h, lease.id)).toBe('ended');
    expect(factsOf(h, 'lease.ended')).toMatchObject([{ cause: 'expired' }]);
  });
});

describe('the desk', () => {
  it('[LK16] opening, ending and taking out of service need a reason and a real compartment', () => {
    const h = make();
    expect(codeOf(h.lockers.openByStaff(3, '  ', 'wang'))).toBe('reason-missing');
    expect(codeOf(h.lockers.openByStaff(99, '看', 'wang'))).toBe('not-found');
    expect(codeOf(h.lockers.setService(3, true, '', 'wang'))).toBe('reason-missing');
    expect(codeOf(h.lockers.endLease('x', '', 'wang'))).toBe('reason-missing');
    expect(codeOf(h.lockers.endLease('x', '看', 'wang'))).toBe('not-found');
    must(h.lockers.setService(3, true, '锁坏了', 'wang'));
    expect(h.lockers.compartments().find((each) => each.number === 3)?.state).toBe('out');
    expect(codeOf(h.lockers.act({ kind: 'qr', text: h.qr(h.grant('locker', 3)) }, 'open', 'kiosk-1'))).toBe(
      'compartment-out',
    );
    must(h.lockers.setService(3, false, '修好了', 'wang'));
    expect(h.lockers.compartments().find((each) => each.number === 3)?.state).toBe('free');
  });

  it('[LK15] every opening has a fact and an audit row that say who and why', () => {
    const h = make();
    const rent = rented(h);
    must(h.lockers.act(rent.typed, 'open', 'kiosk-2'));
    h.opens();
    h.closes();
    must(h.lockers.openByStaff(9, '检查门锁', 'wang'));
    expect(
      factsOf(h, 'door.intended').map((each) => [each.cause, each.by, each.credential, each.reason]),
    ).toEqual([
      ['rent', 'member:aaaaaaaaaaaa', 'typed', undefined],
      ['open-again', 'member:aaaaaaaaaaaa', 'typed', undefined],
      ['staff', 'staff:wang', 'staff', '检查门锁'],
    ]);
    const audit = h.hall.auditRows().filter((each) => each.action === 'door.open');
    expect(audit.map((each) => each.actor)).toEqual(['kiosk:kiosk-1', 'kiosk:kiosk-2', 'staff:wang']);
    for (const command of h.unlocks())
      expect(audit.some((each) => each.detail.includes(command.commandId))).toBe(true);
  });

  it('[LK14] shows doors as commanded and as observed, and a forced door as an alarm and a fact', () => {
    const h = make();
    h.door('door-forced', 9);
    const door = h.lockers.deskDoors().find((each) => each.compartment.number === 9);
    expect(door).toMatchObject({ commanded: 'none', observed: 'open', mismatch: true });
    expect(factsOf(h, 'door.forced')).toMatchObject([{ compartment: 9 }]);
    expect(h.hall.raised.map((each) => each.kind)).toEqual(['door-forced']);
    expect(h.lockers.deskDoors()).toHaveLength(12);
  });

  it('[LK15] a kiosk follows its own openings only; trouble calls a person', () => {
    const h = make();
    const { command } = must(h.lockers.rent({ ...small, holder: MEMBER }, 'kiosk-1'));
    expect(codeOf(h.lockers.command(command.commandId, 'kiosk-2'))).toBe('not-found');
    expect(codeOf(h.lockers.command(command.commandId, undefined))).toBe('ok');
    expect(codeOf(h.lockers.trouble(command.commandId, 'did-not-open', 'kiosk-2'))).toBe('not-found');
    must(h.lockers.trouble(command.commandId, 'did-not-open', 'kiosk-1'));
    expect(h.calls).toEqual([{ kiosk: 'kiosk-1', page: 'locker', note: '1 号柜：门没开' }]);
  });
});

describe('hot queries', () => {
  it.each([
    ['liveLease', 'lease_live'],
    ['leaseByGrant', 'sqlite_autoindex_lease'],
    ['liveOfMember', 'lease_live_member'],
    ['liveOfVisitor', 'lease_live_visitor'],
    ['pendingDoor', 'door_command_open'],
    ['latestDoor', 'door_command_latest'],
    ['feedLeaseByGrant', 'feed_lease_grant'],
    ['feedLeaseOf', 'feed_lease_compartment'],
  ] as const)('[LK19] %s uses %s', (name, index) => {
    const h = make();
    const parameters = hotQueries[name].includes('?') ? ['1'] : [];
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
