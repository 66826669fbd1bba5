import type { CancelTimer, Millis, UnixMillis } from '../../contract/ports.ts';
import type { HallContext } from '../ports.ts';
import { MINUTE_MS } from './sensors.store.ts';
import type { Gathered, SensorsStore } from './sensors.store.ts';

/** Readings are written in groups this often: a crash costs a second of telemetry, a disk is not written 20,000 times [SE12]. */
const WRITE_EVERY_MS: Millis = 1_000;
const PRUNE_EVERY_MS: Millis = 3_600_000;

export interface Gatherer {
  /** A value as measured or heard at `at`; never waits for the disk. */
  add(entity: string, value: number, at: UnixMillis): void;
  /** Writes what waits, now. */
  flush(): void;
  start(): void;
  stop(): void;
  counts(): { readonly gathered: number; readonly written: number; readonly failed: number };
}

/** Newest value and sums a minute by sensor, in memory until the next write. One durable commit a group. */
export function createGatherer(
  context: Pick<HallContext, 'store' | 'clock' | 'log'>,
  rows: SensorsStore,
): Gatherer {
  const { clock, store } = context;
  const waiting = new Map<string, Gathered>();
  const counts = { gathered: 0, written: 0, failed: 0 };
  let cancel: CancelTimer | undefined;
  let prunedAt: UnixMillis | undefined;

  function flush(prune?: UnixMillis): void {
    if (waiting.size === 0 && prune === undefined) return;
    try {
      store.transaction(() => {
        for (const [entity, gathered] of waiting) rows.write(entity, gathered);
        if (prune !== undefined) rows.prune(prune);
        return undefined;
      });
      counts.written += waiting.size;
      waiting.clear();
    } catch (error) {
      // Kept and tried again with the next group: minutes add up, the newest value stays the newest.
      rows.forgetNumbers();
      counts.failed += 1;
      context.log.error(
        { error: error instanceof Error ? error.message : String(error), sensors: waiting.size },
        'sensor readings could not be stored; they wait in memory',
      );
    }
  }

  function turn(): void {
    const now = clock.now();
    const due = prunedAt === undefined || now - prunedAt >= PRUNE_EVERY_MS;
    if (due) prunedAt = now;
    flush(due ? now : undefined);
    cancel = clock.after(WRITE_EVERY_MS, turn);
  }

  return {
    add: (entity, value, at) => {
      counts.gathered += 1;
      let found = waiting.get(entity);
      if (found === undefined) {
        found = { value, at, minutes: new Map() };
        waiting.set(entity, found);
      } else if (at >= found.at) {
        found.value = value;
        found.at = at;
      }
      const minute = Math.floor(at / MINUTE_MS);
      const sum = found.minutes.get(minute);
      if (sum === undefined) found.minutes.set(minute, { low: value, high: value, total: value, count: 1 });
      else {
        if (value < sum.low) sum.low = value;
        if (value > sum.high) sum.high = value;
        sum.total += value;
        sum.count += 1;
      }
    },
    flush: () => {
      flush();
    },
    start: () => {
      if (cancel === undefined) turn();
    },
    stop: () => {
      cancel?.();
      cancel = undefined;
      flush();
    },
    counts: () => ({ ...counts }),
  };
}
