import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { DeviceId } from '../contract/ids.ts';
import type { Clock, Random } from '../contract/ports.ts';
import type { BrokerRole } from '../contract/topics.ts';
import { sameBytes, secretHasher } from './secret-hash.ts';
import type { BrokerDatabase } from './store.ts';

/** What a check of a secret found. `busy` = too many are being checked; try again later. */
export type Verdict = 'right' | 'wrong' | 'busy';

/** Who may speak to the broker: one credential per client, named by its client id. */
export interface Credentials {
  /** Makes (or replaces) the credential of `id` and returns its secret, which is never shown again. */
  issue(id: string, role: BrokerRole): Promise<string>;
  /** The same with a secret made by `newSecret`, for callers that must write it down first. */
  put(id: string, role: BrokerRole, secret: string): Promise<void>;
  newSecret(): string;
  /** Removes the credential. Sessions and retained topics are the broker's `revoke`. */
  remove(id: string): boolean;
  has(id: string): boolean;
  role(id: string): BrokerRole | undefined;
  ids(): string[];
  /** Enrolled by command and not by the configuration: stays until it is revoked by command. */
  enrolled(id: string): boolean;
  markEnrolled(id: string): void;
  /** Answers from memory for a secret that was right before: true, or undefined when that is not known. */
  remembers(id: string, secret: string): true | undefined;
  /** Checks a secret; costs the same for ids that do not exist. */
  verify(id: string, secret: string): Promise<Verdict>;
}

const Role: z.ZodType<BrokerRole> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hall'), prefixes: z.array(z.string().min(1)).optional() }),
  z.object({ kind: z.literal('device'), device: DeviceId }),
  z.object({ kind: z.literal('bridge'), prefixes: z.array(z.string().min(1)) }),
]);

interface Stored {
  readonly role: BrokerRole;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

const SECRET_BYTES = 24;

/**
 * Credentials in the broker's database, each as a salted scrypt hash. A secret that was right once
 * is remembered as an HMAC under a key of this process, so that a thousand devices that reconnect
 * at once cost a thousand HMACs.
 */
export function openCredentials(options: {
  readonly db: BrokerDatabase;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
  readonly hashesAtOnce: number;
  readonly hashesWaiting: number;
}): Credentials {
  const { db, clock, random } = options;
  const hasher = secretHasher({ atOnce: options.hashesAtOnce, waiting: options.hashesWaiting });
  const key = random.bytes(32);
  const nobody: Stored = { role: { kind: 'hall' }, salt: random.bytes(16), hash: random.bytes(32) };
  const stored = new Map<string, Stored>();
  const proven = new Map<string, Buffer>();
  const rows = db
    .prepare<[], { id: string; role: string; salt: Buffer; hash: Buffer }>(
      'SELECT id, role, salt, hash FROM credential',
    )
    .all();
  for (const row of rows)
    stored.set(row.id, { role: Role.parse(JSON.parse(row.role)), salt: row.salt, hash: row.hash });
  const insert = db.prepare(
    'INSERT OR REPLACE INTO credential (id, role, salt, hash, issued_at) VALUES (?, ?, ?, ?, ?)',
  );
  const remove = db.prepare('DELETE FROM credential WHERE id = ?');
  const enrolled = db.prepare<[string], { client_id: string }>(
    'SELECT client_id FROM enrolled WHERE client_id = ?',
  );
  const mark = db.prepare('INSERT OR IGNORE INTO enrolled (client_id) VALUES (?)');
  const unmark = db.prepare('DELETE FROM enrolled WHERE client_id = ?');

  const macOf = (id: string, secret: string): Buffer =>
    createHmac('sha256', key).update(`${id}\0${secret}`).digest();
  const newSecret = (): string => Buffer.from(random.bytes(SECRET_BYTES)).toString('base64url');
  const put = async (id: string, role: BrokerRole, secret: string): Promise<void> => {
    if (!DeviceId.safeParse(id).success)
      throw new Error(`client id "${id}": a-z, 0-9 and -, 1 to 32 characters`);
    if (role.kind === 'device' && role.device !== id)
      throw new Error(`device "${role.device}" cannot have the client id "${id}"`);
    const salt = random.bytes(16);
    const hash = await hasher.hash(secret, salt);
    insert.run(id, JSON.stringify(role), salt, hash, Math.floor(clock.now()));
    stored.set(id, { role, salt, hash });
    proven.delete(id);
  };
  const remembers = (id: string, secret: string): true | undefined => {
    const mac = proven.get(id);
    return mac !== undefined && sameBytes(mac, macOf(id, secret)) ? true : undefined;
  };

  return {
    put,
    newSecret,
    remembers,
    async issue(id, role) {
      const secret = newSecret();
      await put(id, role, secret);
      return secret;
    },
    remove(id) {
      stored.delete(id);
      proven.delete(id);
      unmark.run(id);
      return remove.run(id).changes > 0;
    },
    has: (id) => stored.has(id),
    role: (id) => stored.get(id)?.role,
    ids: () => [...stored.keys()],
    enrolled: (id) => enrolled.get(id) !== undefined,
    markEnrolled: (id) => {
      mark.run(id);
    },
    async verify(id, secret) {
      const entry = stored.get(id);
      let hash: Buffer;
      try {
        hash = await hasher.hash(secret, (entry ?? nobody).salt);
      } catch (error) {
        if (error instanceof Error && error.name === 'HashQueueFull') return 'busy';
        throw error;
      }
      // Looked up again: the credential may have been replaced or revoked while the hash was made.
      if (entry === undefined || stored.get(id) !== entry || !sameBytes(hash, entry.hash)) return 'wrong';
      proven.set(id, macOf(id, secret));
      return 'right';
    },
  };
}
