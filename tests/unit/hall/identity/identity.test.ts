import { describe, expect, it } from 'vitest';
import { createIdentityApi } from '../../../../hall/identity/identity.api.ts';
import {
  CODE_LIFE_MS,
  createIdentityService,
  SESSION_IDLE_MS,
  SESSION_LONGEST_MS,
} from '../../../../hall/identity/identity.service.ts';
import { createPasswordHasher, SCRYPT_COST } from '../../../../hall/identity/password.ts';
import { createKeyRing } from '../../../../hall/keys/key-ring.service.ts';
import { makeHall } from '../../../support/hall-context.ts';
import type { TestHall } from '../../../support/hall-context.ts';

const quick = 2 ** 10;

function make(hall: TestHall = makeHall()) {
  const identity = createIdentityService({ ...hall, hasher: createPasswordHasher(quick) });
  const codeFor = (kiosk: string): string => {
    const made = identity.kioskCode(kiosk, 'staff:wang');
    if (!made.ok) throw new Error(made.refusal.code);
    return made.value.code;
  };
  const enrol = (kiosk: string): string => {
    const result = identity.enrolKiosk(codeFor(kiosk), '10.0.0.1');
    if (!result.ok) throw new Error(result.refusal.code);
    return result.value.token;
  };
  return { hall, identity, codeFor, enrol };
}

/** Every text stored in the whole database. */
function everyCell(hall: TestHall): string {
  const tables = hall.store.db
    .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'")
    .pluck()
    .all();
  return tables
    .map((table) => JSON.stringify(hall.store.db.prepare('SELECT * FROM '.concat(table)).all()))
    .join('\n');
}

const codeOf = (result: { ok: boolean; refusal?: { code: string } }): string => result.refusal?.code ?? 'ok';

describe('kiosks', () => {
  it('[ID3] a code works once, for its kiosk, and a new enrolment ends the earlier cookie', () => {
    const { identity, codeFor } = make();
    const code = codeFor('kiosk-2');
    const first = identity.enrolKiosk(code.toLowerCase().replace(/(....)/, '$1-'), '10.0.0.1');
    expect(first.ok && first.value.kiosk).toBe('kiosk-2');
    expect(codeOf(identity.enrolKiosk(code, '10.0.0.1'))).toBe('enrol-code-wrong');
    const second = identity.enrolKiosk(codeFor('kiosk-2'), '10.0.0.1');
    if (!first.ok || !second.ok) throw new Error('not enrolled');
    expect(identity.kioskOf(first.value.token)).toBeUndefined();
    expect(identity.kioskOf(second.value.token)).toBe('kiosk-2');
  });

  it('[ID3] not after 15 minutes, and not for a kiosk that is not configured', () => {
    const { hall, identity, codeFor } = make();
    const code = codeFor('kiosk-1');
    hall.clock.advance(CODE_LIFE_MS);
    expect(codeOf(identity.enrolKiosk(code, '10.0.0.1'))).toBe('enrol-code-wrong');
    expect(codeOf(identity.kioskCode('kiosk-9', 'staff:wang'))).toBe('not-found');
  });

  it('[ID5] guessing codes is slowed down for the address that guesses, also after a restart', () => {
    const { hall, identity, codeFor } = make();
    for (let index = 0; index < 5; index += 1) identity.enrolKiosk('AAAAAAAA', '10.0.0.1');
    const again = createIdentityService({ ...hall, hasher: createPasswordHasher(quick) });
    expect(again.enrolKiosk(codeFor('kiosk-1'), '10.0.0.1')).toEqual({
      ok: false,
      refusal: { code: 'too-many-tries', params: { minutes: 1 } },
    });
    expect(again.enrolKiosk(codeFor('kiosk-1'), '10.0.0.2').ok).toBe(true);
    hall.clock.advance(60_000);
    expect(again.enrolKiosk(codeFor('kiosk-1'), '10.0.0.1').ok).toBe(true);
  });

  it('[ID7] only a manager makes a code', async () => {
    const { hall, identity } = make();
    const api = createIdentityApi(hall, identity, () => '');
    const call = { params: { id: 'kiosk-1' }, query: undefined, body: undefined } as const;
    expect(
      await api.kioskCode({ ...call, caller: { kind: 'staff', name: 'li', role: 'clerk' } }),
    ).toMatchObject({ refusal: { code: 'not-allowed' } });
    expect(await api.kioskCode({ ...call, caller: { kind: 'kiosk', id: 'kiosk-1' } })).toMatchObject({
      refusal: { code: 'not-allowed' },
    });
    expect(
      await api.kioskCode({ ...call, caller: { kind: 'staff', name: 'wang', role: 'manager' } }),
    ).toMatchObject({ ok: true });
  });

  it('[HT10] demo helpers answer in demo mode only', async () => {
    const call = { params: undefined, query: undefined, body: undefined, caller: { kind: 'none' } } as const;
    const real = make();
    expect(await createIdentityApi(real.hall, real.identity, () => 'x').demo(call)).toMatchObject({
      refusal: { code: 'not-found' },
    });
    const demo = make(makeHall({ config: { demo: true } }));
    const answer = await createIdentityApi(
      demo.hall,
      demo.identity,
      () => 'http://127.0.0.1:7090/phone/',
    ).demo(call);
    if (!answer.ok) throw new Error('refused');
    expect(answer.value.kiosks.map((each) => each.kiosk)).toEqual(['kiosk-1', 'kiosk-2']);
    expect(demo.identity.enrolKiosk(answer.value.kiosks[1]?.code ?? '', '127.0.0.1')).toMatchObject({
      value: { kiosk: 'kiosk-2' },
    });
  });
});

