import { z } from 'zod';

/** What a bench says, for people and for `--json`. `ratio` is ours over the peer's of the same run. */
export const BenchRow = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/),
  unit: z.string().min(1),
  value: z.number(),
  p50: z.number().optional(),
  p99: z.number().optional(),
  peer: z.string().optional(),
  peerValue: z.number().optional(),
  ratio: z.number().optional(),
  target: z.string().optional(),
  note: z.string().optional(),
});
export type BenchRow = z.infer<typeof BenchRow>;

export const BenchReport = z.strictObject({ machine: z.string(), at: z.string(), rows: z.array(BenchRow) });
export type BenchReport = z.infer<typeof BenchReport>;

export interface BenchOptions {
  /** Ten minutes where the quick form takes one. */
  readonly long: boolean;
  readonly say: (line: string) => void;
}

export interface Bench {
  /** Rows it makes, by name; `--only` picks by these. */
  readonly names: readonly string[];
  run(options: BenchOptions, only: ReadonlySet<string>): Promise<BenchRow[]>;
}

/** The nearest-rank percentile: the smallest value that at least `share` of all values do not exceed. Throws RangeError on no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (found === undefined) throw new RangeError('a percentile of nothing');
  return found;
}

/** Three significant digits: what a measurement on a shared machine is worth. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** One line a row. */
export function describeRow(row: BenchRow): string {
  const parts = [
    `${row.name.padEnd(20)} ${String(row.value)} ${row.unit}`,
    row.p50 === undefined ? '' : `p50 ${String(row.p50)}`,
    row.p99 === undefined ? '' : `p99 ${String(row.p99)}`,
    row.peer === undefined ? '' : `${row.peer} ${String(row.peerValue ?? '?')}`,
    row.ratio === undefined ? '' : `ratio ${String(row.ratio)}`,
    row.target === undefined ? '' : `aim: ${row.target}`,
    row.note ?? '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
