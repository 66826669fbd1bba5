import { createHash, timingSafeEqual } from 'node:crypto';
import {
  decodeQr,
  deriveKey,
  movingSecret,
  movingTag,
  stepOf,
  typedDigits,
} from '../../contract/access-code.ts';
import type { DerivedKey, Grant, Purpose, ScannedGrant } from '../../contract/access-code.ts';
import type { Member } from '../../contract/feed.ts';
import type { LockerCode, MemberCredential } from '../../contract/hall-api.ts';
import type { CancelTimer, Millis, UnixMillis } from '../../contract/ports.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import { localTime } from '../../contract/local-time.ts';
import type { HallContext, MemberProof, ProvedGrant, Transaction } from '../ports.ts';
import { createAccessStore } from './access.store.ts';
import { FirstAnswers } from './first-answers.ts';
import { grantWindow, judgeGrant } from './grant.rules.ts';
import type { GrantEvidence, GrantJudgement } from './grant.rules.ts';
import { createLimiter } from './limiter.ts';
import type { Limiter } from './limiter.ts';
import { DAY_MS } from './limits.rules.ts';

/** A QR that passed every check but the state of its lease, registration or booking. */
export interface VerifiedGrant extends ProvedGrant {
  readonly grant: Grant;
  /** Step of the moving part; undefined for printed grants, and when it could not be proved genuine. */
  readonly step: number | undefined;
  /** Whether this grant was used before (a check-in undone since does not count). */
  readonly usedBefore: boolean;
}

/** What the typed code of a compartment is made from; uuid is null while only a grant is known. */
export interface TypedLease {
  readonly uuid: string | null;
  readonly generation: number;
}

export interface AccessService extends MemberProof {
  /** The time codes are judged by. Unproved: never earlier than the last fact of a believed clock [AC9]. */
  now(): { readonly at: UnixMillis; readonly proved: boolean };
  /** The purpose a QR names, unverified: only to choose who verifies it. */
  purposeOf(text: string): Purpose | undefined;
  /** Verifies in the fixed order; uses nothing up. */
  verifyQr(text: string, kiosk: string, purpose: Purpose): Result<VerifiedGrant>;
  /** Uses the grant up, in the transaction that also writes what it was used for. */
  consume(tx: Transaction, verified: VerifiedGrant, kiosk: string): void;
  /** An undone check-in gives the grant back; its steps stay used. */
  release(grantId: string): void;
  /** Compartment + 8 digits against the lease the hall holds there, if any; same answer and same work for every failure. */
  lockerCode(code: LockerCode, kiosk: string, lease: TypedLease | undefined): Result<true>;
  /** The 8 digits of a lease by the current key; undefined before the hall has any K_hall. */
  digitsFor(uuid: string, compartment: number, generation: number): string | undefined;
  isDenied(memberRef: string, grantId?: string): boolean;
  readonly firstAnswers: FirstAnswers;
  readonly limits: Limiter;
  start(): void;
  stop(): void;
}

/** Grants are remembered this long after their end, in case a clock goes back. */
const KEEP_USES_MS: Millis = 30 * DAY_MS;
/** The same refusal of the same grant is audited once in this time: a camera reads ten times a second. */
const AUDIT_AGAIN_MS: Millis = 60_000;
const NO_KEY = new Uint8Array(32);
const NO_LEASE = '00000000-0000-0000-0000-000000000000';

