import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import { sleep, type Clock } from '../contract/ports.ts';

/** Two joined virtual serial ports: what is written to one end is read at the other. Baud rate and parity do nothing. */
export interface PtyPair {
  readonly a: string;
  readonly b: string;
  /** Kills the pair: both ends see the cable pulled. */
  stop(): Promise<void>;
}

/**
 * Starts `socat` with two named ends and waits until both are there.
 * @param a path of the link to make for one end, `b` for the other; the folder must exist.
 * @throws when socat is missing or does not make the links within 5 s.
 */
export async function startPty(a: string, b: string, clock: Clock): Promise<PtyPair> {
  const child = spawn('socat', ['-d', '-d', `pty,raw,echo=0,link=${a}`, `pty,raw,echo=0,link=${b}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let trouble = '';
  let made = 0;
  child.stderr.on('data', (chunk: Buffer) => {
    const text = chunk.toString();
    made += text.split('PTY is').length - 1;
    trouble = (trouble + text).slice(-2_000);
  });
  child.on('error', (error) => {
    trouble = error.message;
  });
  const until = clock.monotonic() + 5_000;
  while (!(made >= 2 && points(a) && points(b))) {
    if (child.exitCode !== null || child.pid === undefined || clock.monotonic() > until) {
      child.kill('SIGKILL');
      throw new Error(`no pair of virtual serial ports: ${trouble}`);
    }
    await sleep(clock, 10);
  }
  return { a, b, stop: () => stop(child) };
}

function points(link: string): boolean {
  try {
    return existsSync(readlinkSync(link));
  } catch {
    // Not there yet.
    return false;
  }
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => {
      resolve();
    });
    // SIGTERM lets socat remove its links.
    child.kill('SIGTERM');
  });
}
