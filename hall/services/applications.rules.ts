import type { Day } from '../../contract/time.ts';
import { addDays } from '../../contract/local-time.ts';

/** Numbers, codes and deadlines of applications. Pure. */

/** No characters that are mistaken for others on paper: no 0 O, 1 I L, 2 Z, 5 S, 8 B, U V. */
export const RESUME_ALPHABET = '34679ACDEFGHJKMNPQRTWXY';
export const RESUME_LENGTH = 8;

/** A resume code from random bytes, unbiased: bytes that do not fit are skipped; undefined when too few fit. */
export function resumeCodeFrom(bytes: Uint8Array): string | undefined {
  const limit = 256 - (256 % RESUME_ALPHABET.length);
  const fit = [...bytes].filter((byte) => byte < limit).slice(0, RESUME_LENGTH);
  return fit.length < RESUME_LENGTH
    ? undefined
    : fit.map((byte) => RESUME_ALPHABET.charAt(byte % RESUME_ALPHABET.length)).join('');
}

/** What a person typed -> the stored form: capitals, no spaces or dashes. */
export function normaliseCode(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, '');
}

/** Six digits from random bytes, unbiased. */
export function queryCodeFrom(bytes: Uint8Array): string | undefined {
  const fit = [...bytes].filter((byte) => byte < 250).slice(0, 6);
  return fit.length < 6 ? undefined : fit.map((byte) => String(byte % 10)).join('');
}

/** `H<hall in base 36>-YYYYMMDD-NNNN`: unique over all halls, readable aloud, at most 24 characters. */
export function applicationNumber(hall: number, day: Day, sequence: number): string {
  return `H${hall.toString(36).toUpperCase()}-${day.replaceAll('-', '')}-${String(sequence).padStart(4, '0')}`;
}

/**
 * The last day to decide: `workingDays` working days after `day`. Monday to Friday only:
 * public holidays and working weekends are not modelled, so around a holiday the day may come too early (the person
 * is promised an earlier answer), and around a working weekend up to two days late [SV7].
 */
export function deadlineDay(day: Day, workingDays: number): Day {
  let at = day;
  let left = workingDays;
  while (left > 0 || isWeekend(at)) {
    at = addDays(at, 1);
    if (!isWeekend(at) && left > 0) left -= 1;
  }
  return at;
}

function isWeekend(day: Day): boolean {
  const weekday = new Date(`${day}T00:00:00.000Z`).getUTCDay();
  return weekday === 0 || weekday === 6;
}
