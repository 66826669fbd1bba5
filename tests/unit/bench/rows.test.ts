import { describe, expect, it } from 'vitest';
import { BenchReport, BenchRow, describeRow, percentile, rounded } from '../../bench/rows.ts';

describe('bench rows', () => {
  it('takes the nearest rank, whatever the order', () => {
    const values = [5, 1, 4, 2, 3];
    expect(percentile(values, 0.5)).toBe(3);
    expect(percentile(values, 0.99)).toBe(5);
    expect(percentile(values, 0)).toBe(1);
    expect(percentile([7], 0.5)).toBe(7);
    expect(values).toEqual([5, 1, 4, 2, 3]);
  });

  it('says so when there is nothing to rank', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
  });

  it('keeps three digits', () => {
    expect(rounded(1234.5)).toBe(1230);
    expect(rounded(0.0123456)).toBe(0.0123);
  });

  it('refuses a row with a name of another form or a figure that is none', () => {
    expect(BenchRow.safeParse({ name: 'check-in', unit: 'ms', value: 1 }).success).toBe(true);
    expect(BenchRow.safeParse({ name: 'Check in', unit: 'ms', value: 1 }).success).toBe(false);
    expect(BenchRow.safeParse({ name: 'check-in', unit: 'ms', value: Number.NaN }).success).toBe(false);
    expect(BenchReport.safeParse({ machine: 'm', at: 'now', rows: [], more: 1 }).success).toBe(false);
  });

  it('tells a row in one line with its peer beside it', () => {
    const line = describeRow({
      name: 'check-in',
      unit: 'a second',
      value: 100,
      peer: 'raw',
      peerValue: 200,
      ratio: 0.5,
    });
    expect(line).toContain('100 a second');
    expect(line).toContain('raw 200');
    expect(line).toContain('ratio 0.5');
  });
});
