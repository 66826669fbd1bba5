import { describe, expect, test } from 'vitest';
import { formatDate, formatElapsed, formatTime, hourOfDay } from '../../../ui/clock.ts';

const at = Date.parse('2026-11-24T14:12:30+08:00');

describe('times on the page', () => {
  test('[UI8] the hall is in its own time zone', () => {
    expect(formatTime(at)).toBe('14:12');
    expect(formatTime(at, 'Asia/Urumqi')).toBe('12:12');
    expect(formatTime(Date.parse('2026-11-24T00:05:00+08:00'))).toBe('00:05');
  });
  test('[UI8] dates read as people say them', () => {
    expect(formatDate(at, 'zh-CN')).toBe('11月24日 星期二');
    expect(formatDate(at, 'en')).toBe('Tuesday 24 November');
  });
  test('[UI8] the hour now stands in the day bar', () => {
    expect(hourOfDay(at)).toBeCloseTo(14.2);
    expect(hourOfDay(Date.parse('2026-11-24T00:00:00+08:00'))).toBe(0);
  });
  test('[UI8] waiting time counts up and never below zero', () => {
    expect(formatElapsed(80_000)).toBe('1:20');
    expect(formatElapsed(-5)).toBe('0:00');
    expect(formatElapsed(3_725_000)).toBe('1:02:05');
  });
});
