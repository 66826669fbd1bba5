import { defineConfig } from 'vitest/config';

/**
 * Four lanes, cheapest first. Processes are limited to two because the fast lane is promised
 * for two cores; end-to-end tests start real servers, so their files run one after another.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    passWithNoTests: true,
    projects: [
      lane('unit', ['tests/unit/**/*.test.{ts,tsx}'], 10_000),
      lane('contracts', ['tests/contracts/**/*.test.ts'], 30_000),
      lane('scenarios', ['tests/scenarios/**/*.test.ts'], 60_000),
      { test: { ...lane('e2e', ['tests/e2e/**/*.test.ts'], 240_000).test, fileParallelism: false } },
    ],
  },
});

/** One project: name, files, and the longest one test or hook may take, in milliseconds. */
function lane(name: string, include: string[], testTimeout: number) {
  return {
    test: {
      name,
      include,
      environment: 'node',
      testTimeout,
      hookTimeout: Math.max(20_000, testTimeout),
      teardownTimeout: 10_000,
    },
  };
}
