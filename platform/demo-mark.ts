import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Demo mode was asked for where real people's data or real networks could be. */
export class DemoRefused extends Error {
  override readonly name = 'DemoRefused';
}

const MARK = 'DEMO';
/** Files that may stand in a folder that is otherwise new. */
const HARMLESS = new Set(['lock', 'ports.json', 'config.json']);

/**
 * Demo mode runs only on loopback and in a data folder marked demo; an empty folder is marked
 * at first use, and a folder once marked is never used without demo mode.
 * @throws DemoRefused with the sentence for the person who starts the process.
 */
export function checkDemoMark(options: {
  readonly dataDir: string;
  readonly demo: boolean;
  readonly hosts: readonly string[];
}): void {
  const mark = join(options.dataDir, MARK);
  const marked = existsSync(mark);
  if (!options.demo) {
    if (marked)
      throw new DemoRefused(`${options.dataDir} holds demo data; use another dataDir, or set "demo": true`);
    return;
  }
  const outside = options.hosts.find((host) => !isLoopback(host));
  if (outside !== undefined) throw new DemoRefused(`demo mode runs only on loopback, not on ${outside}`);
  if (marked) return;
  mkdirSync(options.dataDir, { recursive: true });
  const found = readdirSync(options.dataDir).filter(
    (name) => !HARMLESS.has(name) && !/^(lock|config)\./.test(name),
  );
  if (found.length > 0)
    throw new DemoRefused(
      `${options.dataDir} is not marked as demo and not empty; demo mode never touches real data`,
    );
  writeFileSync(mark, 'Demo data: made-up members, codes shown on screen. Not for real use.\n');
}

/** 127.0.0.0/8, ::1 and localhost. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
