import { expect, test } from 'vitest';
import { countPlaywright, countVitest, summarize } from '../../../tools/test-counts.ts';

const step = { name: 'unit', ms: 1200, note: '', passed: 3, failed: 0, skipped: 0 };

test('the last line counts everything, and skipped only when there are some', () => {
  expect(summarize([step]).text.split('\n').at(-1)).toBe('3 passed, 0 failed');
  expect(
    summarize([step, { ...step, skipped: 2 }])
      .text.split('\n')
      .at(-1),
  ).toBe('6 passed, 0 failed, 2 skipped');
});

test('a failure, or nothing run at all, is not ok', () => {
  expect(summarize([step]).ok).toBe(true);
  expect(summarize([step, { ...step, failed: 1 }]).ok).toBe(false);
  expect(summarize([]).ok).toBe(false);
});

test('runner reports are counted; a flaky browser test counts as failed', () => {
  expect(countVitest({ numPassedTests: 5, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1 })).toEqual({
    passed: 5,
    failed: 1,
    skipped: 2,
  });
  expect(countPlaywright({ stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 0 } })).toEqual({
    passed: 4,
    failed: 2,
    skipped: 0,
  });
  expect(() => countVitest({})).toThrow();
});
