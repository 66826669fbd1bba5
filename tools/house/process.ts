import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { systemClock } from '../../platform/system.ts';

/** One part of the house running as a process of its own. */
export interface Part {
  readonly name: string;
  readonly pid: number;
  /** Sends one JSON line to its standard input. */
  send(line: unknown): void;
  /** Called with each line it prints; answers a function that stops listening. */
  onLine(listen: (line: string) => void): () => void;
  /** Resolves with the first line, past or to come, that `match` accepts. Rejects when the part ends or `limitMs` passes. */
  line(match: (line: string) => boolean, limitMs: number): Promise<string>;
  /** SIGTERM, then SIGKILL after 5 s. Resolves with the exit code, or null when a signal ended it. */
  stop(): Promise<number | null>;
  /** SIGKILL at once. */
  kill(): Promise<void>;
  readonly ended: Promise<number | null>;
}

/** As set-up gives it to the commands: types are stripped once, not at every start. */
const compileCache = join(import.meta.dirname, '../../node_modules/.cache/node');

/** Parts that end with this process, by one listener for all of them. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The last lines kept for error messages and late listeners. */
const KEPT_LINES = 400;

/**
 * Starts `node FILE ARGS...` with the Node that runs this. Lines of both streams go to
 * `echo` when given. The child is ended when this process ends.
 */
export function startPart(
  name: string,
  file: string,
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly flags?: readonly string[];
    /** Program and arguments in front of Node, e.g. one that records system calls. */
    readonly prefix?: readonly string[];
    readonly echo?: (line: string) => void;
  } = {},
): Part {
  const flags = ['--disable-warning=ExperimentalWarning', ...(options.flags ?? [])];
  const [program = process.execPath, ...first] = [...(options.prefix ?? []), process.execPath];
  const child = spawn(program, [...first, ...flags, file, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env, ...options.env },
  });
  return wrapChild(name, child, options.echo);
}

export function wrapChild(name: string, child: ChildProcess, echo?: (line: string) => void): Part {
  const kept: string[] = [];
  const listeners = new Set<(line: string) => void>();
  const hear = (line: string): void => {
    kept.push(line);
    if (kept.length > KEPT_LINES) kept.shift();
    echo?.(line);
    for (const listen of [...listeners]) listen(line);
  };
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', hear);
  }
  // Writing to a part that has just ended is not our failure; `ended` tells.
  child.stdin?.on('error', () => undefined);

  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      resolve(code);
    });
    child.once('error', (error) => {
      hear(`could not start: ${error.message}`);
      resolve(1);
    });
  });
  running.add(child);
  void ended.then(() => running.delete(child));

  return {
    name,
    pid: child.pid ?? -1,
    ended,
    send: (line) => {
      child.stdin?.write(`${JSON.stringify(line)}\n`);
    },
    onLine: (listen) => {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
    line: (match, limitMs) =>
      new Promise((resolve, reject) => {
        const early = kept.find(match);
        if (early !== undefined) {
          resolve(early);
          return;
        }
        const finish = (act: () => void): void => {
          cancel();
          listeners.delete(listen);
          act();
        };
        const fail = (why: string): void => {
          finish(() => {
            reject(new Error(`${name} ${why}; it last said:\n${kept.slice(-15).join('\n')}`));
          });
        };
        const listen = (line: string): void => {
          if (match(line)) {
            finish(() => {
              resolve(line);
            });
          }
        };
        const cancel = systemClock.after(limitMs, () => {
          fail(`did not get ready within ${String(limitMs)} ms`);
        });
        listeners.add(listen);
        void ended.then((code) => {
          fail(`ended with ${String(code)}`);
        });
      }),
    stop: async () => {
      child.kill('SIGTERM');
      const cancel = systemClock.after(5000, () => child.kill('SIGKILL'));
      const code = await ended;
      cancel();
      return code;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
