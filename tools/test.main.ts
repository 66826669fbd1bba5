import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { countPlaywright, countVitest, summarize, type Counts, type StepResult } from './test-counts.ts';

/** `npm test` after set-up: every check in order, each timed; `-- --only unit,lint` picks some. */
const root = resolve(import.meta.dirname, '..');
const report = mkdtempSync(join(tmpdir(), 'union-hall-test-'));
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
let running: ChildProcess | undefined;
let stopped = false;

interface Step {
  readonly name: string;
  /** Commands run one after another until one fails. */
  readonly commands: readonly (readonly string[])[];
  /** Test files of a lane; a static check has none and counts as one. */
  readonly files?: string;
  readonly count?: (json: unknown) => Counts;
}

const json = (name: string): string => join(report, `${name}.json`);
const tsc = (project: string): string[] => [bin('tsc'), '-p', project];
const vitest = (name: string, files: string): Step => ({
  name,
  files,
  commands: [
    [
      bin('vitest'),
      'run',
      '--project',
      name,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${json(name)}`,
    ],
  ],
  count: countVitest,
});

const steps: readonly Step[] = [
  { name: 'format', commands: [[bin('prettier'), '--check', '--log-level', 'warn', '.']] },
  { name: 'lint', commands: [[bin('eslint'), '.']] },
  {
    name: 'typecheck',
    commands: [tsc('tsconfig.json'), tsc('tsconfig.web.json'), tsc('tsconfig.tests.json')],
  },
  { name: 'arrows', commands: [[process.execPath, join(root, 'tools/arrows.main.ts')]] },
  { name: 'spec', commands: [[process.execPath, join(root, 'tools/spec.main.ts')]] },
  vitest('unit', 'tests/unit/**/*.test.{ts,tsx}'),
  vitest('contracts', 'tests/contracts/**/*.test.ts'),
  vitest('scenarios', 'tests/scenarios/**/*.test.ts'),
  vitest('e2e', 'tests/e2e/**/*.test.ts'),
  {
    name: 'browser',
    files: 'tests/e2e/**/*.spec.ts',
    commands: [[bin('playwright'), 'test', '--config', 'playwright.config.ts', '--reporter=line,json']],
    count: countPlaywright,
  },
];

function run(command: readonly string[]): Promise<number> {
  const [program = '', ...args] = command;
  return new Promise((done) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: json('browser'), TEST_LONG: long ? '1' : '' },
    });
    running = child;
    child.once('error', (error) => {
      console.error(`${program}: ${error.message}`);
      done(127);
    });
    child.once('exit', (code) => {
      done(code ?? 1);
    });
  });
}

async function runStep(step: Step): Promise<StepResult> {
  const started = performance.now();
  const end = (counts: Counts, note = ''): StepResult => ({
    name: step.name,
    ms: performance.now() - started,
    note,
    ...counts,
  });
  if (step.files !== undefined && globSync(step.files, { cwd: root }).length === 0) {
    return end({ passed: 0, failed: 0, skipped: 0 }, 'no files');
  }
  let code = 0;
  for (const command of step.commands) {
    code = code || (await run(command));
    if (code !== 0) break;
  }
  if (!step.count) return end({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 });
  if (!existsSync(json(step.name)))
    return end({ passed: 0, failed: 1, skipped: 0 }, 'no report: the runner broke');
  const counts = step.count(JSON.parse(readFileSync(json(step.name), 'utf8')));
  if (counts.passed + counts.failed === 0)
    return end({ ...counts, failed: 1 }, 'files, but not one test ran');
  // A runner may fail without a failing test: an import that throws, an error outside a test.
  if (code !== 0 && counts.failed === 0)
    return end({ ...counts, failed: 1 }, `the runner ended with ${String(code)}`);
  return end(counts);
}

const args = process.argv.slice(2);
const long = args.includes('--long');
const at = args.indexOf('--only');
const only = at < 0 ? undefined : (args[at + 1] ?? '').split(',');
const unknown = only?.filter((name) => !steps.some((step) => step.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}. Known: ${steps.map((step) => step.name).join(', ')}`);
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stopped = true;
    running?.kill(signal);
  });
}
const results: StepResult[] = [];
try {
  for (const step of steps) {
    if (stopped || (only && !only.includes(step.name))) continue;
    console.log(`\n== ${step.name}`);
    results.push(await runStep(step));
  }
} finally {
  rmSync(report, { recursive: true, force: true });
}
const { text, ok } = summarize(results);
console.log(`\n${text}`);
process.exitCode = stopped ? 130 : ok ? 0 : 1;
