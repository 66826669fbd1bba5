import { scrypt, timingSafeEqual } from 'node:crypto';

/** scrypt with N = 2^17, r = 8, p = 1: 128 MiB and about half a second on a small box [ID4]. */
export const SCRYPT_COST = 2 ** 17;
const BLOCK = 8;
const LENGTH = 32;
/** Waiting tries beyond this are turned away: a flood of sign-ins must not fill the memory. */
const LONGEST_QUEUE = 8;

export interface PasswordHasher {
  /** undefined when too many are waiting. */
  hash(password: string, salt: Uint8Array): Promise<Uint8Array | undefined>;
}

/** Hashes one password after another; `cost` is N and lower only in tests. */
export function createPasswordHasher(cost: number = SCRYPT_COST): PasswordHasher {
  let waiting = 0;
  let tail: Promise<unknown> = Promise.resolve();
  return {
    hash: (password, salt) => {
      if (waiting >= LONGEST_QUEUE) return Promise.resolve(undefined);
      waiting += 1;
      const result = tail
        .then(() => scryptOnce(password, salt, cost))
        .finally(() => {
          waiting -= 1;
        });
      tail = result.catch(() => undefined);
      return result;
    },
  };
}

/** Compares in constant time. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function scryptOnce(password: string, salt: Uint8Array, cost: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    scrypt(
      password.normalize('NFKC'),
      salt,
      LENGTH,
      { N: cost, r: BLOCK, p: 1, maxmem: 128 * cost * BLOCK * 2 },
      (error, key) => {
        if (error === null) resolve(new Uint8Array(key));
        else reject(error);
      },
    );
  });
}
