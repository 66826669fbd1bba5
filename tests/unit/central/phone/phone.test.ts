import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PhoneView } from '../../../../contract/central-api.ts';
import { decodeQr } from '../../../../contract/access-code.ts';
import { feedBodies } from '../../../../contract/feed.ts';
import type { FeedType } from '../../../../contract/feed.ts';
import type { Result } from '../../../../contract/refusals.ts';
import { answerInfo, seal } from '../../../../contract/sealing.ts';
import { toInstant } from '../../../../contract/time.ts';
import { demoResources } from '../../../../central/demo/demo-data.ts';
import { createPhoneHandlers } from '../../../../central/phone/phone.api.ts';
import type { PhoneHandlers } from '../../../../central/phone/phone.api.ts';
import type { PhoneCaller } from '../../../../central/phone/sign-in.service.ts';
import { drawQr } from '../../../../simulators/people/phone.ts';
import { createCentralParts } from '../../../support/central-parts.ts';
import type { CentralParts } from '../../../support/central-parts.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let central: CentralParts;
let phone: PhoneHandlers;
const people: Record<'zhang' | 'li' | 'wang' | 'stranger', PhoneCaller> = {
  zhang: { member: '', hall: 1, session: '' },
  li: { member: '', hall: 1, session: '' },
  wang: { member: '', hall: 1, session: '' },
  /** Belongs to hall 2 only. */
  stranger: { member: '', hall: 2, session: '' },
};
const switched: [string, number][] = [];
let number = 500;

beforeAll(async () => {
  central = await createCentralParts();
  await central.addHall(1);
  await central.addHall(2);
  phone = createPhoneHandlers(central, {
    demo: true,
    signIn: {
      switchHall: (session, hall) => {
        switched.push([session, hall]);
        return Promise.resolve();
      },
    },
  });
  let index = 0;
  for (const caller of Object.values(people)) {
    index += 1;
    const member = await central.inHall(caller.hall, async (tx) => {
      const made = await central.members.add(tx, {
        number: String(100_000 + index),
        nameMasked: `${String(index)}*`,
        mobile: String(13_800_000_000 + index),
      });
      await central.members.join(tx, caller.hall, made);
      return made;
    });
    Object.assign(caller, { member: member.id, session: `s${String(index)}` });
  }
  for (const hall of [1, 2])
    await central.inHall(hall, async (tx) => {
      for (const resource of demoResources) await central.bookings.putResource(tx, hall, resource);
      await central.activities.addActivity(
        tx,
        hall,
        `a${String(hall)}`,
        { zh: '书法', en: 'Calligraphy' },
        undefined,
      );
      await central.leases.replacePool(tx, hall, [{ number: 10 + hall, size: 'small' }]);
    });
});
afterAll(() => central.db.close());

/** A session in two hours. */
async function session(capacity: number, startsIn = 2 * HOUR): Promise<number> {
  number += 1;
  const startsAt = central.clock.now() + startsIn;
  await central.inHall(1, (tx) =>
    central.activities.putSession(tx, 1, 'a1', {
      number,
      startsAt,
      endsAt: startsAt + HOUR,
      capacity,
      checkInBefore: 60,
      checkInAfter: 30,
      unit: 'room-101',
      room: '101',
      cancelled: false,
    }),
  );
  return number;
}
const value = <T>(answer: Result<T>): T => {
  if (!answer.ok) throw new Error(answer.refusal.code);
  return answer.value;
};
const refusal = (answer: Result<unknown>): string => (answer.ok ? 'accepted' : answer.refusal.code);
const none = { query: undefined, body: undefined, params: undefined };
const look = async (caller: PhoneCaller) =>
  PhoneView.parse(value(await phone.phone({ ...none, query: {}, caller })));
const register = (of: number, caller: PhoneCaller) =>
  phone.register({ ...none, params: { number: of }, caller });
const cancel = (of: number, caller: PhoneCaller) =>
  phone.unregister({ ...none, params: { number: of }, caller });
