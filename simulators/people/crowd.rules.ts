import type { Millis } from '../../contract/ports.ts';

/** What each person of a simulated crowd means to do. The same seed makes the same crowd. Pure. */

export interface PersonPlan {
  readonly mobile: string;
  /** From the start of the run to the kiosk. */
  readonly comesAfter: Millis;
  readonly kiosk: number;
  /** Registered and never seen. */
  readonly forgetsToCome: boolean;
  readonly shows: 'qr' | 'typed';
  /** First shows a picture taken minutes ago. */
  readonly showsOldPicture: boolean;
  /** Asks once more after checking in. */
  readonly asksTwice: boolean;
  readonly books: boolean;
  readonly rents: 'on-the-phone' | 'at-the-kiosk' | 'no';
  readonly stays: Millis;
  /** `late`: stays twice as long as meant. `never`: leaves the things in the locker. */
  readonly returns: 'in-time' | 'late' | 'never';
}

/** Everybody comes within the first half of `duration`, so that there is time to stay and return. */
export function planCrowd(
  mobiles: readonly string[],
  kiosks: number,
  duration: Millis,
  fraction: () => number,
): PersonPlan[] {
  const chance = (share: number): boolean => fraction() < share;
  return mobiles.map((mobile) => ({
    mobile,
    // Phones first: what was registered needs a moment to come down to the hall.
    comesAfter: Math.round(duration * (0.1 + 0.4 * fraction())),
    kiosk: Math.floor(fraction() * kiosks),
    forgetsToCome: chance(0.15),
    shows: chance(0.7) ? 'qr' : 'typed',
    showsOldPicture: chance(0.1),
    asksTwice: chance(0.15),
    books: chance(0.3),
    rents: pick(fraction(), [
      ['on-the-phone', 0.25],
      ['at-the-kiosk', 0.35],
      ['no', 0.4],
    ]),
    stays: Math.round(duration * (0.05 + 0.15 * fraction())),
    returns: pick(fraction(), [
      ['in-time', 0.7],
      ['late', 0.15],
      ['never', 0.15],
    ]),
  }));
}

function pick<T extends string>(at: number, shares: readonly (readonly [T, number])[]): T {
  let sum = 0;
  for (const [value, share] of shares) {
    sum += share;
    if (at < sum) return value;
  }
  const last = shares.at(-1);
  if (last === undefined) throw new RangeError('nothing to pick from');
  return last[0];
}
