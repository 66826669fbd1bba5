import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { phoneDemo } from '../../../../central/phone/phone.api.ts';
import {
  CODE_LIFE,
  CODE_TRIES,
  createPhoneSignIn,
  SESSION_LIFE,
} from '../../../../central/phone/sign-in.service.ts';
import { seedDemo } from '../../../../central/demo/seed.ts';
import { createCentralParts } from '../../../support/central-parts.ts';
import type { CentralParts } from '../../../support/central-parts.ts';

const ZHANG = '13800000001';
const LI = '13800000002';
const NOBODY = '13912345678';
const here = { address: '127.0.0.1', loopback: true };
const away = { address: '203.0.113.7', loopback: false };
const secret = new Uint8Array(32).fill(9);

let central: CentralParts;
beforeAll(async () => {
  central = await createCentralParts();
  await central.addHall(1);
  await seedDemo(central, 1);
});
afterAll(() => central.db.close());
beforeEach(async () => {
  await central.db.query('DELETE FROM phone_try');
  await central.db.query('DELETE FROM phone_code');
});

const demo = () => createPhoneSignIn(central.base, central.members, { demo: true, secret });
const real = (sent: string[] = []) =>
  createPhoneSignIn(central.base, central.members, {
    demo: false,
    secret,
    sendCode: (mobile, code) => {
      sent.push(`${mobile} ${code}`);
      return Promise.resolve();
    },
  });

async function codeFor(mobile: string): Promise<string> {
  const answer = await demo().requestCode(mobile, here);
  const code = answer.ok ? answer.value.demoCode : null;
  if (code === null) throw new Error('no code');
  return code;
}
const refusal = (answer: { ok: boolean; refusal?: { code: string } }) => answer.refusal?.code ?? 'accepted';

