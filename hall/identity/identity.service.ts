import { createHash } from 'node:crypto';
import type { HallConfig } from '../../contract/config.ts';
import type { Clock, Millis, Random } from '../../contract/ports.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import { toInstant } from '../../contract/time.ts';
import type { Store } from '../ports.ts';
import { blockAfter, FORGET_AFTER_MS } from './backoff.rules.ts';
import { createIdentityStore } from './identity.store.ts';
import { createPasswordHasher, sameBytes } from './password.ts';
import type { PasswordHasher } from './password.ts';

/** A one-time kiosk code lives this long. */
export const CODE_LIFE_MS: Millis = 15 * 60_000;
/** A staff session ends this long after sign-in, and this long after its last use. */
export const SESSION_LONGEST_MS: Millis = 12 * 3_600_000;
export const SESSION_IDLE_MS: Millis = 15 * 60_000;
/** The last use is written at most this often: reading the board must not write at every glance. */
const TOUCH_EVERY_MS: Millis = 30_000;
/** Without 0, O, 1, I, L, U: read aloud and typed without doubt. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 8;

export interface StaffIdentity {
  readonly name: string;
  readonly role: 'clerk' | 'manager';
}

export interface IdentityService {
  /** A one-time code for a configured kiosk; 15 minutes, stored hashed. */
  kioskCode(kiosk: string, by: string): Result<{ code: string }>;
  /** Code -> token for the kiosk's cookie; an earlier token of the same kiosk ends. `from` is who asks, for back-off. */
  enrolKiosk(code: string, from: string): Result<{ kiosk: string; token: string }>;
  /** The kiosk a cookie token belongs to. */
  kioskOf(token: string): string | undefined;
  signIn(name: string, password: string, from: string): Promise<Result<StaffIdentity & { token: string }>>;
  /** The member of staff a session token belongs to; counts as use unless a page looks by itself. */
  staffOf(token: string, use?: 'used' | 'looked'): StaffIdentity | undefined;
  signOut(token: string): void;
  /** Makes or replaces an account. */
  setStaff(account: { name: string; password: string; role: 'clerk' | 'manager' }, by: string): Promise<void>;
  /** Accounts of the configuration, made when there are none yet. */
  makeFirstStaff(accounts: HallConfig['firstStaff']): Promise<void>;
}

