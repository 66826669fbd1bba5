import type { CompartmentConfig } from '../../contract/config.ts';
import type { DoorCommandView } from '../../contract/hall-api.ts';
import type { DoorPosition, OutcomeKind } from '../../contract/messages.ts';
import type { Millis } from '../../contract/ports.ts';
import type { DoorState } from './door.machine.ts';

/** Numbers and small decisions of the lockers. Pure. */

/** After a command has expired the gateway may still be watching the door; then its outcome is overdue. */
export const OUTCOME_WAIT_MS: Millis = 4_000;
/** A door open for longer is an alarm. */
export const LEFT_OPEN_MS: Millis = 3 * 60_000;
/** A lease rented here whose door was never opened ends after this time. */
export const NEVER_OPENED_MS: Millis = 10 * 60_000;
/** A door that did not open may still give way under a hand for so long. */
export const GIVES_WAY_MS: Millis = 60_000;
/** The board is asked again about an unknown door after this time. */
export const ASK_AGAIN_MS: Millis = 15_000;
/** Clocks of gateway and hall may differ by this much; an older "opened" belongs to an earlier opening. */
export const SENSOR_SKEW_MS: Millis = 2_000;
/** A latch that bounces right after closing is not a forced door. */
export const BOUNCE_MS: Millis = 5_000;

/** Member reference in a grant for a visitor: six zero bytes. */
export const NO_MEMBER = '000000000000';

/** Who a lease belongs to, as it goes into facts and audit. */
export function holderName(memberRef: string | null): string {
  return memberRef === null ? 'visitor' : `member:${memberRef}`;
}

export type Size = CompartmentConfig['size'];

/**
 * Compartments central may rent out: `share` of all, spread over the sizes by largest remainder, highest
 * numbers first. The same configuration always gives the same pool.
 */
export function poolOf(
  compartments: readonly { readonly number: number; readonly size: Size }[],
  share: number,
): number[] {
  const total = Math.round(compartments.length * share);
  const sizes = ['small', 'medium', 'large'] as const;
  const parts = sizes.map((size) => {
    const numbers = compartments
      .filter((each) => each.size === size)
      .map((each) => each.number)
      .sort((a, b) => b - a);
    const exact = numbers.length * share;
    return { numbers, count: Math.floor(exact), rest: exact - Math.floor(exact) };
  });
  let missing = total - parts.reduce((sum, part) => sum + part.count, 0);
  for (const part of [...parts].sort((a, b) => b.rest - a.rest)) {
    if (missing <= 0) break;
    if (part.count < part.numbers.length) {
      part.count += 1;
      missing -= 1;
    }
  }
  return parts.flatMap((part) => part.numbers.slice(0, part.count)).sort((a, b) => a - b);
}

/** The sentence for a person whose door did not do what was asked; undefined while all is well. */
export function doorRefusal(
  state: DoorState,
  outcome: OutcomeKind | undefined,
  compartment: number,
): DoorCommandView['refusal'] {
  switch (state) {
    case 'intended':
    case 'sent':
    case 'opened':
    case 'closed':
      return undefined;
    case 'refused':
      return { code: 'lock-board-offline' };
    case 'failed':
      // Shut now, but nobody knows whether it was open in between.
      return outcome === 'unknown'
        ? { code: 'door-unknown', params: { compartment } }
        : { code: 'door-did-not-open', params: { compartment } };
    case 'unknown':
      return { code: 'door-unknown', params: { compartment } };
  }
}

/** What was commanded, in the words of the desk. */
export function commandedOf(
  state: DoorState | undefined,
): 'none' | 'opened' | 'refused' | 'failed' | 'unknown' | 'pending' {
  switch (state) {
    case undefined:
      return 'none';
    case 'intended':
    case 'sent':
      return 'pending';
    case 'opened':
    case 'closed':
      return 'opened';
    case 'refused':
    case 'failed':
    case 'unknown':
      return state;
  }
}

/** True when what the sensor says does not follow from what was commanded. */
export function isMismatch(state: DoorState | undefined, position: DoorPosition): boolean {
  if (state === 'unknown') return true;
  if (position === 'open') return state !== 'opened' && state !== 'sent' && state !== 'intended';
  return position === 'closed' && state === 'opened';
}

/** A mobile number as it is hashed: digits only, the mainland prefix removed; undefined when it is none. */
export function normalMobile(text: string): string | undefined {
  const plain = text.replace(/[\s()-]/g, '').replace(/^(\+|00)86(?=1[3-9]\d{9}$)/, '');
  if (/^1[3-9]\d{9}$/.test(plain)) return plain;
  return /^\+[1-9]\d{6,14}$/.test(plain) ? plain : undefined;
}
