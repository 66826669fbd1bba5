import { readFileSync, statSync } from 'node:fs';
import { IdNumberKeys } from '../../contract/id-number.ts';

/**
 * Keys of the hashes for a gateway in a process of its own, from the file that the hall keeps (`id-number-keys.json`
 * in its data folder, mode 0600). Read at every look, so that a new key counts at once; whatever is wrong with the file, no ID
 * card is read, and `told` hears the reason once [DV65].
 */
export function idKeyFile(path: string, told: (reason: string) => void): () => readonly Uint8Array[] {
  let said = '';
  let known: { readonly stamp: string; readonly keys: readonly Uint8Array[] } | undefined;
  const refuse = (reason: string): readonly Uint8Array[] => {
    known = undefined;
    if (reason !== said) told(reason);
    said = reason;
    return [];
  };
  return () => {
    try {
      const { mode, mtimeMs, ino, size } = statSync(path);
      if ((mode & 0o077) !== 0)
        return refuse(`${path} may be read by others; take those rights away (chmod 600)`);
      const stamp = `${String(ino)} ${String(mtimeMs)} ${String(size)}`;
      if (known?.stamp === stamp) return known.keys;
      const keys = IdNumberKeys.parse(JSON.parse(readFileSync(path, 'utf8'))).map(
        (key) => new Uint8Array(Buffer.from(key, 'base64')),
      );
      known = { stamp, keys };
      said = '';
      return keys;
    } catch (error) {
      // The message of a parser could quote the keys.
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'not a list of keys';
      return refuse(`${path}: the keys for ID numbers cannot be read (${code})`);
    }
  };
}
