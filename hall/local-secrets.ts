import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../contract/ports.ts';

/**
 * The secret by which local programs call the hall with the rights of a manager: `<dataDir>/service-token`,
 * mode 0600, made at first start [ID9].
 */
export function serviceToken(dataDir: string, random: Random): string {
  return localSecret(join(dataDir, 'service-token'), random);
}

/**
 * What card numbers are turned into tokens with, 32 bytes: `<dataDir>/card-key`, mode 0600. Gateways with card
 * readers get a copy; a new key makes every card unknown.
 */
export function cardKey(dataDir: string, random: Random): Uint8Array {
  return Buffer.from(localSecret(join(dataDir, 'card-key'), random), 'base64url');
}

function localSecret(file: string, random: Random): string {
  if (existsSync(file)) {
    chmodSync(file, 0o600);
    const known = readFileSync(file, 'utf8').trim();
    if (known.length >= 32) return known;
  }
  const made = Buffer.from(random.bytes(32)).toString('base64url');
  const next = `${file}.new`;
  const handle = openSync(next, 'w', 0o600);
  try {
    writeSync(handle, `${made}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(next, file);
  return made;
}
