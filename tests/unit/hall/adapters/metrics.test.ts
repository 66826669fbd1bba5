import { expect, it } from 'vitest';
import { createMetrics } from '../../../../hall/adapters/metrics.ts';

const stats = { frames: 7, badBytes: 2, queries: 9, unanswered: 1, echoes: 0, unlocks: 3 };
const value = (text: string, sample: string): number | undefined => {
  const line = text.split('\n').find((each) => each.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.split(' ')[1]);
};

it('[DK25] what lines have seen: counters by device that begin anew with their gateway, and answer times', async () => {
  let lines: ReturnType<Parameters<typeof createMetrics>[1] & object> = [
    ['bank-a', { ...stats, answerMs: { p50: 21, p99: 44 } }],
    ['bank-b', { ...stats, frames: 0 }],
  ];
  const metrics = createMetrics(
    () => ({}),
    () => lines,
  );
  const first = await metrics.text();
  expect(first).toContain('# TYPE hall_line_frames_total counter');
  expect(value(first, 'hall_line_frames_total{device="bank-a"}')).toBe(7);
  expect(value(first, 'hall_line_bad_bytes_total{device="bank-a"}')).toBe(2);
  expect(value(first, 'hall_line_frames_total{device="bank-b"}')).toBe(0);
  expect(value(first, 'hall_line_answer_seconds{device="bank-a",quantile="0.99"}')).toBe(0.044);
  expect(value(first, 'hall_line_answer_seconds{device="bank-b",quantile="0.5"}')).toBeUndefined();
  lines = [['bank-a', { ...stats, frames: 1 }]];
  const second = await metrics.text();
  expect(value(second, 'hall_line_frames_total{device="bank-a"}')).toBe(1);
  expect(value(second, 'hall_line_frames_total{device="bank-b"}')).toBeUndefined();
});
