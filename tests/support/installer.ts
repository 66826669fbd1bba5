import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';

/** A person at `npm run device`: reads what it says and types. */
export interface Installer {
  readonly said: () => string;
  /** Waits for a prompt, from where the last one ended, and types an answer. */
  answer(prompt: RegExp, typed: string): Promise<void>;
  hears(text: RegExp): Promise<void>;
  readonly ended: Promise<number | null>;
  /** The terminal is closed, or the power goes. */
  kill(): void;
}

export function device(...args: readonly string[]): Installer {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../devices/device.main.ts'), ...args]);
  let said = '';
  let read = 0;
  const add = (bytes: Buffer): void => {
    said += bytes.toString();
  };
  child.stdout.on('data', add);
  child.stderr.on('data', add);
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      resolve(code);
    });
  });
  const hears = async (text: RegExp): Promise<void> => {
    const until = systemClock.monotonic() + 60_000;
    for (;;) {
      const found = text.exec(said.slice(read));
      if (found !== null) {
        read += found.index + found[0].length;
        return;
      }
      if (systemClock.monotonic() > until || child.exitCode !== null)
        throw new Error(`not said: ${String(text)}\n${said.slice(-1_500)}`);
      await sleep(systemClock, 20);
    }
  };
  return {
    said: () => said,
    ended,
    kill: () => {
      child.kill('SIGKILL');
    },
    hears,
    answer: async (prompt, typed) => {
      await hears(prompt);
      child.stdin.write(`${typed}\n`);
    },
  };
}
