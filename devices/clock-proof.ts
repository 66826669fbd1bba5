import type { Clock, Millis, UnixMillis } from '../contract/ports.ts';

export interface ClockProof {
  /** The hall's time, as just received. Returns whether this clock agrees with it. */
  heard(hallTime: UnixMillis): boolean;
  /** True while this machine's wall clock may be used to judge an expiry. */
  proved(): boolean;
}

/** Largest accepted difference: a command lives 5 s, so a second off still cannot revive an old one by much. */
export const CLOCK_TOLERANCE_MS: Millis = 1_000;
/** The hall speaks every 10 s; after three words missed nothing is proved any more. */
export const CLOCK_PROOF_LIFE_MS: Millis = 35_000;
/** A wall clock that moved this much against the steady one was set by somebody. */
const JUMP_MS: Millis = 500;

/** Whether the wall clock can be believed, measured against the hall's time [DV17]. */
export function createClockProof(clock: Clock): ClockProof {
  let proof: { readonly wall: UnixMillis; readonly steady: Millis } | undefined;
  return {
    heard: (hallTime) => {
      const wall = clock.now();
      proof =
        Math.abs(wall - hallTime) <= CLOCK_TOLERANCE_MS ? { wall, steady: clock.monotonic() } : undefined;
      return proof !== undefined;
    },
    proved: () => {
      if (proof === undefined) return false;
      const steady = clock.monotonic() - proof.steady;
      const wall = clock.now() - proof.wall;
      if (steady > CLOCK_PROOF_LIFE_MS || Math.abs(wall - steady) > JUMP_MS) proof = undefined;
      return proof !== undefined;
    },
  };
}