describe('staff', () => {
  const wang = { name: 'wang', password: 'correct horse', role: 'manager' } as const;

  it('[ID1] no code, token or password is anywhere in the database', async () => {
    const { hall, identity, codeFor, enrol } = make();
    const code = codeFor('kiosk-1');
    const token = enrol('kiosk-2');
    await identity.setStaff(wang, 'hall');
    const session = await identity.signIn('wang', 'correct horse', '::1');
    if (!session.ok) throw new Error('refused');
    const stored = everyCell(hall);
    expect(stored).toContain('kiosk-2');
    for (const secret of [code, token, 'correct horse', session.value.token])
      expect(stored).not.toContain(secret);
  });

  it('[ID4] the stored hash is scrypt as others compute it, and a flood is turned away', async () => {
    expect(SCRYPT_COST).toBe(131_072);
    // RFC 7914, section 12: N = 1024, r = 8, p = 16 cannot be asked here; N = 16384, r = 8, p = 1 can.
    const known = createPasswordHasher(16_384);
    const bytes = await known.hash('pleaseletmein', new TextEncoder().encode('SodiumChloride'));
    expect(Buffer.from(bytes ?? []).toString('hex')).toBe(
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2',
    );
    const hasher = createPasswordHasher(quick);
    const all = await Promise.all(Array.from({ length: 12 }, () => hasher.hash('x', new Uint8Array(16))));
    expect(all.filter((each) => each === undefined)).toHaveLength(4);
    expect(await hasher.hash('x', new Uint8Array(16))).toBeDefined();
  });

  it('[ID5] five wrong passwords block the name and the address, doubling; a right one clears', async () => {
    const { hall, identity } = make();
    await identity.setStaff(wang, 'hall');
    for (let index = 0; index < 5; index += 1)
      expect(codeOf(await identity.signIn('wang', 'no', '10.0.0.1'))).toBe('staff-sign-in-wrong');
    expect(await identity.signIn('wang', wang.password, '10.0.0.9')).toMatchObject({
      refusal: { code: 'too-many-tries', params: { minutes: 1 } },
    });
    hall.clock.advance(60_000);
    expect(codeOf(await identity.signIn('wang', 'no', '10.0.0.1'))).toBe('staff-sign-in-wrong');
    expect(await identity.signIn('wang', wang.password, '10.0.0.9')).toMatchObject({
      refusal: { params: { minutes: 2 } },
    });
    hall.clock.advance(120_000);
    expect((await identity.signIn('wang', wang.password, '10.0.0.9')).ok).toBe(true);
  });

  it('[ID5] an unknown name gets the answer of a wrong password and is counted', async () => {
    const { identity } = make();
    for (let index = 0; index < 5; index += 1)
      expect(codeOf(await identity.signIn('nobody', 'no', '10.0.0.1'))).toBe('staff-sign-in-wrong');
    expect(codeOf(await identity.signIn('nobody', 'no', '10.0.0.2'))).toBe('too-many-tries');
  });

  it('[ID6] a session lives while it is used, never beyond 12 hours, and ends at sign-out', async () => {
    const { hall, identity } = make();
    await identity.makeFirstStaff([wang]);
    const signIn = async (): Promise<string> => {
      const result = await identity.signIn('wang', wang.password, '::1');
      if (!result.ok) throw new Error(result.refusal.code);
      return result.value.token;
    };
    const idle = await signIn();
    hall.clock.advance(SESSION_IDLE_MS - 1);
    expect(identity.staffOf(idle, 'looked')).toEqual({ name: 'wang', role: 'manager' });
    hall.clock.advance(1);
    expect(identity.staffOf(idle)).toBeUndefined();

    const busy = await signIn();
    let lived = 0;
    while (identity.staffOf(busy) !== undefined) {
      hall.clock.advance(10 * 60_000);
      lived += 10 * 60_000;
    }
    expect(lived).toBe(SESSION_LONGEST_MS);

    const left = await signIn();
    expect(await signIn()).not.toBe(left);
    identity.signOut(left);
    expect(identity.staffOf(left)).toBeUndefined();
    expect(hall.auditRows().map((row) => row.action)).toContain('staff.sign-out');
  });
});

