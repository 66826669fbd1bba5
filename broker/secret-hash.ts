import { scrypt, timingSafeEqual } from 'node:crypto';

/**
 * scrypt for machine-made secrets. They hold 192 random bits, so nobody can guess them and the
 * cost only has to slow down a thief of the file: N = 4096, r = 8 is about 4 MiB and 10 ms.
 */
const COST = { N: 4096, r: 8, p: 1 } as const;
const HASH_BYTES = 32;

/** Too many passwords are waiting to be checked; the client should come again. */
export class HashQueueFull extends Error {
  override readonly name = 'HashQueueFull';
}

/** scrypt calls with a bound on those at work and those waiting, so that a flood of logins starves nobody. */
export interface SecretHasher {
  hash(secret: string, salt: Uint8Array): Promise<Buffer>;
}

/** @throws (rejects with) HashQueueFull when `waiting` calls wait already. */
export function secretHasher({ atOnce, waiting }: { atOnce: number; waiting: number }): SecretHasher {
  let running = 0;
  const queue: (() => void)[] = [];
  const next = (): void => {
    running -= 1;
    queue.shift()?.();
  };
  return {
    async hash(secret, salt) {
      if (running >= atOnce) {
        if (queue.length >= waiting) throw new HashQueueFull('too many logins are waiting');
        await new Promise<void>((resolve) => {
          queue.push(resolve);
        });
      }
      running += 1;
      try {
        return await new Promise<Buffer>((resolve, reject) => {
          scrypt(secret, salt, HASH_BYTES, COST, (error, key) => {
            if (error === null) resolve(key);
            else reject(error);
          });
        });
      } finally {
        next();
      }
    },
  };
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
