import type { Clock } from '../contract/ports.ts';
import type { Logger } from './log.ts';

/** One part of a process: parts start in order and stop in the reverse order. */
export interface Part {
  readonly name: string;
  start(): Promise<void> | void;
  stop(): Promise<void> | void;
}

/** Longest a whole stop may take before the process goes anyway. */
export const STOP_LIMIT_MS = 3_000;

/**
 * Starts parts one after another. When one fails, those already started are stopped in
 * reverse and the failure is thrown.
 * @returns stop(): stops everything once, in reverse; a part that fails to stop does not keep the others up. Resolves false when the limit was reached.
 */
export async function startParts(
  parts: readonly Part[],
  clock: Clock,
  log: Logger,
  limitMs: number = STOP_LIMIT_MS,
): Promise<() => Promise<boolean>> {
  const started: Part[] = [];
  const stopAll = async (): Promise<void> => {
    for (const part of started.splice(0).reverse()) {
      try {
        await part.stop();
      } catch (error) {
        log.error({ stopping: part.name, error: textOf(error) }, 'a part did not stop cleanly');
      }
    }
  };
  for (const part of parts) {
    try {
      await part.start();
      started.push(part);
    } catch (error) {
      await stopAll();
      throw new Error(`${part.name}: ${textOf(error)}`, { cause: error });
    }
  }
  let stopping: Promise<boolean> | undefined;
  return () => {
    stopping ??= new Promise((resolve) => {
      const cancel = clock.after(limitMs, () => {
        resolve(false);
      });
      void stopAll().then(() => {
        cancel();
        resolve(true);
      });
    });
    return stopping;
  };
}

/**
 * Runs a process until SIGTERM or SIGINT: the first signal stops in order, a second one forces.
 * A defect nobody caught (exception, rejection) is logged and stops the process with code 1.
 */
export function stopOnSignals(stop: () => Promise<boolean>, log: Logger): void {
  let asked = false;
  const end = (code: number): void => {
    if (asked) return;
    asked = true;
    stop().then(
      (clean) => {
        if (!clean) log.error({}, 'stopping took too long');
        process.exit(clean ? code : 1);
      },
      (error: unknown) => {
        log.error({ error: textOf(error) }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (asked) process.exit(130);
      end(0);
    });
  }
  for (const defect of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(defect, (error: unknown) => {
      log.error(
        { error: error instanceof Error ? (error.stack ?? error.message) : textOf(error) },
        'a defect stopped the process',
      );
      end(1);
    });
  }
}

/** Prints what a person must know and ends the process: for start-up refusals. */
export function refuseToStart(error: unknown): never {
  process.stderr.write(`${textOf(error)}\n`);
  process.exit(1);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
