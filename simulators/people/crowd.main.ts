import { parseArgs } from 'node:util';
import { centralRoutes } from '../../contract/central-api.ts';
import { hallRoutes } from '../../contract/hall-api.ts';
import { machineClock } from '../machine-clock.ts';
import { seededFraction } from '../seeded-fraction.ts';
import { createApiClient, expectOk } from './api-client.ts';
import { runCrowd } from './crowd.ts';
import { enterKiosk } from './visitor.ts';

/**
 * A crowd against a running demonstration:
 * `node simulators/people/crowd.main.ts --hall URL --central URL [--people 12] [--seconds 60] [--seed 1] [--at-once 4]`.
 * One JSON line for each thing somebody did, and the totals at the end. Exits 1 when an answer did not fit the contract.
 * It takes over the kiosks it enrols; doors must shut by themselves (`autoCloseMs` of the simulated boards).
 */
const { values } = parseArgs({
  options: {
    hall: { type: 'string', default: 'http://127.0.0.1:7080' },
    central: { type: 'string', default: 'http://127.0.0.1:7090' },
    people: { type: 'string', default: '12' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    'at-once': { type: 'string', default: '4' },
  },
});

/** Made-up members of the demonstration: those a visitor may be, then those kept for simulators. */
async function mobilesOf(centralUrl: string, count: number): Promise<string[]> {
  const shown = await expectOk(createApiClient(centralUrl, centralRoutes).call('phoneDemo', {}));
  const more = Array.from({ length: 24 }, (_, index) => String(13_900_000_001 + index));
  return [...shown.members.map((each) => each.mobile), ...more].slice(0, count);
}

async function main(): Promise<void> {
  const print = (line: unknown): void => {
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
  const demo = await expectOk(createApiClient(values.hall, hallRoutes).call('demo', {}));
  const kiosks = [];
  for (const { code } of demo.kiosks) kiosks.push(await enterKiosk(values.hall, code, machineClock));
  const totals = await runCrowd({
    centralUrl: values.central,
    kiosks,
    mobiles: await mobilesOf(values.central, Number(values.people)),
    duration: Number(values.seconds) * 1000,
    clock: machineClock,
    fraction: seededFraction(Number(values.seed)),
    atOnce: Number(values['at-once']),
    report: print,
  });
  print({ totals });
  if (Object.keys(totals).some((key) => / (broken|status-5\d\d)$/.test(key))) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
