import { resolve } from 'node:path';
import { checkArrows } from './arrows.ts';

/** `npm run arrows`: exits 1 and names every import against the arrows. */
const report = await checkArrows(resolve(import.meta.dirname, '..'));
for (const { rule, from, to, why } of report.broken) console.error(`${from} -> ${to}\n    ${rule}: ${why}`);
if (report.files === 0) {
  console.error('arrows: no files found');
  process.exitCode = 1;
} else {
  console.log(`arrows: ${String(report.files)} files, ${String(report.broken.length)} broken`);
  process.exitCode = report.broken.length > 0 ? 1 : 0;
}
