import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Millis } from '../../contract/ports.ts';
import type { Result } from '../../contract/refusals.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Base } from '../base.ts';
import type { Members } from '../members/members.service.ts';
import { cleanMobile } from '../members/members.service.ts';
import { one } from '../store/sql.ts';
import { countTry } from './tries.ts';
import type { TryLimit } from './tries.ts';

const MINUTE = 60_000;
export const CODE_LIFE: Millis = 5 * MINUTE;
export const CODE_TRIES = 5;
export const SESSION_LIFE: Millis = 30 * 24 * 60 * MINUTE;
const CODES: TryLimit = { kind: 'code', count: 5, within: 15 * MINUTE };
const CODES_FROM: TryLimit = { kind: 'code-from', count: 30, within: 15 * MINUTE };
const SIGN_INS: TryLimit = { kind: 'sign-in', count: 20, within: 15 * MINUTE };
const SIGN_INS_FROM: TryLimit = { kind: 'sign-in-from', count: 100, within: 15 * MINUTE };

/** Who a phone's cookie proves, and the hall it is looking at. */
export interface PhoneCaller {
  readonly member: string;
  readonly hall: number;
  /** Names the session without being its token. */
  readonly session: string;
}

/** Where a request comes from. */
export interface From {
  readonly address: string;
  /** The connection's own peer is this machine. */
  readonly loopback: boolean;
}

export interface PhoneSignIn {
  /** Makes a code and has it sent. The code is in the answer only in demo mode and to this very machine [PH1]. */
  requestCode(mobile: string, from: From): Promise<Result<{ sent: true; demoCode: string | null }>>;
  /** Code -> a session's token, to be set as a cookie and nowhere else. */
  signIn(mobile: string, code: string, from: From): Promise<Result<{ token: string; nameMasked: string }>>;
  /** Undefined when the token is unknown, over, or its member is blocked. */
  callerOf(token: string): Promise<PhoneCaller | undefined>;
  signOut(token: string): Promise<void>;
  /** The phone looks at another hall from now on, and acts there. */
  switchHall(session: string, hall: number): Promise<void>;
}

export interface PhoneSignInOptions {
  readonly demo: boolean;
  /** Key of the hashes of codes: a stolen table of six-digit codes must not be readable by trying all of them. */
  readonly secret: Uint8Array;
  /** Sends a code by text message; without one only demo mode can sign people in. */
  readonly sendCode?: (mobile: string, code: string) => Promise<void>;
}

export function createPhoneSignIn(base: Base, members: Members, options: PhoneSignInOptions): PhoneSignIn {
  const { clock, db, random } = base;
  const key = createHmac('sha256', options.secret).update('union-hall phone code v1').digest();
  const codeHash = (mobile: string, code: string): Buffer =>
    createHmac('sha256', key).update(`${mobile}|${code}`).digest();

  return {
    requestCode: async (typed, from) => {
      const mobile = cleanMobile(typed);
      if (mobile === undefined) return wrongMobile();
      const shown = options.demo && from.loopback;
      if (!shown && options.sendCode === undefined) return refused('part-unavailable');
      const allowed = await countTry(base, CODES, mobile);
      if (!allowed.ok) return allowed;
      if (!shown) {
        const allowedFrom = await countTry(base, CODES_FROM, from.address);
        if (!allowedFrom.ok) return allowedFrom;
      }
      const member = await members.byMobile(db, mobile);
      // The same answer for a number nobody has: the page must not tell who is a member [PH2].
      if (member === undefined || member.blocked) return accepted({ sent: true, demoCode: null });
      const code = sixDigits((length) => random.bytes(length));
      await db.query(
        'INSERT INTO phone_code (mobile, hash, expires_at, tries) VALUES ($1, $2, $3, 0) ON CONFLICT (mobile) DO UPDATE SET hash = $2, expires_at = $3, tries = 0',
        [mobile, codeHash(mobile, code).toString('hex'), clock.now() + CODE_LIFE],
      );
      if (shown) return accepted({ sent: true, demoCode: code });
      await options.sendCode?.(mobile, code);
      return accepted({ sent: true, demoCode: null });
    },
    signIn: async (typed, code, from) => {
      const mobile = cleanMobile(typed);
      if (mobile === undefined) return wrongMobile();
      const allowed = await countTry(base, SIGN_INS, mobile);
      if (!allowed.ok) return allowed;
      if (!(options.demo && from.loopback)) {
        const allowedFrom = await countTry(base, SIGN_INS_FROM, from.address);
        if (!allowedFrom.ok) return allowedFrom;
      }
      // Counted in the same statement that reads it: many guesses at once cannot share one try.
      const kept = await one<{ hash: string }>(
        db,
        'UPDATE phone_code SET tries = tries + 1 WHERE mobile = $1 AND tries < $2 AND expires_at > $3 RETURNING hash',
        [mobile, CODE_TRIES, clock.now()],
      );
      const given = codeHash(mobile, code.trim());
      const right = timingSafeEqual(
        given,
        kept === undefined ? codeHash('', '') : Buffer.from(kept.hash, 'hex'),
      );
      if (kept === undefined || !right) return refused('code-wrong');
      // Used once: whoever deletes it signs in.
      const used = await db.query('DELETE FROM phone_code WHERE mobile = $1 AND hash = $2 RETURNING mobile', [
        mobile,
        kept.hash,
      ]);
      const member = await members.byMobile(db, mobile);
      if (used.length === 0 || member === undefined || member.blocked) return refused('code-wrong');
      const hall = (await members.hallsOf(db, member.id))[0];
      if (hall === undefined) return refused('hall-unknown');
      const token = Buffer.from(random.bytes(32)).toString('base64url');
      await db.query('DELETE FROM phone_session WHERE expires_at <= $1', [clock.now()]);
      await db.query(
        'INSERT INTO phone_session (token_hash, member, hall, expires_at) VALUES ($1, $2, $3, $4)',
        [tokenHash(token), member.id, hall, clock.now() + SESSION_LIFE],
      );
      return accepted({ token, nameMasked: member.name_masked });
    },
    callerOf: async (token) =>
      one<PhoneCaller>(
        db,
        'SELECT s.member, s.hall, s.token_hash AS session FROM phone_session s JOIN member m ON m.id = s.member WHERE s.token_hash = $1 AND s.expires_at > $2 AND NOT m.blocked',
        [tokenHash(token), clock.now()],
      ),
    signOut: async (token) => {
      await db.query('DELETE FROM phone_session WHERE token_hash = $1', [tokenHash(token)]);
    },
    switchHall: async (session, hall) => {
      await db.query('UPDATE phone_session SET hall = $2 WHERE token_hash = $1', [session, hall]);
    },
  };
}

function wrongMobile(): Result<never> {
  return {
    ok: false,
    refusal: {
      code: 'answers-wrong',
      params: { count: 1 },
      fields: {
        mobile: {
          zh: '手机号是 11 位，从 1 开头，请再看一遍。',
          en: 'A mobile number has 11 digits and begins with 1; please check it.',
        },
      },
    },
  };
}

/** Tokens have 256 random bits: a plain hash is enough. */
function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Six digits, unbiased: bytes of 250 and more are skipped. */
function sixDigits(bytes: (length: number) => Uint8Array): string {
  let digits = '';
  while (digits.length < 6)
    for (const byte of bytes(8)) if (byte < 250 && digits.length < 6) digits += String(byte % 10);
  return digits;
}
