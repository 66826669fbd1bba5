import type { Clock, Millis, Random } from '../contract/ports.ts';
import { CentralRefused } from './http.ts';
import { afterFailure, noFailures } from './retry.rules.ts';

/** One direction of the sync: work, rest, work; after a failure, back off. */
export interface Lane {
  /** There is something to do. `force` also cuts a back-off short. */
  poke(force: boolean): void;
  stop(): void;
}

export interface LaneParts {
  /** One round; true = there is more, go on at once. */
  readonly work: () => Promise<boolean>;
  /** Rest between rounds without a poke. */
  readonly idleMs: Millis;
  readonly longestMs: Millis;
  /** Told of each failure with the planned wait; answers the wait to use. */
  readonly failed: (error: unknown, waitMs: Millis) => Millis;
  readonly clock: Clock;
  readonly random: Random;
}

export function startLane(parts: LaneParts): Lane {
  let stopped = false;
  let running = false;
  let poked = false;
  let backingOff = false;
  let retry = noFailures;
  let cancel: () => void = () => undefined;

  function rest(ms: Millis): void {
    cancel();
    if (!stopped) cancel = parts.clock.after(ms, begin);
  }

  function begin(): void {
    if (running || stopped) return;
    cancel();
    running = true;
    poked = false;
    backingOff = false;
    // Both ends are handled inside, so nothing floats.
    void round();
  }

  async function round(): Promise<void> {
    let wait: Millis;
    try {
      const more = await parts.work();
      retry = noFailures;
      wait = more ? 0 : parts.idleMs;
    } catch (error) {
      const next = afterFailure(
        retry,
        parts.longestMs,
        parts.random.fraction(),
        error instanceof CentralRefused ? error.retryAfter : undefined,
      );
      retry = next.state;
      backingOff = true;
      wait = stopped ? 0 : parts.failed(error, next.waitMs);
    }
    running = false;
    rest(poked && !backingOff ? 0 : wait);
  }

  rest(0);
  return {
    poke: (force) => {
      poked = true;
      if (!running && (force || !backingOff)) begin();
    },
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}
