import type { Clock } from '../../contract/ports.ts';

/** One step of the story: what was done and what was really seen. */
export interface StepReport {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  /** What was observed; for a failed step, what was seen instead. */
  readonly observed: unknown;
}

export interface Step<W> {
  readonly name: string;
  /** Throws when the world does not show what the step promises; returns what it showed. */
  run(world: W): Promise<unknown>;
}

/** Runs the steps in order, stops at the first that fails, and tells of each as it ends. */
export async function runSteps<W>(
  steps: readonly Step<W>[],
  world: W,
  clock: Clock,
  tell: (report: StepReport) => void,
): Promise<StepReport[]> {
  const reports: StepReport[] = [];
  for (const step of steps) {
    const startedAt = clock.monotonic();
    let report: StepReport;
    try {
      const observed = await step.run(world);
      report = { name: step.name, ok: true, ms: Math.round(clock.monotonic() - startedAt), observed };
    } catch (error) {
      const seen = error instanceof Error ? error.message : String(error);
      report = { name: step.name, ok: false, ms: Math.round(clock.monotonic() - startedAt), observed: seen };
    }
    reports.push(report);
    tell(report);
    if (!report.ok) break;
  }
  return reports;
}

/** Fails the step with a sentence when `seen` is not what it must be. */
export function mustBe(what: string, seen: unknown, wanted: unknown): void {
  if (seen !== wanted)
    throw new Error(`${what}: saw ${JSON.stringify(seen)}, wanted ${JSON.stringify(wanted)}`);
}
