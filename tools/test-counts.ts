import { z } from 'zod';

/** Tests counted, each once. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface StepResult extends Counts {
  readonly name: string;
  readonly ms: number;
  readonly note: string;
}

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
});

const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
});

/** Counts of a vitest JSON report; throws on another shape. */
export function countVitest(json: unknown): Counts {
  const report = vitestReport.parse(json);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Counts of a Playwright JSON report; a test that passed only on a retry counts as failed. */
export function countPlaywright(json: unknown): Counts {
  const { stats } = playwrightReport.parse(json);
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
}

/** The closing table and the line `N passed, N failed[, N skipped]`; not ok when anything failed or nothing ran. */
export function summarize(results: readonly StepResult[]): { text: string; ok: boolean } {
  const sum = (key: keyof Counts): number => results.reduce((total, result) => total + result[key], 0);
  const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')];
  const row = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 || column === 5 ? cell.padEnd(10) : cell.padStart(8)))
      .join('  ')
      .trimEnd();
  const table = results.map((one) =>
    row([
      one.name,
      String(one.passed),
      String(one.failed),
      String(one.skipped),
      `${(one.ms / 1000).toFixed(1)} s`,
      one.note,
    ]),
  );
  const line = `${String(passed)} passed, ${String(failed)} failed${skipped > 0 ? `, ${String(skipped)} skipped` : ''}`;
  return {
    text: [row(['check', 'passed', 'failed', 'skipped', 'time', '']), ...table, '', line].join('\n'),
    ok: failed === 0 && passed > 0,
  };
}