/** A free slot of a court that starts `hours` from now on the hour. */
const slot = (resource: number, hours: number) => {
  const startsAt = Math.ceil(central.clock.now() / HOUR) * HOUR + hours * HOUR;
  return { resource, startsAt: toInstant(startsAt), endsAt: toInstant(startsAt + HOUR) };
};
const feed = async (type: FeedType, hall = 1): Promise<Record<string, unknown>[]> => {
  const page = await central.base.feed.snapshot(hall);
  if (page === 'unknown-hall') throw new Error('no hall');
  return page.changes
    .filter((each) => each.type === type)
    .map((each) => feedBodies[type].parse(each.body) as Record<string, unknown>);
};
const cursors = () => central.db.query('SELECT id, cursor FROM hall ORDER BY id');

describe('places in a session', () => {
  test('[PH6] the third waits, moves up when the first leaves, and finds the code', async () => {
    const of = await session(2);
    expect(value(await register(of, people.zhang))).toMatchObject({ state: 'registered', seat: 1, left: 1 });
    expect(value(await register(of, people.li))).toMatchObject({ state: 'registered', seat: 2, left: 0 });
    expect(value(await register(of, people.wang))).toMatchObject({ state: 'waiting', seat: null, left: 0 });
    expect((await look(people.wang)).grants.filter((each) => each.target === of)).toEqual([]);
    expect(value(await cancel(of, people.zhang)).state).toBe('cancelled');
    const after = await look(people.wang);
    expect(after.sessions.find((each) => each.session.number === of)).toMatchObject({
      state: 'registered',
      seat: 1,
    });
    expect(after.grants.filter((each) => each.target === of).length).toBe(1);
    expect(value(await register(of, people.zhang)).state).toBe('waiting');
  });

  test('[PH6] three at the same moment on two places: two in, one waits, no seat twice', async () => {
    const of = await session(2);
    const answers = await Promise.all(
      [people.zhang, people.li, people.wang].map(async (caller) => value(await register(of, caller))),
    );
    expect(answers.map((each) => each.state).sort()).toEqual(['registered', 'registered', 'waiting']);
    const seats = answers.map((each) => each.seat).filter((seat) => seat !== null);
    expect(new Set(seats).size).toBe(2);
  });

  test('[PH6] a check-in at the hall shows on the phone, and the place cannot be given back then', async () => {
    const of = await session(5);
    value(await register(of, people.zhang));
    const ref = await central.members.refAt(central.db, 1, people.zhang.member);
    await central.db.query(
      "INSERT INTO check_in (hall, id, session, member_ref, at, kiosk, credential) VALUES (1, 'c1', $1, $2, 'x', 'kiosk-1', 'qr')",
      [of, ref ?? ''],
    );
    expect((await look(people.zhang)).sessions.find((each) => each.session.number === of)?.state).toBe(
      'checked-in',
    );
    expect(refusal(await cancel(of, people.zhang))).toBe('session-over');
  });

  test('[PH6] unknown, over and never registered are told apart', async () => {
    expect(refusal(await register(9999, people.zhang))).toBe('session-unknown');
    const over = await session(5, -2 * HOUR);
    expect(refusal(await register(over, people.zhang))).toBe('session-over');
    expect(refusal(await cancel(over, people.zhang))).toBe('not-registered');
  });
});

