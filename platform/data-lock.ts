import { mkdirSync, openSync, readFileSync, rmSync, writeSync, closeSync, linkSync } from 'node:fs';
import { join } from 'node:path';

/** Another live process works in this data folder. */
export class DataFolderBusy extends Error {
  override readonly name = 'DataFolderBusy';
}

/**
 * One process per data folder: `<dataDir>/lock` holds the pid and the start time of the process
 * in clock ticks since boot, so that a lock left by a killed process, or by an earlier boot with
 * the same pid, is recognised as stale.
 * @returns release, to be called at a clean stop.
 * @throws DataFolderBusy when a live process holds it.
 */
export function lockDataFolder(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, 'lock');
  const mine = `${String(process.pid)} ${startOf(process.pid) ?? ''}\n`;
  const draft = `${file}.${String(process.pid)}`;
  const handle = openSync(draft, 'w');
  writeSync(handle, mine);
  closeSync(handle);
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      try {
        // link() is atomic and fails when the lock exists: no moment with an empty lock file.
        linkSync(draft, file);
        return () => {
          if (read(file) === mine) rmSync(file, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const found = read(file);
      const [pid = '', start = ''] = (found ?? '').trim().split(' ');
      if (found !== undefined && isAlive(Number(pid), start))
        throw new DataFolderBusy(`the data folder ${dataDir} is in use by process ${pid}; stop it first`);
      if (read(file) === found) rmSync(file, { force: true });
    }
    throw new DataFolderBusy(`the data folder ${dataDir} is contended; try again`);
  } finally {
    rmSync(draft, { force: true });
  }
}

function isAlive(pid: number, start: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = startOf(pid);
  return start === '' || now === undefined || now === start;
}

/** Boot id and start time of a process; undefined where /proc is not there. */
function startOf(pid: number): string | undefined {
  const stat = read(`/proc/${String(pid)}/stat`);
  const boot = read('/proc/sys/kernel/random/boot_id');
  if (stat === undefined || boot === undefined) return undefined;
  // Field 22, counted after the command's closing bracket (the command may hold spaces).
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return ticks === undefined ? undefined : `${boot.trim()}:${ticks}`;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