describe('one-time codes', () => {
  test('[PH1] signs in once, however the number is typed', async () => {
    const code = await codeFor('+86 138-0000-0001');
    expect(code).toMatch(/^\d{6}$/);
    const answer = await demo().signIn(ZHANG, ` ${code} `, here);
    expect(answer.ok ? answer.value.nameMasked : answer.refusal.code).toBe('张*国');
    expect(refusal(await demo().signIn(ZHANG, code, here))).toBe('code-wrong');
  });

  test('[PH1] two at the same moment with one code: one signs in', async () => {
    const code = await codeFor(ZHANG);
    const both = await Promise.all([demo().signIn(ZHANG, code, here), demo().signIn(ZHANG, code, here)]);
    expect(both.map(refusal).sort()).toEqual(['accepted', 'code-wrong']);
  });

  test('[PH1] five wrong tries, and the right code is dead too', async () => {
    const code = await codeFor(ZHANG);
    const wrong = code === '000000' ? '000001' : '000000';
    for (let index = 0; index < CODE_TRIES; index += 1)
      expect(refusal(await demo().signIn(ZHANG, wrong, here))).toBe('code-wrong');
    expect(refusal(await demo().signIn(ZHANG, code, here))).toBe('code-wrong');
  });

  test('[PH1] another member’s code does not fit, and a code five minutes old is over', async () => {
    const code = await codeFor(ZHANG);
    await codeFor(LI);
    expect(refusal(await demo().signIn(LI, code, here))).toBe('code-wrong');
    central.clock.jump(CODE_LIFE);
    expect(refusal(await demo().signIn(ZHANG, code, here))).toBe('code-wrong');
  });

  test('[PH1] is kept as a keyed hash: neither code nor plain hash is in the table', async () => {
    const code = await codeFor(ZHANG);
    const [row] = await central.db.query<{ hash: string }>('SELECT hash FROM phone_code');
    const plain = async (text: string) =>
      Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toString('hex');
    expect(row?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect([await plain(code), await plain(`${ZHANG}|${code}`)]).not.toContain(row?.hash);
    const other = createPhoneSignIn(central.base, central.members, {
      demo: true,
      secret: new Uint8Array(32),
    });
    expect(refusal(await other.signIn(ZHANG, code, here))).toBe('code-wrong');
  });

  test('[PH1] outside demo mode or off this machine the code goes by message only', async () => {
    const sent: string[] = [];
    const answer = await real(sent).requestCode(ZHANG, here);
    expect(answer).toEqual({ ok: true, value: { sent: true, demoCode: null } });
    expect(sent).toEqual([expect.stringMatching(/^13800000001 \d{6}$/)]);
    const [, code = ''] = sent[0]?.split(' ') ?? [];
    expect(refusal(await real().signIn(ZHANG, code, away))).toBe('accepted');
    expect(refusal(await demo().requestCode(ZHANG, away))).toBe('part-unavailable');
  });
});

describe('who is a member', () => {
  test('[PH2] is not told by asking for a code nor by trying one', async () => {
    const sent: string[] = [];
    expect(await real(sent).requestCode(NOBODY, away)).toEqual(await real().requestCode(LI, away));
    expect(sent).toEqual([]);
    expect(await real().signIn(NOBODY, '123456', away)).toEqual(await real().signIn(LI, 'abcdef', away));
  });

  test('[PH2] a number nobody can have is told apart at once', async () => {
    const answer = await demo().requestCode('12345', here);
    expect(answer.ok ? '' : answer.refusal.fields?.['mobile']?.en).toContain('11 digits');
    expect(refusal(await demo().signIn('', '1234', here))).toBe('answers-wrong');
  });
});

describe('limits', () => {
  test('[PH3] the sixth code within 15 minutes is refused, members or not, and a restart changes nothing', async () => {
    for (const mobile of [ZHANG, NOBODY]) {
      for (let index = 0; index < 5; index += 1)
        expect(refusal(await demo().requestCode(mobile, here))).toBe('accepted');
      expect(await demo().requestCode(mobile, here)).toEqual({
        ok: false,
        refusal: { code: 'too-many-tries', params: { minutes: 15 } },
      });
    }
    central.clock.jump(15 * 60_000);
    expect(refusal(await demo().requestCode(ZHANG, here))).toBe('accepted');
  });

  test('[PH3] one address cannot ask for everybody', async () => {
    const answers: string[] = [];
    for (let index = 0; index < 31; index += 1)
      answers.push(refusal(await real().requestCode(String(13_700_000_000 + index), away)));
    expect(answers.filter((each) => each === 'accepted').length).toBe(30);
    expect(answers.at(-1)).toBe('too-many-tries');
  });

  test('[PH3] guesses are counted over all codes, at the same moment too', async () => {
    const answers = await Promise.all(
      Array.from({ length: 24 }, () => demo().signIn(ZHANG, '000000', here).then(refusal)),
    );
    expect(answers.filter((each) => each === 'too-many-tries').length).toBe(4);
  });
});

describe('sessions', () => {
  const enter = async (mobile: string): Promise<string> => {
    const answer = await demo().signIn(mobile, await codeFor(mobile), here);
    if (!answer.ok) throw new Error(answer.refusal.code);
    return answer.value.token;
  };

  test('[PH4] only the hash is stored; signing out ends one session and no other', async () => {
    const [first, second] = [await enter(ZHANG), await enter(ZHANG)];
    expect(Buffer.from(first, 'base64url').length).toBe(32);
    const stored = await central.db.query<{ token_hash: string }>('SELECT token_hash FROM phone_session');
    expect(stored.map((row) => row.token_hash)).not.toContain(first);
    const caller = await demo().callerOf(first);
    expect(caller?.hall).toBe(1);
    expect(await demo().callerOf(caller?.session ?? '')).toBeUndefined();
    await demo().signOut(first);
    expect(await demo().callerOf(first)).toBeUndefined();
    expect(await demo().callerOf(second)).toBeDefined();
    central.clock.jump(SESSION_LIFE);
    expect(await demo().callerOf(second)).toBeUndefined();
  });

  test('[PH4] a blocked member is out at once and gets no code', async () => {
    const token = await enter(LI);
    await central.db.query('UPDATE member SET blocked = true WHERE mobile = $1', [LI]);
    expect(await demo().callerOf(token)).toBeUndefined();
    expect(await demo().requestCode(LI, here)).toEqual({ ok: true, value: { sent: true, demoCode: null } });
    await central.db.query('UPDATE member SET blocked = false WHERE mobile = $1', [LI]);
    expect(await demo().callerOf(token)).toBeDefined();
  });
});

test('[PH9] made-up members are listed in demo mode only', () => {
  const list = phoneDemo(true);
  expect(list.ok ? list.value.members[0] : undefined).toEqual({ mobile: ZHANG, nameMasked: '张*国' });
  expect(list.ok ? list.value.members.length : 0).toBe(6);
  expect(refusal(phoneDemo(false))).toBe('not-found');
});