/** Access codes of one hall: rules AC of hall/SPEC.md. */
export function createAccessService(context: HallContext): AccessService {
  const { config, clock, store, reference, trust, keys, alarms } = context;
  const rows = createAccessStore(store.db);
  const limits = createLimiter(context, rows);
  const firstAnswers = new FirstAnswers(clock);
  const derivedKeys = new Map<string, Uint8Array>();
  /** HKDF costs more than all other checks of a code together, and its result changes once in 30 days. */
  const derived = (key: Uint8Array, use: DerivedKey): Uint8Array => {
    const name = `${use}|${Buffer.from(key).toString('base64')}`;
    const known = derivedKeys.get(name);
    if (known !== undefined) return known;
    if (derivedKeys.size > 16) derivedKeys.clear();
    const made = deriveKey(key, use);
    derivedKeys.set(name, made);
    return made;
  };
  const audited = new Map<string, Millis>();
  let timer: CancelTimer | undefined;

  const now = (): { at: UnixMillis; proved: boolean } => {
    if (trust.proved()) return { at: clock.now(), proved: true };
    return { at: Math.max(clock.now(), rows.lastBelievedAt() ?? 0), proved: false };
  };
  const isDenied = (memberRef: string, grantId?: string): boolean => {
    if (reference.get('member', memberRef)?.blocked === true) return true;
    const { at } = now();
    return rows.deniedUntil(grantId, memberRef).some((until) => until > at);
  };
  const tagValid = (scanned: ScannedGrant): boolean | 'no-key' => {
    const { moving } = scanned;
    if (moving === undefined) return false;
    const known = keys.hallKeys();
    if (known.length === 0) return 'no-key';
    let valid = false;
    for (const { key } of known) {
      const tag = movingTag(
        movingSecret(derived(key, 'qr-moving'), scanned.grant.grantId),
        stepOf(moving.time),
      );
      valid = timingSafeEqual(tag, moving.tag) || valid;
    }
    return valid;
  };

  const evidenceFor = (purpose: Purpose | undefined): GrantEvidence => {
    const time = now();
    return {
      hall: config.hall,
      purpose,
      now: time.at,
      clockProved: time.proved,
      signatureValid: ({ grant, signed, signature }) => keys.verify(grant.keyId, signed, signature),
      tagValid,
      lastStep: (grantId) => rows.use(grantId)?.lastStep,
      usedBefore: (grantId) => (rows.use(grantId)?.uses ?? 0) > 0,
      denied: ({ grant }) => isDenied(grant.memberRef, grant.grantId),
      timeOfDay: (at) => localTime(at, config.timeZone),
    };
  };

  function auditRefusal(kiosk: string, judged: Extract<GrantJudgement, { ok: false }>): void {
    // Without a valid signature there is no grant to speak of, and anybody could fill the audit.
    if (judged.scanned === undefined || judged.check === 'signature') return;
    const subject = judged.scanned.grant.grantId;
    const key = `${kiosk}|${subject}|${judged.check}`;
    const steady = clock.monotonic();
    const before = audited.get(key);
    if (before !== undefined && steady - before < AUDIT_AGAIN_MS) return;
    if (audited.size > 1000) audited.clear();
    audited.set(key, steady);
    store.transaction((tx) => {
      tx.audit({
        actor: `kiosk:${kiosk}`,
        action: 'grant.refused',
        subject,
        detail: { check: judged.check, code: judged.refusal.code },
      });
      return undefined;
    });
  }

  function verifyQr(text: string, kiosk: string, purpose: Purpose): Result<VerifiedGrant> {
    const evidence = evidenceFor(purpose);
    const judged = judgeGrant(text, evidence);
    if (!judged.ok) {
      auditRefusal(kiosk, judged);
      return { ok: false, refusal: judged.refusal };
    }
    const { grant, moving } = judged.scanned;
    const skipped = !evidence.clockProved && moving !== undefined;
    // With a proved clock the tag was checked. Without, a genuine step is still remembered, so that
    // these bytes do not work again once the clock is right.
    const genuine = moving !== undefined && (!skipped || tagValid(judged.scanned) === true);
    return accepted({
      grant,
      grantId: grant.grantId,
      memberRef: grant.memberRef,
      target: grant.target,
      credential: grant.printed ? 'qr-printed' : 'qr-app',
      clockUnproved: skipped,
      step: genuine ? stepOf(moving.time) : undefined,
      usedBefore: (rows.use(grant.grantId)?.uses ?? 0) > 0,
    });
  }

  function consume(tx: Transaction, verified: VerifiedGrant, kiosk: string): void {
    const { grant } = verified;
    rows.recordUse({
      grantId: grant.grantId,
      purpose: grant.purpose,
      step: verified.step,
      unproved: verified.clockUnproved,
      at: clock.now(),
      endsAt: grantWindow(grant).until,
    });
    if (!verified.clockUnproved) return;
    tx.audit({ actor: `kiosk:${kiosk}`, action: 'grant.clock-unproved', subject: grant.grantId });
    tx.afterCommit(() =>
      alarms.raise('clock-unproved', {
        zh: '本机时间还没有核对，刚才有码只核对了签名就放行。请检查网络和时间。',
        en: 'The clock of this hall is not proved: a code was accepted on its signature alone. Check network and time.',
      }),
    );
  }

  function typedMember(credential: MemberCredential, kiosk: string): Result<Member> {
    const number = credential.memberNumber.replace(/[\s-]/g, '');
    const subject = `member:${number}`;
    const allowed = limits.allowed(kiosk, subject);
    if (!allowed.ok) return allowed;
    const member = reference.memberByNumber(number);
    const right = sameText(credential.phoneLast4.trim(), member?.phoneLast4 ?? 'none');
    if (member === undefined || !right) {
      limits.wrong(kiosk, subject);
      return refused('member-unknown');
    }
    limits.right(subject);
    return isDenied(member.memberRef) ? refused('grant-revoked') : accepted(member);
  }

  function lockerCode(code: LockerCode, kiosk: string, lease: TypedLease | undefined): Result<true> {
    const subject = `compartment:${String(code.compartment)}`;
    const allowed = limits.allowed(kiosk, subject);
    if (!allowed.ok) return allowed;
    const typed = code.digits.replace(/[\s-]/g, '');
    const known = keys.hallKeys();
    // Always two keys' worth of work, also for a compartment that does not exist [AC11].
    let right = false;
    for (const slot of [0, 1] as const) {
      const key = known[slot]?.key;
      const digits = typedDigits(
        derived(key ?? NO_KEY, 'typed-code'),
        lease?.uuid ?? NO_LEASE,
        code.compartment & 0xffff,
        lease?.generation ?? 0,
      );
      const same = sameText(typed, digits);
      right = (same && key !== undefined && lease?.uuid !== undefined && lease.uuid !== null) || right;
    }
    if (!right) {
      limits.wrong(kiosk, subject);
      return refused(lease !== undefined && lease.uuid === null ? 'show-qr-instead' : 'code-wrong');
    }
    limits.right(subject);
    return accepted(true);
  }

  function useBookingGrant<T>(
    text: string,
    kiosk: string,
    act: (grant: ProvedGrant, tx: Transaction) => Result<T>,
  ): Result<T> {
    const first = firstAnswers.get<Result<T>>('booking', kiosk, text);
    if (first !== undefined) return first;
    const verified = verifyQr(text, kiosk, 'booking');
    if (!verified.ok) return verified;
    if (verified.value.usedBefore) return refused('grant-spent');
    const answer = undoingRefusals(() =>
      store.transaction((tx) => {
        consume(tx, verified.value, kiosk);
        const result = act(verified.value, tx);
        if (!result.ok) throw new Undo(result);
        return result as never;
      }),
    ) as Result<T>;
    return answer.ok ? firstAnswers.keep('booking', kiosk, text, answer) : answer;
  }

  const prune = (): void => {
    const at = clock.now();
    store.transaction(() => {
      rows.prune(at - KEEP_USES_MS, at - 2 * DAY_MS, at);
      return undefined;
    });
    timer = clock.after(DAY_MS, prune);
  };

  return {
    now,
    purposeOf: (text) => {
      const scanned = decodeQr(text);
      return typeof scanned === 'string' ? undefined : scanned.grant.purpose;
    },
    verifyQr,
    consume,
    release: (grantId) => rows.freeUse(grantId),
    typedMember,
    lockerCode,
    digitsFor: (uuid, compartment, generation) => {
      const key = keys.hallKeys()[0]?.key;
      return key === undefined
        ? undefined
        : typedDigits(derived(key, 'typed-code'), uuid, compartment, generation);
    },
    isDenied,
    useBookingGrant,
    firstAnswers,
    limits,
    start: () => {
      if (timer === undefined) prune();
    },
    stop: () => {
      timer?.();
      timer = undefined;
    },
  };
}

/** Carries a refusal out of a transaction that must not commit. */
class Undo extends Error {
  override readonly name = 'Undo';
  readonly result: unknown;
  constructor(result: unknown) {
    super('undone');
    this.result = result;
  }
}

function undoingRefusals(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (error instanceof Undo) return error.result;
    throw error;
  }
}

/** Compares digests, so that neither content nor length shows in the time it takes. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
