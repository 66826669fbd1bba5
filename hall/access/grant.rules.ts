import { decodeQr, STEP_SECONDS, stepOf } from '../../contract/access-code.ts';
import type { GrantFormatFault, Purpose, ScannedGrant } from '../../contract/access-code.ts';
import type { Millis, UnixMillis } from '../../contract/ports.ts';
import type { Refusal } from '../../contract/refusals.ts';

/** The order in which a QR is judged, as data [AC1]. Pure: what must be looked up comes in as functions. */

/** Grants work a little before and after their window: two clocks never agree [AC5]. */
export const WINDOW_SLACK_MS: Millis = 5 * 60_000;
/** A QR drawn longer ago than this opens nothing, whatever the steps say [AC7]. */
export const QR_LIFE_MS: Millis = 150_000;
/** A QR drawn ahead of our clock by more than one step is refused; so is one more than two steps behind [AC7]. */
export const STEPS_BACK = 2;
export const STEPS_AHEAD = 1;

/** What the hall knows when a QR arrives. The functions look things up only when their turn comes. */
export interface GrantEvidence {
  readonly hall: number;
  /** Undefined: any purpose will do (the one scanner of the first screen). */
  readonly purpose: Purpose | undefined;
  readonly now: UnixMillis;
  /** False: the hall's clock may be wrong, so neither "too early" nor the moving part can be judged [AC9]. */
  readonly clockProved: boolean;
  signatureValid(scanned: ScannedGrant): boolean;
  /** `no-key`: this hall has not received K_hall yet. */
  tagValid(scanned: ScannedGrant): boolean | 'no-key';
  /** Step of the last accepted QR of this grant. */
  lastStep(grantId: string): number | undefined;
  /** Whether the grant was ever used, by a proved clock or not. */
  usedBefore(grantId: string): boolean;
  denied(scanned: ScannedGrant): boolean;
  /** Time of day in the hall, for sentences. */
  timeOfDay(at: UnixMillis): string;
}

export interface GrantCheck {
  readonly name: 'signature' | 'hall' | 'purpose' | 'window' | 'tag' | 'age' | 'step' | 'deny';
  judge(scanned: ScannedGrant, evidence: GrantEvidence): Refusal | undefined;
}

/** Start and end of the time in which a grant is good, slack included. */
export function grantWindow(grant: { readonly notBefore: number; readonly minutes: number }): {
  from: UnixMillis;
  until: UnixMillis;
} {
  const start = grant.notBefore * 1000;
  return { from: start - WINDOW_SLACK_MS, until: start + grant.minutes * 60_000 + WINDOW_SLACK_MS };
}

/** Every check after the format, first refusal wins. State (lease, registration, booking) is the feature's turn after these. */
export const grantChecks: readonly GrantCheck[] = [
  {
    name: 'signature',
    judge: (scanned, evidence) => (evidence.signatureValid(scanned) ? undefined : { code: 'qr-not-trusted' }),
  },
  {
    name: 'hall',
    judge: ({ grant }, evidence) => (grant.hall === evidence.hall ? undefined : { code: 'qr-other-hall' }),
  },
  {
    name: 'purpose',
    judge: ({ grant }, { purpose }) =>
      purpose === undefined || grant.purpose === purpose ? undefined : { code: 'qr-wrong-purpose' },
  },
  { name: 'window', judge: ({ grant }, evidence) => judgeWindow(grant, evidence) },
  { name: 'tag', judge: (scanned, evidence) => judgeTag(scanned, evidence) },
  { name: 'age', judge: (scanned, evidence) => judgeAge(scanned, evidence) },
  { name: 'step', judge: (scanned, evidence) => judgeStep(scanned, evidence) },
  {
    name: 'deny',
    judge: (scanned, evidence) => (evidence.denied(scanned) ? { code: 'grant-revoked' } : undefined),
  },
];

export type GrantJudgement =
  | { readonly ok: true; readonly scanned: ScannedGrant }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      readonly check: 'format' | GrantCheck['name'];
      readonly fault?: GrantFormatFault;
      readonly scanned?: ScannedGrant;
    };

/** QR text -> the grant, or the first refusal in the fixed order. */
export function judgeGrant(text: string, evidence: GrantEvidence): GrantJudgement {
  const scanned = decodeQr(text);
  if (typeof scanned === 'string')
    return { ok: false, refusal: { code: 'qr-unreadable' }, check: 'format', fault: scanned };
  for (const check of grantChecks) {
    const refusal = check.judge(scanned, evidence);
    if (refusal !== undefined) return { ok: false, refusal, check: check.name, scanned };
  }
  return { ok: true, scanned };
}

function judgeWindow(
  grant: { readonly notBefore: number; readonly minutes: number },
  evidence: GrantEvidence,
): Refusal | undefined {
  const { from, until } = grantWindow(grant);
  if (evidence.now > until) return { code: 'qr-expired' };
  // A machine that woke up in 1970 would lock every valid grant out as too early [AC9].
  if (evidence.clockProved && evidence.now < from)
    return { code: 'qr-too-early', params: { from: evidence.timeOfDay(grant.notBefore * 1000) } };
  return undefined;
}

function judgeTag(scanned: ScannedGrant, evidence: GrantEvidence): Refusal | undefined {
  if (scanned.moving === undefined || !evidence.clockProved) return undefined;
  const valid = evidence.tagValid(scanned);
  if (valid === 'no-key') return { code: 'part-unavailable' };
  return valid ? undefined : { code: 'qr-not-trusted' };
}

function judgeAge(scanned: ScannedGrant, evidence: GrantEvidence): Refusal | undefined {
  if (scanned.moving === undefined || !evidence.clockProved) return undefined;
  const drawnAt = scanned.moving.time * 1000;
  const step = stepOf(scanned.moving.time);
  const here = Math.floor(evidence.now / 1000 / STEP_SECONDS);
  if (evidence.now - drawnAt > QR_LIFE_MS || step < here - STEPS_BACK) return { code: 'qr-stale' };
  // Drawn in our future: the phone must fetch the right time first.
  if (step > here + STEPS_AHEAD) return { code: 'qr-not-trusted' };
  return undefined;
}

function judgeStep(scanned: ScannedGrant, evidence: GrantEvidence): Refusal | undefined {
  if (scanned.moving === undefined) return undefined;
  if (!evidence.clockProved)
    return evidence.usedBefore(scanned.grant.grantId) ? { code: 'qr-replayed' } : undefined;
  const last = evidence.lastStep(scanned.grant.grantId);
  return last !== undefined && stepOf(scanned.moving.time) <= last ? { code: 'qr-replayed' } : undefined;
}
