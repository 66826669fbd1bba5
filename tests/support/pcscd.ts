import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from '../../contract/ports.ts';
import type { Clock } from '../../contract/ports.ts';
import { startProgram } from './json-process.ts';
import type { JsonProcess } from './json-process.ts';

export const PCSCD_SOCKET = '/run/pcscd/pcscd.comm';
const PORT = 36_001;

/** pcscd of this test's own, with a virtual reader, in a network of its own: the virtual reader listens on every address. */
export interface TestPcscd {
  card(): Promise<JsonProcess>;
  /** Runs a program where this pcscd is. */
  run(file: string, args: readonly string[], input: string): string;
  stop(): Promise<void>;
}

/** Why it cannot be tried here; undefined = it can. */
export function noPcscd(): string | undefined {
  if (process.getuid?.() !== 0) return 'pcscd and a network of its own need root';
  if (!existsSync('/usr/sbin/pcscd') || !existsSync('/usr/lib/pcsc/drivers/serial/libifdvpcd.so'))
    return 'pcscd or its virtual reader is not installed';
  try {
    execFileSync('pgrep', ['-x', 'pcscd']);
    return 'a pcscd runs here already, and there can be one';
  } catch {
    // None runs: the usual case.
  }
  try {
    execFileSync('unshare', ['-n', 'true']);
    return undefined;
  } catch {
    return 'this machine makes no network namespaces';
  }
}

/** @throws when pcscd does not come up within ten seconds. */
export async function startPcscd(clock: Clock): Promise<TestPcscd> {
  const folder = mkdtempSync(join(tmpdir(), 'pcscd-'));
  const readers = join(folder, 'readers');
  mkdirSync(readers);
  writeFileSync(
    join(readers, 'virtual'),
    [
      'FRIENDLYNAME "Virtual PCD"',
      `DEVICENAME /dev/null:0x${PORT.toString(16)}`,
      'LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so',
      `CHANNELID 0x${PORT.toString(16)}`,
      '',
    ].join('\n'),
  );
  rmSync(PCSCD_SOCKET, { force: true });
  rmSync('/run/pcscd/pcscd.pid', { force: true });
  const pcscd: ChildProcess = spawn(
    'unshare',
    ['-n', 'sh', '-c', `ip link set lo up; exec pcscd --foreground --config ${readers}`],
    { stdio: 'ignore' },
  );
  const pid = String(pcscd.pid);
  const end = clock.monotonic() + 10_000;
  while (!existsSync(PCSCD_SOCKET)) {
    if (clock.monotonic() > end) throw new Error('pcscd did not come up');
    await sleep(clock, 20);
  }
  const stops: (() => Promise<unknown>)[] = [];
  return {
    card: async () => {
      const card = startProgram('simulators/cards/card.main.ts', ['--port', String(PORT)], clock, [
        ...['nsenter', '-t', pid, '-n'],
      ]);
      stops.push(() => card.stop('SIGKILL'));
      await card.hear((line) => line['report'] === 'ready', 10_000);
      return card;
    },
    run: (file, args, input) =>
      execFileSync('nsenter', ['-t', pid, '-n', file, ...args], { input, encoding: 'utf8', timeout: 10_000 }),
    stop: async () => {
      for (const stop of stops) await stop();
      if (pcscd.exitCode === null && pcscd.signalCode === null) {
        const ended = new Promise((resolve) => pcscd.once('exit', resolve));
        pcscd.kill('SIGTERM');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
