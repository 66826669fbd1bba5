import type { Millis } from '../../contract/ports.ts';

/** How long the last answers of a line took. */
export interface AnswerTimes {
  add(took: Millis): void;
  /** Nearest-rank percentiles in whole tenths of a millisecond; undefined before the first answer. */
  summary(): { readonly p50: Millis; readonly p99: Millis } | undefined;
}

/** Remembers so many answers: a few minutes of polling, and no more memory than that. */
const KEPT = 512;

export function createAnswerTimes(): AnswerTimes {
  const times: Millis[] = [];
  let next = 0;
  return {
    add: (took) => {
      times[next] = took;
      next = (next + 1) % KEPT;
    },
    summary: () => {
      if (times.length === 0) return undefined;
      const sorted = times.toSorted((a, b) => a - b);
      const rank = (share: number): Millis => {
        const found = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
        return Math.round(found * 10) / 10;
      };
      return { p50: rank(0.5), p99: rank(0.99) };
    },
  };
}
