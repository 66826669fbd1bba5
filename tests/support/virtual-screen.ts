import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';

/** A screen without glass: Xvfb with openbox as its window manager, as a kiosk's X session has one. */
export interface VirtualScreen {
  /** Value of DISPLAY. */
  readonly display: string;
  stop(): Promise<void>;
}

const XVFB = '/usr/bin/Xvfb';
const OPENBOX = '/usr/bin/openbox';

/** What is missing on this machine, as a sentence for a skipped test; undefined when all is there. */
export function noVirtualScreen(): string | undefined {
  if (!existsSync(XVFB)) return 'Xvfb is not installed here (Debian package xvfb)';
  return existsSync(OPENBOX) ? undefined : 'openbox is not installed here (Debian package openbox)';
}

/** @throws when Xvfb gives no display within 5 s. */
export async function startVirtualScreen(width: number, height: number): Promise<VirtualScreen> {
  const size = `${String(width)}x${String(height)}x24`;
  const server = spawn(XVFB, ['-displayfd', '1', '-screen', '0', size, '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let number = '';
  server.stdout.on('data', (chunk: Buffer) => {
    number += chunk.toString();
  });
  const until = systemClock.monotonic() + 5_000;
  while (!number.includes('\n')) {
    if (systemClock.monotonic() > until || server.exitCode !== null) {
      server.kill('SIGKILL');
      throw new Error('Xvfb gave no display');
    }
    await sleep(systemClock, 20);
  }
  const display = `:${number.trim()}`;
  const manager = spawn(OPENBOX, [], { env: { ...process.env, DISPLAY: display }, stdio: 'ignore' });
  return {
    display,
    stop: async () => {
      await end(manager);
      await end(server);
    },
  };
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => {
      resolve();
    });
    child.kill('SIGTERM');
  });
}
