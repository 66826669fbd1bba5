import {
  encodeQr,
  GRANT_BYTES,
  movingTag,
  PRINTED_LENGTH,
  STEP_SECONDS,
  stepOf,
} from '../../contract/access-code.ts';
import type { GrantForPhone } from '../../contract/central-api.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { fromInstant } from '../../contract/time.ts';

/** A step's QR text, and how much of the step is left. */
export interface MovingCode {
  readonly text: string;
  readonly step: number;
  /** 30 down to 1. */
  readonly secondsLeft: number;
}

/**
 * The QR of a grant at a moment of central's clock [PP1]. Its time is the beginning of the step,
 * so that a reload within the step draws the same code.
 * @returns undefined when the grant's bytes are not a signed grant
 */
export function movingCode(
  grant: Pick<GrantForPhone, 'signed' | 'secret'>,
  now: UnixMillis,
): MovingCode | undefined {
  const signed = bytesOf(grant.signed);
  if (signed.length !== PRINTED_LENGTH) return undefined;
  const seconds = Math.floor(now / 1000);
  const step = stepOf(seconds);
  const text = encodeQr(signed.slice(0, GRANT_BYTES), signed.slice(GRANT_BYTES), {
    time: step * STEP_SECONDS,
    tag: movingTag(bytesOf(grant.secret), step),
  });
  return { text, step, secondsLeft: STEP_SECONDS - (seconds - step * STEP_SECONDS) };
}

/** When a grant works: `early` and `over` are outside its time [PP10]. */
export function grantTime(
  grant: Pick<GrantForPhone, 'notBefore' | 'notAfter'>,
  now: UnixMillis,
): 'early' | 'now' | 'over' {
  if (now < fromInstant(grant.notBefore)) return 'early';
  return now > fromInstant(grant.notAfter) ? 'over' : 'now';
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
