import { defineConfig } from '@playwright/test';

/** Real pages in Debian's Chromium; screenshots go to artifacts/, which is not in git. */
export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'artifacts/playwright',
  timeout: 120_000,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  use: {
    headless: true,
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-features=Translate',
      ],
    },
  },
});
