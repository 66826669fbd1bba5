import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../platform/system.ts';
import { runSteps } from './run.ts';
import type { StepReport } from './run.ts';
import { storySteps } from './steps/all.ts';
import { openWorld, sabotages } from './world.ts';
import type { Sabotage, World } from './world.ts';

/**
 * `npm run story`: one day in a hall, end to end, on free ports and a temporary folder. Exits 0 only if
 * every step was observed. `--json FILE` writes the figures; `--sabotage PART` breaks one part, to prove
 * that the story notices; `--broker mosquitto` tells it on an independent broker; `--verbose` shows what
 * every process says.
 */

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    sabotage: { type: 'string' },
    broker: { type: 'string', default: 'embedded' },
    verbose: { type: 'boolean', default: false },
  },
});
const isSabotage = (name: string): name is Sabotage => sabotages.some((each) => each === name);
if (values.sabotage !== undefined && !isSabotage(values.sabotage)) {
  process.stderr.write(`--sabotage is one of ${sabotages.join(', ')}\n`);
  process.exit(2);
}

if (values.broker !== 'embedded' && values.broker !== 'mosquitto') {
  process.stderr.write('--broker is embedded or mosquitto\n');
  process.exit(2);
}
const onBroker = values.broker;

const dir = mkdtempSync(join(tmpdir(), 'union-hall-story-'));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const tell = (report: StepReport): void => {
  const seconds = (report.ms / 1000).toFixed(1).padStart(6);
  say(`${report.ok ? '  ok  ' : ' FAIL '} ${seconds} s  ${report.name}`);
  say(
    `                 ${typeof report.observed === 'string' ? report.observed : JSON.stringify(report.observed)}`,
  );
};

let world: World | undefined;
let ending: Promise<void> | undefined;
function end(): Promise<void> {
  ending ??= (async () => {
    await world?.stop();
    rmSync(dir, { recursive: true, force: true });
  })();
  return ending;
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void end().then(() => process.exit(130)));

const startedAt = systemClock.monotonic();
let reports: StepReport[] = [];
const first = 'the house starts: central, hall, broker, gateway, lock boards, scanner';
try {
  world = await openWorld(
    dir,
    values.sabotage,
    onBroker,
    values.verbose
      ? (part, line) => {
          say(`[${part}] ${line}`);
        }
      : undefined,
  );
  const up: StepReport = {
    name: first,
    ok: true,
    ms: Math.round(systemClock.monotonic() - startedAt),
    observed: { hall: world.house.hallUrl, central: world.house.centralUrl, broker: onBroker },
  };
  tell(up);
  reports = [up, ...(await runSteps(storySteps, world, systemClock, tell))];
} catch (error) {
  const failed: StepReport = {
    name: first,
    ok: false,
    ms: Math.round(systemClock.monotonic() - startedAt),
    observed: error instanceof Error ? error.message : String(error),
  };
  tell(failed);
  reports = [failed];
}
await end();

const ok = reports.length === storySteps.length + 1 && reports.every((report) => report.ok);
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ ok, steps: reports }, null, 2)}\n`);
const total = ((systemClock.monotonic() - startedAt) / 1000).toFixed(1);
say(
  ok
    ? `The story is true: ${String(reports.length)} steps observed in ${total} s.`
    : `The story is not true: ${reports.at(-1)?.name ?? 'nothing ran'} failed after ${total} s.`,
);
process.exit(ok ? 0 : 1);
