import { scryptSync, timingSafeEqual } from 'node:crypto';
import type { Clock, Millis } from '../../contract/ports.ts';

/** The way out for staff: a PIN after the page saw the deliberate gesture [KS6]. */
export interface StaffExit {
  /** True only for the right PIN while the way out is open. */
  try(pin: string): 'opened' | 'wrong' | 'closed';
}

const WRONG_TRIES = 5;
const CLOSED_MS: Millis = 5 * 60_000;
const KEY_BYTES = 32;

/** `salt:hash`, both base64url, for the configuration file. */
export function hashPin(pin: string, salt: Uint8Array): string {
  return `${Buffer.from(salt).toString('base64url')}:${scryptSync(pin, salt, KEY_BYTES).toString('base64url')}`;
}

/** @param pinHash from `hashPin`; undefined = no PIN was set, so nobody leaves this way */
export function createStaffExit(pinHash: string | undefined, clock: Clock): StaffExit {
  let wrong = 0;
  let closedUntil: Millis = 0;
  const [salt, hash] = (pinHash ?? '').split(':');

  return {
    try: (pin) => {
      if (
        clock.monotonic() < closedUntil ||
        salt === undefined ||
        hash === undefined ||
        pinHash === undefined
      )
        return 'closed';
      const expected = Buffer.from(hash, 'base64url');
      const given = scryptSync(pin, Buffer.from(salt, 'base64url'), KEY_BYTES);
      if (expected.length === given.length && timingSafeEqual(expected, given)) {
        wrong = 0;
        return 'opened';
      }
      wrong += 1;
      if (wrong >= WRONG_TRIES) {
        wrong = 0;
        closedUntil = clock.monotonic() + CLOSED_MS;
      }
      return 'wrong';
    },
  };
}
