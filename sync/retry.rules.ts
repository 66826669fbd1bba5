import type { Millis } from '../contract/ports.ts';

/** When to try again: pure, so that every path is a table in a test. */

export interface RetryState {
  /** Failures in a row. */
  readonly failures: number;
}

export const FIRST_WAIT_MS: Millis = 1000;

export const noFailures: RetryState = { failures: 0 };

/**
 * The wait after one more failure [SN1, SN2]: full jitter over min(longest, 1 s * 2^n), never
 * shorter than `retryAfterMs` from central.
 * @param fraction random number in [0, 1)
 */
export function afterFailure(
  state: RetryState,
  longestMs: Millis,
  fraction: number,
  retryAfterMs?: Millis,
): { state: RetryState; waitMs: Millis } {
  const ceiling = Math.min(longestMs, FIRST_WAIT_MS * 2 ** Math.min(state.failures, 20));
  const jittered = Math.max(50, Math.floor(fraction * ceiling));
  return { state: { failures: state.failures + 1 }, waitMs: Math.max(jittered, retryAfterMs ?? 0) };
}

/** `Retry-After` in seconds or as an HTTP date -> milliseconds from `now`; undefined when unreadable. */
export function retryAfterMs(header: string | undefined, now: number): Millis | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,6}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isFinite(at) ? Math.max(0, at - now) : undefined;
}
