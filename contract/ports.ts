/**
 * Ports for time, chance and identity. Every part takes them as parameters, so
 * that tests can crank a virtual clock and replay a seed (architecture principle:
 * time, chance and network are passed in).
 */

/** A count of milliseconds: a duration, never a point in time. */
export type Millis = number & { readonly __unit?: 'ms' };

/** Milliseconds since 1970-01-01T00:00:00Z: a point in time. */
export type UnixMillis = number & { readonly __unit?: 'unix-ms' };

/** Stops a timer; calling it after the timer fired, or twice, does nothing. */
export type CancelTimer = () => void;

export interface Clock {
  /** Wall-clock time. May jump; never use it to order facts. */
  now(): UnixMillis;
  /** A steadily rising count of milliseconds with an arbitrary start; never jumps. */
  monotonic(): Millis;
  /** Runs `run` once after `delay`. The returned function stops it. */
  after(delay: Millis, run: () => void): CancelTimer;
}

export interface Random {
  /** `length` random bytes fit for keys and nonces. */
  bytes(length: number): Uint8Array;
  /** A number in [0, 1) for jitter and simulations. */
  fraction(): number;
}

export interface Ids {
  /** A new UUIDv7 in lower case (RFC 9562). */
  uuid(): string;
}

/** Resolves after `delay` on the given clock. */
export function sleep(clock: Clock, delay: Millis): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delay, resolve);
  });
}