describe('codes on the phone', () => {
  test('[PH8] are signed QR grants for the right hall, target and window', async () => {
    const of = await session(5);
    value(await register(of, people.li));
    const grant = (await look(people.li)).grants.find((each) => each.target === of);
    if (grant === undefined) throw new Error('no grant');
    const read = decodeQr(drawQr(grant, central.clock.now()));
    expect(typeof read === 'string' ? read : read.grant).toMatchObject({
      hall: 1,
      purpose: 'check-in',
      target: of,
      grantId: grant.grantId,
      printed: false,
    });
  });

  test('[PH8] a place given back has no code any more and is denied at the hall', async () => {
    const of = await session(5);
    value(await register(of, people.li));
    const grant = (await look(people.li)).grants.find((each) => each.target === of);
    value(await cancel(of, people.li));
    expect((await look(people.li)).grants.some((each) => each.target === of)).toBe(false);
    expect((await feed('deny')).map((each) => each['grantId'])).toContain(grant?.grantId);
  });

  test('[PH8] a session that was moved has a new code, the old one is denied', async () => {
    const of = await session(5);
    value(await register(of, people.li));
    const before = (await look(people.li)).grants.find((each) => each.target === of);
    await central.db.query(
      'UPDATE session SET starts_at = starts_at + 7200000, ends_at = ends_at + 7200000 WHERE number = $1',
      [of],
    );
    const after = (await look(people.li)).grants.filter((each) => each.target === of);
    expect(after.length).toBe(1);
    expect(after[0]?.grantId).not.toBe(before?.grantId);
    expect(Date.parse(after[0]?.notBefore ?? '') - Date.parse(before?.notBefore ?? '')).toBe(2 * HOUR);
    expect((await feed('deny')).map((each) => each['grantId'])).toContain(before?.grantId);
  });

  test('[PH8] what is further than a week away gets its code later; looking again writes nothing', async () => {
    const of = await session(5, 9 * 24 * HOUR);
    value(await register(of, people.li));
    expect((await look(people.li)).grants.some((each) => each.target === of)).toBe(false);
    const before = await cursors();
    const grants = (await look(people.li)).grants;
    expect((await look(people.li)).grants).toEqual(grants);
    expect(await cursors()).toEqual(before);
  });
});

describe('courts', () => {
  test('[PH5] the same slot is given once; the day shows whose it is', async () => {
    const wish = slot(1, 3);
    const answers = await Promise.all(
      [people.zhang, people.li].map((caller) => phone.bookPhone({ ...none, body: wish, caller })),
    );
    expect(answers.map(refusal).sort()).toEqual(['accepted', 'slot-taken']);
    const owner = refusal(answers[0] as Result<unknown>) === 'accepted' ? people.zhang : people.li;
    const other = owner === people.zhang ? people.li : people.zhang;
    const day = wish.startsAt.slice(0, 10);
    const mine = async (caller: PhoneCaller) =>
      value(await phone.phoneDay({ ...none, params: { number: 1, day }, caller })).slots.find(
        (each) => each.startsAt === wish.startsAt,
      );
    expect(await mine(owner)).toMatchObject({ state: 'booked', mine: true });
    expect(await mine(other)).toMatchObject({ state: 'booked', mine: false });
    expect((await look(owner)).grants.filter((each) => each.purpose === 'booking').length).toBe(1);
  });

  test('[PH5] another member’s booking is not found and stays as it is', async () => {
    const { booking } = value(await phone.bookPhone({ ...none, body: slot(2, 4), caller: people.zhang }));
    const before = await cursors();
    const own = { ...none, params: { id: booking.id } };
    expect(refusal(await phone.cancelPhoneBooking({ ...own, caller: people.li }))).toBe('booking-unknown');
    expect(refusal(await phone.cancelPhoneBooking({ ...own, caller: people.stranger }))).toBe(
      'booking-unknown',
    );
    expect((await look(people.li)).bookings.some((each) => each.booking.id === booking.id)).toBe(false);
    expect(await cursors()).toEqual(before);
    const gone = value(await phone.cancelPhoneBooking({ ...own, caller: people.zhang }));
    expect(gone.booking.state).toBe('cancelled');
    expect((await look(people.zhang)).grants.some((each) => each.target === 2)).toBe(false);
  });

  test('[PH5] days past, far ahead and places that are not there', async () => {
    const day = async (of: number, text: string) =>
      phone.phoneDay({ ...none, params: { number: of, day: text }, caller: people.zhang });
    const states = async (text: string) => [
      ...new Set(value(await day(3, text)).slots.map((each) => each.state)),
    ];
    expect(await states('2026-11-20')).toEqual(['past']);
    expect(await states('2026-11-24')).toEqual(['past', 'free']);
    expect(await states('2026-12-24')).toEqual(['closed']);
    expect(refusal(await day(99, '2026-11-24'))).toBe('resource-unknown');
    expect(refusal(await day(3, '2026-13-45'))).toBe('bad-request');
  });
});

