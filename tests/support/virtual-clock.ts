import type { CancelTimer, Clock, Millis, UnixMillis } from '../../contract/ports.ts';

export interface VirtualClock extends Clock {
  /** Moves time on, running every timer that falls due, in order. Timers set meanwhile run too. */
  advance(by: Millis): void;
  /** The same, letting promises settle between timers. */
  advanceAsync(by: Millis): Promise<void>;
  /** Sets the wall clock only, as a person or NTP would; timers and `monotonic` do not notice. */
  jump(by: Millis): void;
  /** Timers not yet run. */
  timers(): number;
}

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock cranked by hand. Starts at 2026-11-24T02:00:00Z, 10 o'clock in Shanghai, unless told otherwise. */
export function createVirtualClock(start: UnixMillis = Date.UTC(2026, 10, 24, 2)): VirtualClock {
  let steady = 0;
  let wall = start;
  let order = 0;
  const waiting = new Set<Timer>();

  const next = (until: number): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of waiting) {
      if (timer.due > until) continue;
      if (
        first === undefined ||
        timer.due < first.due ||
        (timer.due === first.due && timer.order < first.order)
      )
        first = timer;
    }
    return first;
  };
  const moveTo = (at: number): void => {
    const by = Math.max(0, at - steady);
    steady += by;
    wall += by;
  };
  const fire = (timer: Timer): void => {
    waiting.delete(timer);
    moveTo(timer.due);
    timer.run();
  };

  return {
    now: () => wall,
    monotonic: () => steady,
    after: (delay, run): CancelTimer => {
      const timer: Timer = { due: steady + Math.max(0, delay), order: (order += 1), run };
      waiting.add(timer);
      return () => {
        waiting.delete(timer);
      };
    },
    advance: (by) => {
      const until = steady + by;
      for (let timer = next(until); timer !== undefined; timer = next(until)) fire(timer);
      moveTo(until);
    },
    advanceAsync: async (by) => {
      const until = steady + by;
      await settle();
      for (let timer = next(until); timer !== undefined; timer = next(until)) {
        fire(timer);
        await settle();
      }
      moveTo(until);
      await settle();
    },
    jump: (by) => {
      wall += by;
    },
    timers: () => waiting.size,
  };
}

/** Lets promises that are already resolved run their followers. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

/** Lets work outside the virtual clock (compression, signatures) get its turns of the real event loop. */
export async function eventLoopTurns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
