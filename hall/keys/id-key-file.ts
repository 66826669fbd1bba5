import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { idNumberKey } from '../../contract/id-number.ts';
import type { CancelTimer, Clock } from '../../contract/ports.ts';
import type { KeyRing } from '../ports.ts';

/** A key begins by the clock, not by news: looked at this often. */
const EVERY_MS = 30_000;

/**
 * Keeps `<dataDir>/id-number-keys.json` (mode 0600) at what the hall knows: what a gateway in a process of its own needs to hash
 * ID numbers, and no more; K_hall cannot be found from it [CI30]. Returned: its end.
 */
export function keepIdKeyFile(parts: {
  readonly dataDir: string;
  readonly keys: Pick<KeyRing, 'hallKeys'>;
  readonly clock: Clock;
}): CancelTimer {
  const file = join(parts.dataDir, 'id-number-keys.json');
  let cancel: CancelTimer = () => undefined;
  const look = (): void => {
    const keys = parts.keys.hallKeys().map(({ key }) => Buffer.from(idNumberKey(key)).toString('base64'));
    const text = `${JSON.stringify(keys)}\n`;
    if (!existsSync(file) || readFileSync(file, 'utf8') !== text) write(file, text);
    cancel = parts.clock.after(EVERY_MS, look);
  };
  look();
  return () => {
    cancel();
  };
}

function write(file: string, text: string): void {
  const next = `${file}.new`;
  // An earlier one may be left with rights that were too wide.
  rmSync(next, { force: true });
  const handle = openSync(next, 'wx', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(next, file);
}