describe('compartments', () => {
  test('[PH7] only what the hall ceded, one a member; a new code makes the old digits die', async () => {
    const rent = (caller: PhoneCaller) =>
      phone.rentPhone({ ...none, body: { size: 'small', minutes: 60 }, caller });
    const lease = value(await rent(people.zhang));
    expect(lease).toMatchObject({ compartment: 11, state: 'made' });
    expect(await rent(people.zhang)).toMatchObject({ refusal: { code: 'member-has-lease' } });
    expect(refusal(await rent(people.li))).toBe('no-free-compartment');
    expect((await look(people.li)).freeCompartments).toEqual({ small: 0, medium: 0, large: 0 });
    expect((await look(people.zhang)).grants.some((each) => each.grantId === lease.grantId)).toBe(true);
    const again = value(
      await phone.reissuePhone({ ...none, params: { id: lease.id }, caller: people.zhang }),
    );
    expect(again.digits).not.toBe(lease.digits);
    expect((await look(people.zhang)).leases[0]?.digits).toBe(again.digits);
    expect(await feed('lease')).toMatchObject([{ id: lease.id, generation: 1, compartment: 11 }]);
  });

  test('[PH5] another member’s lease is not found, and its digits stay', async () => {
    const [lease] = (await look(people.zhang)).leases;
    const before = await cursors();
    for (const caller of [people.li, people.stranger])
      expect(refusal(await phone.reissuePhone({ ...none, params: { id: lease?.id ?? '' }, caller }))).toBe(
        'not-found',
      );
    expect((await look(people.li)).leases).toEqual([]);
    expect(await cursors()).toEqual(before);
    expect((await look(people.zhang)).leases[0]?.digits).toBe(lease?.digits);
  });
});

describe('whose it is', () => {
  test('[PH5] a hall that is not theirs is not found, by view or by act', async () => {
    const at = (hall: number, caller: PhoneCaller) => phone.phone({ ...none, query: { hall }, caller });
    expect(refusal(await at(2, people.zhang))).toBe('not-found');
    expect(refusal(await at(99, people.zhang))).toBe('not-found');
    expect(switched).toEqual([]);
    const of = await session(5);
    const forged = { ...people.stranger, hall: 1 };
    const before = await cursors();
    expect(refusal(await register(of, forged))).toBe('not-found');
    expect(refusal(await phone.bookPhone({ ...none, body: slot(4, 2), caller: forged }))).toBe('not-found');
    expect(
      refusal(await phone.rentPhone({ ...none, body: { size: 'small', minutes: 60 }, caller: forged })),
    ).toBe('not-found');
    expect(
      refusal(await phone.phoneDay({ ...none, params: { number: 1, day: '2026-11-24' }, caller: forged })),
    ).toBe('not-found');
    expect(await cursors()).toEqual(before);
  });

  test('[PH5] a member of two halls looks at one and acts there', async () => {
    await central.inHall(2, async (tx) => {
      const member = await central.members.byId(tx, people.wang.member);
      if (member !== undefined) await central.members.join(tx, 2, member);
    });
    const view = value(await phone.phone({ ...none, query: { hall: 2 }, caller: people.wang }));
    expect(view.hall.id).toBe(2);
    expect(switched).toEqual([[people.wang.session, 2]]);
    const lease = value(
      await phone.rentPhone({
        ...none,
        body: { size: 'small', minutes: 60 },
        caller: { ...people.wang, hall: 2 },
      }),
    );
    expect(lease.compartment).toBe(12);
    expect((await look(people.wang)).leases).toEqual([]);
  });
});

