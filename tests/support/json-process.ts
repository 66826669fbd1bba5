import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { sleep, type Clock } from '../../contract/ports.ts';

/** A program of ours that talks in JSON lines on standard input and output. */
export interface JsonProcess {
  readonly pid: number;
  /** Everything it said so far. */
  readonly said: Record<string, unknown>[];
  readonly errors: () => string;
  tell(order: object): void;
  /** Waits for a line that fits, from `from` on; throws after `withinMs`, with what was said instead. */
  hear(
    fits: (line: Record<string, unknown>) => boolean,
    withinMs?: number,
    from?: number,
  ): Promise<Record<string, unknown>>;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const ROOT = join(import.meta.dirname, '..', '..');

/** Starts `node <program> <args>` from the project's root. `through`: a command that starts it, e.g. in another network. */
export function startProgram(
  program: string,
  args: readonly string[],
  clock: Clock,
  through: readonly string[] = [],
): JsonProcess {
  const [file = '', ...rest] = [...through, process.execPath, program, ...args];
  const child = spawn(file, rest, { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] });
  const said: Record<string, unknown>[] = [];
  let errors = '';
  createInterface({ input: child.stdout }).on('line', (line) =>
    said.push(JSON.parse(line) as Record<string, unknown>),
  );
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-20_000);
  });
  child.on('error', (error) => {
    errors += error.message;
  });
  // Writing to a process that has just ended is no failure of the test.
  child.stdin.on('error', (error) => {
    errors += error.message;
  });
  return {
    pid: child.pid ?? -1,
    said,
    errors: () => errors,
    tell: (order) => {
      child.stdin.write(`${JSON.stringify(order)}\n`);
    },
    hear: async (fits, withinMs = 5_000, from = 0) => {
      const until = clock.monotonic() + withinMs;
      for (;;) {
        const found = said.slice(from).find(fits);
        if (found !== undefined) return found;
        if (clock.monotonic() > until || child.exitCode !== null) {
          throw new Error(
            `${program} did not say it; last lines: ${JSON.stringify(said.slice(-5))}; errors: ${errors.slice(-1_500)}`,
          );
        }
        await sleep(clock, 5);
      }
    },
    stop: (signal = 'SIGTERM') => stop(child, signal),
  };
}

function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve(child.exitCode);
      return;
    }
    child.once('exit', (code) => {
      resolve(code);
    });
    child.kill(signal);
  });
}
