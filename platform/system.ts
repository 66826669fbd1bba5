import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import type { Clock, Ids, Random } from '../contract/ports.ts';

/** The machine's own clock, chance and ids: the only implementation that is not a test's. */

/** Longest delay setTimeout can hold; longer waits are cut into pieces. */
const LONGEST_TIMER = 0x7fff_ffff;

/** Wall clock, monotonic clock and timers of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delay, run) => {
    let stopped = false;
    let timer: NodeJS.Timeout | undefined;
    const wait = (left: number): void => {
      const piece = Math.min(Math.max(0, left), LONGEST_TIMER);
      timer = setTimeout(() => {
        if (stopped) return;
        if (left > piece) wait(left - piece);
        else run();
      }, piece);
    };
    wait(delay);
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  },
};

/** Bytes from the operating system's generator; `fraction` for jitter only. */
export const systemRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
  fraction: () => Math.random(),
};

/** UUIDv7 (RFC 9562), rising within a process. */
export const systemIds: Ids = { uuid: () => v7() };
