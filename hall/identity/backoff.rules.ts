import type { Millis } from '../../contract/ports.ts';

/** Failures that cost nothing. */
export const FREE_FAILURES = 5;
const FIRST_BLOCK_MS: Millis = 60_000;
const LONGEST_BLOCK_MS: Millis = 15 * 60_000;
/** A subject without failure for this long starts anew. */
export const FORGET_AFTER_MS: Millis = 24 * 3_600_000;

/** How long a subject is blocked after its nth failure in a row: nothing for the first four, then 1 min doubling to 15 min [ID5]. */
export function blockAfter(failures: number): Millis {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(LONGEST_BLOCK_MS, FIRST_BLOCK_MS * 2 ** Math.min(10, failures - FREE_FAILURES));
}