describe('applications', () => {
  test('[PH10] are followed by number and query code as people type them; guesses are limited', async () => {
    await central.inHall(1, (tx) =>
      central.applications.submitted(tx, 1, {
        applicationId: '00000000-0000-7000-8000-00000000000a',
        number: 'H1-20261124-0001',
        service: 'feedback',
        serviceVersion: 1,
        submittedAt: '2026-11-24T01:00:00.000Z',
        deadline: '2026-12-01T15:59:59.999Z',
        answers: { topic: 'idea' },
        sealed: {},
        queryHash: createHash('sha256').update('123456').digest('hex'),
      }),
    );
    const follow = (text: string, queryCode: string, caller = people.zhang) =>
      phone.phoneProgress({ ...none, body: { number: text, queryCode }, caller });
    expect(value(await follow(' h1 – 20261124 – 0001', '123 456'))).toMatchObject({
      number: 'H1-20261124-0001',
      state: 'submitted',
      service: { zh: '意见反馈' },
    });
    expect(refusal(await follow('H1-20261124-0001', '123457'))).toBe('application-unknown');
    expect(refusal(await follow('H1-20261124-0002', '123456'))).toBe('application-unknown');
    for (let index = 0; index < 17; index += 1) await follow('H1-20261124-0001', String(index));
    expect(refusal(await follow('H1-20261124-0001', '123456'))).toBe('too-many-tries');
    expect(refusal(await follow('H1-20261124-0001', '123456', people.li))).toBe('accepted');
  });

  test('[PH10] a sealed answer opens only with central’s key and for its own field', async () => {
    const [key] = await feed('sealing-key');
    const box = seal(
      Buffer.from(String(key?.['publicKey']), 'base64'),
      new TextEncoder().encode('11010519491231002X'),
      answerInfo('join-union', 'idNumber'),
      central.base.random,
    );
    const sealed = {
      keyId: String(key?.['keyId']),
      box: Buffer.from(box).toString('base64'),
      mask: '11************2X',
    };
    const id = '00000000-0000-7000-8000-00000000000b';
    await central.inHall(1, (tx) =>
      central.applications.submitted(tx, 1, {
        applicationId: id,
        number: 'H1-20261124-0002',
        service: 'join-union',
        serviceVersion: 1,
        submittedAt: '2026-11-24T01:00:00.000Z',
        deadline: '2026-12-01T15:59:59.999Z',
        answers: {},
        sealed: { idNumber: sealed, mobile: sealed },
        queryHash: createHash('sha256').update('1').digest('hex'),
      }),
    );
    expect(await central.applications.reveal(central.db, 1, id, 'idNumber')).toBe('11010519491231002X');
    // The same box under another field's name, another hall, and no field at all.
    expect(await central.applications.reveal(central.db, 1, id, 'mobile')).toBeUndefined();
    expect(await central.applications.reveal(central.db, 2, id, 'idNumber')).toBeUndefined();
    expect(await central.applications.reveal(central.db, 1, id, 'name')).toBeUndefined();
    const stored = await central.db.query<{ sealed: string; answers: string }>(
      'SELECT sealed, answers FROM application',
    );
    expect(JSON.stringify(stored)).not.toContain('11010519491231002X');
  });
});

test('[PH11] who lost a court to somebody at the hall reads why, and what is free instead', async () => {
  const wish = slot(4, 6);
  value(await phone.bookPhone({ ...none, body: wish, caller: people.zhang }));
  const li = (await central.members.refAt(central.db, 1, people.li.member)) ?? '';
  // The hall had not been heard of: the walk-in wins (rule CR2).
  await central.inHall(1, async (tx, hall) => {
    const coming = await central.bookings.insert(tx, 1, {
      id: central.base.ids.uuid(),
      resource: 4,
      memberRef: li,
      startsAt: Date.parse(wish.startsAt),
      endsAt: Date.parse(wish.endsAt),
      state: 'booked',
      origin: 'hall',
      madeInDark: false,
    });
    await central.rulings.settleBooking(tx, hall, coming);
  });
  const view = await look(people.zhang);
  expect(view.notices[0]?.message.zh).toContain('没能保留');
  expect(view.notices[0]?.alternative?.zh).toContain('羽毛球场');
  expect(
    view.bookings.find((each) => each.booking.startsAt === wish.startsAt && each.booking.resource === 4)
      ?.booking.state,
  ).toBe('lost');
  expect((await look(people.li)).notices).toEqual([]);
});
