import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { toInstant } from '../../contract/time.ts';
import { systemClock } from '../../platform/system.ts';
import { brokerBench } from './broker.bench.ts';
import { checkInBench } from './check-in.bench.ts';
import { idleMemoryBench } from './idle-memory.bench.ts';
import { lockLineBench } from './lock-line.bench.ts';
import type { Bench, BenchReport } from './rows.ts';
import { BenchReport as Report, describeRow } from './rows.ts';
import { scanToFrameBench } from './scan-to-frame.bench.ts';
import { sensorIngestBench } from './sensor-ingest.bench.ts';
import { syncUpBench } from './sync-up.bench.ts';

/** `npm run bench`: every benchmark, beside its peer where there is one. `--json FILE`, `--only NAME[,NAME]`, `--long`. */

const benches: readonly Bench[] = [
  idleMemoryBench,
  scanToFrameBench,
  checkInBench,
  syncUpBench,
  lockLineBench,
  brokerBench,
  sensorIngestBench,
];
const known = benches.flatMap((bench) => bench.names);

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    long: { type: 'boolean', default: false },
  },
});
const only = new Set(values.only?.split(',') ?? known);
const unknown = [...only].filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`unknown: ${unknown.join(', ')}. Known: ${known.join(', ')}\n`);
  process.exit(2);
}
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const report: BenchReport = {
  machine: `${cpus()[0]?.model ?? 'unknown processor'}, ${String(cpus().length)} cores, ${String(Math.round(totalmem() / 1e9))} GB, Node ${process.versions.node}`,
  at: toInstant(systemClock.now()),
  rows: [],
};
say(report.machine);
let failed = 0;
for (const bench of benches) {
  if (!bench.names.some((name) => only.has(name))) continue;
  try {
    for (const row of await bench.run({ long: values.long, say }, only)) {
      report.rows.push(row);
      say(describeRow(row));
    }
  } catch (error) {
    failed += 1;
    say(`${bench.names.join(', ')}: not measured: ${error instanceof Error ? error.message : String(error)}`);
  }
}
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify(Report.parse(report), null, 2)}\n`);
process.exit(failed === 0 ? 0 : 1);
