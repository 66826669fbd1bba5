import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `<dataDir>/ports.json`: which ports and URLs this process really uses. Written whole or not at all. */
export function writePortsFile(dataDir: string, ports: Readonly<Record<string, string | number>>): string {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, 'ports.json');
  const next = `${file}.${String(process.pid)}`;
  writeFileSync(next, `${JSON.stringify({ pid: process.pid, ...ports }, null, 2)}\n`, { mode: 0o644 });
  renameSync(next, file);
  return file;
}

/** Removes it at a clean stop, so that nobody reads ports of a process that is gone. */
export function removePortsFile(dataDir: string): void {
  rmSync(join(dataDir, 'ports.json'), { force: true });
}
