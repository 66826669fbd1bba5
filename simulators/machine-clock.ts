import type { Clock } from '../contract/ports.ts';

/**
 * The machine's clock for simulated hardware in its own process. `monotonic` counts milliseconds since
 * boot, the same in every process, so that a report can be compared with a time taken elsewhere.
 */
export const machineClock: Clock = {
  now: () => Date.now(),
  monotonic: () => Number(process.hrtime.bigint()) / 1e6,
  after: (delay, run) => {
    const timer = setTimeout(run, delay);
    return () => {
      clearTimeout(timer);
    };
  },
};