describe('keys', () => {
  it('[ID8] the issuing key is announced once, stays, and verifies only what it signed', () => {
    const hall = makeHall();
    const message = new TextEncoder().encode('grant');
    const { keyId, signature } = hall.keys.issue(message);
    expect(keyId).toBe(0x80);
    expect(hall.keys.verify(0x80, message, signature)).toBe(true);
    expect(hall.keys.verify(0x80, new TextEncoder().encode('grand'), signature)).toBe(false);
    expect([
      hall.keys.verify(0x81, message, signature),
      hall.keys.verify(0x01, message, signature),
      hall.keys.knows(0x81),
    ]).toEqual([false, false, false]);
    const again = createKeyRing(hall);
    expect(again.verify(0x80, message, signature)).toBe(true);
    expect(hall.facts().filter((fact) => fact.type === 'issuing-key.added')).toHaveLength(1);
    const other = makeHall({ seed: 2 });
    expect(other.keys.verify(0x80, message, signature)).toBe(false);
  });

  it('[ID8] K_hall: the current epoch, then the previous; none before the first contact', () => {
    const hall = makeHall();
    expect(hall.keys.hallKeys()).toEqual([]);
    const day = 86_400_000;
    const at = (offset: number): string => new Date(hall.clock.now() + offset * day).toISOString();
    for (const [epoch, from] of [
      [1, -70],
      [2, -40],
      [3, -10],
      [4, 20],
    ] as const) {
      hall.feed('hall-key', {
        epoch,
        key: Buffer.alloc(32, epoch).toString('base64'),
        validFrom: at(from),
        validTo: at(from + 30),
      });
    }
    expect(hall.keys.hallKeys().map((each) => each.epoch)).toEqual([3, 2]);
    expect(hall.keys.hallKeys()[0]?.key).toEqual(new Uint8Array(32).fill(3));
    hall.clock.jump(20 * day);
    expect(hall.keys.hallKeys().map((each) => each.epoch)).toEqual([4, 3]);
  });
});
