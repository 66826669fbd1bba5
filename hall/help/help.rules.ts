import type { Millis } from '../../contract/ports.ts';

/** Unanswered for this long: the person is given the phone number [HP2]. */
export const UNANSWERED_MS = 60_000;
/** What is said before anybody has ever been helped here. */
const FIRST_GUESS_MINUTES = 2;

/**
 * Minutes until somebody comes: the usual time from call to answer, once for each call ahead and once
 * for this one. The middle value, because one forgotten call says nothing about the next. At least 1, at most 30.
 */
export function waitMinutes(recentAnswers: readonly Millis[], ahead: number): number {
  const sorted = [...recentAnswers].sort((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  const usual = middle === undefined ? FIRST_GUESS_MINUTES : middle / 60_000;
  return Math.min(30, Math.max(1, Math.ceil(usual * (ahead + 1))));
}
