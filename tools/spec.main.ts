import { resolve } from 'node:path';
import { checkSpec } from './check-spec.ts';

/** `npm run spec`: exits 1 and names every rule without a test and every test without a rule. */
const report = checkSpec(resolve(import.meta.dirname, '..'));
for (const problem of report.problems) console.error(problem);
console.log(
  `spec: ${String(report.rules.length)} rules, ${String(report.citations.length)} citations, ${String(report.problems.length)} problems`,
);
process.exitCode = report.problems.length > 0 ? 1 : 0;