/** Who may call: kiosks by an enrolled token, staff by password and session. Secrets are stored as hashes only [ID1]. */
export function createIdentityService(parts: {
  readonly config: HallConfig;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly hasher?: PasswordHasher;
}): IdentityService {
  const { config, store, clock, random } = parts;
  const rows = createIdentityStore(store.db);
  const hasher = parts.hasher ?? createPasswordHasher();
  const token = (): string => Buffer.from(random.bytes(32)).toString('base64url');

  const blockedMinutes = (subject: string): number => {
    const left = (rows.failure.get(subject)?.blocked_until ?? 0) - clock.now();
    // A clock set back must not lock people out for years.
    return left > 0 && left <= FORGET_AFTER_MS ? Math.ceil(left / 60_000) : 0;
  };
  const failed = (subject: string): void => {
    const now = clock.now();
    const before = rows.failure.get(subject);
    const count =
      (before === undefined || Math.abs(now - before.last_at) > FORGET_AFTER_MS ? 0 : before.count) + 1;
    rows.setFailure.run(subject, count, now, now + blockAfter(count));
  };

  const setStaff = async (
    account: { name: string; password: string; role: 'clerk' | 'manager' },
    by: string,
  ): Promise<void> => {
    const salt = random.bytes(16);
    const hash = await hasher.hash(account.password, salt);
    if (hash === undefined) throw new Error('too many passwords are being hashed');
    store.transaction((tx) => {
      rows.setStaff.run(
        account.name,
        account.role,
        Buffer.from(salt).toString('hex'),
        Buffer.from(hash).toString('hex'),
      );
      tx.audit({ actor: by, action: 'staff.set', subject: account.name, detail: { role: account.role } });
      return undefined;
    });
  };

  return {
    kioskCode: (kiosk, by) => {
      if (!config.kiosks.some((each) => each.id === kiosk)) return refused('not-found');
      const code = codeFrom(random);
      store.transaction((tx) => {
        rows.dropOldCodes.run(clock.now());
        rows.addCode.run(hashOf(code), kiosk, clock.now() + CODE_LIFE_MS);
        tx.audit({ actor: by, action: 'kiosk.code', subject: kiosk });
        return undefined;
      });
      return accepted({ code });
    },
    enrolKiosk: (code, from) => {
      const subject = `enrol:${from}`;
      const minutes = blockedMinutes(subject);
      if (minutes > 0) return refused('too-many-tries', { minutes });
      return store.transaction((tx): Result<{ kiosk: string; token: string }> => {
        const hash = hashOf(code.replaceAll(/[\s-]/g, '').toUpperCase());
        const row = rows.codeByHash.get(hash);
        if (
          row === undefined ||
          row.expires_at <= clock.now() ||
          !config.kiosks.some((each) => each.id === row.kiosk)
        ) {
          failed(subject);
          return refused('enrol-code-wrong');
        }
        const made = token();
        rows.dropCode.run(hash);
        rows.dropFailure.run(subject);
        rows.setToken.run(row.kiosk, hashOf(made), toInstant(clock.now()));
        tx.audit({ actor: `kiosk:${row.kiosk}`, action: 'kiosk.enrol', subject: row.kiosk });
        return accepted({ kiosk: row.kiosk, token: made });
      });
    },
    kioskOf: (held) => {
      const kiosk = rows.kioskByToken.get(hashOf(held));
      return kiosk !== undefined && config.kiosks.some((each) => each.id === kiosk) ? kiosk : undefined;
    },
    signIn: async (name, password, from) => {
      const subjects = [`staff:${name}`, `sign-in:${from}`];
      const minutes = Math.max(...subjects.map(blockedMinutes));
      if (minutes > 0) return refused('too-many-tries', { minutes });
      const row = rows.staffByName.get(name);
      // An unknown name costs the same work, so that time tells nothing.
      const hash = await hasher.hash(password, Buffer.from(row?.salt ?? '00'.repeat(16), 'hex'));
      if (hash === undefined) return refused('too-many-tries', { minutes: 1 });
      const right =
        sameBytes(hash, Buffer.from(row?.password_hash ?? '00'.repeat(32), 'hex')) && row !== undefined;
      return store.transaction((tx): Result<StaffIdentity & { token: string }> => {
        if (!right) {
          for (const subject of subjects) failed(subject);
          tx.audit({
            actor: 'hall',
            action: 'staff.sign-in-wrong',
            subject: row === undefined ? 'unknown' : row.name,
          });
          return refused('staff-sign-in-wrong');
        }
        for (const subject of subjects) rows.dropFailure.run(subject);
        const made = token();
        const now = clock.now();
        rows.dropOldSessions.run(now - SESSION_LONGEST_MS);
        rows.addSession.run(hashOf(made), row.name, now, now);
        tx.audit({ actor: `staff:${row.name}`, action: 'staff.sign-in', subject: row.name });
        return accepted({ name: row.name, role: row.role, token: made });
      });
    },
    staffOf: (held, use = 'used') => {
      const hash = hashOf(held);
      const row = rows.sessionByToken.get(hash);
      if (row === undefined) return undefined;
      const now = clock.now();
      // A session from the future belongs to a clock that was wrong: it ends too.
      if (
        now - row.started_at >= SESSION_LONGEST_MS ||
        now - row.used_at >= SESSION_IDLE_MS ||
        now < row.started_at - SESSION_IDLE_MS
      ) {
        rows.dropSession.run(hash);
        return undefined;
      }
      if (use === 'used' && now - row.used_at >= TOUCH_EVERY_MS) rows.touchSession.run(now, hash);
      return { name: row.name, role: row.role };
    },
    signOut: (held) => {
      store.transaction((tx) => {
        const row = rows.sessionByToken.get(hashOf(held));
        rows.dropSession.run(hashOf(held));
        if (row !== undefined)
          tx.audit({ actor: `staff:${row.name}`, action: 'staff.sign-out', subject: row.name });
        return undefined;
      });
    },
    setStaff,
    makeFirstStaff: async (accounts) => {
      if ((rows.countStaff.get() ?? 0) > 0) return;
      for (const account of accounts) await setStaff(account, 'hall');
    },
  };
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function codeFrom(random: Random): string {
  let code = '';
  while (code.length < CODE_LENGTH) {
    for (const byte of random.bytes(CODE_LENGTH)) {
      // Bytes beyond the last whole turn of the alphabet would favour its beginning.
      if (byte < 256 - (256 % ALPHABET.length) && code.length < CODE_LENGTH)
        code += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return code;
}
