import { open, sealingPair } from '../../contract/sealing.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { toInstant } from '../../contract/time.ts';
import type { Base } from '../base.ts';
import { lockHall } from '../store/feed.store.ts';
import type { Sql, Tx } from '../store/sql.ts';
import { one } from '../store/sql.ts';
import { ed25519Public, ed25519Sign, unwrap, wrap } from './raw-keys.ts';

const DAY = 86_400_000;
/** A signing key signs for 90 days; the next one is sent down 30 days before it is needed, and stays known 150 days in all. */
const SIGNING_ROTATE = 90 * DAY;
const SIGNING_AHEAD = 30 * DAY;
const SIGNING_KNOWN = 150 * DAY;
/** K_hall changes every 30 days; the next is sent down a week ahead, so that a hall may be dark over the change. */
const HALL_KEY_LIFE = 30 * DAY;
const HALL_KEY_AHEAD = 8 * DAY;

export interface Keys {
  /** Makes the keys that are due and sends them to every hall. Idempotent; called at start and every hour. */
  maintain(): Promise<void>;
  /** Keys of one hall, within a transaction that holds its lock. */
  maintainHall(tx: Tx, hall: number, createdAt: UnixMillis): Promise<void>;
  /** Signs with the newest key that is valid now. */
  sign(
    sql: Sql,
    message: (keyId: number) => Uint8Array,
  ): Promise<{ readonly keyId: number; readonly signature: Uint8Array }>;
  /** K_hall in force at a time, and its epoch. */
  hallKeyAt(
    sql: Sql,
    hall: number,
    at: UnixMillis,
  ): Promise<{ readonly epoch: number; readonly key: Uint8Array }>;
  hallKey(sql: Sql, hall: number, epoch: number): Promise<Uint8Array>;
  /** Opens one sealed answer; undefined when the box does not fit. */
  unseal(sql: Sql, keyId: string, box: Uint8Array, info: Uint8Array): Promise<Uint8Array | undefined>;
}

interface SigningRow {
  readonly key_id: number;
  readonly private_key: string;
  readonly public_key: string;
  readonly valid_from: number;
  readonly valid_to: number;
}

export function createKeys(base: Base, master: Uint8Array): Keys {
  const { db, clock, random, feed } = base;

  const ensureSigning = async (tx: Tx): Promise<void> => {
    const now = clock.now();
    const newest = await one<SigningRow>(tx, 'SELECT * FROM signing_key ORDER BY valid_from DESC LIMIT 1');
    if (newest !== undefined && newest.valid_from + SIGNING_ROTATE > now + SIGNING_AHEAD) return;
    const validFrom = newest === undefined ? now : Math.max(now, newest.valid_from + SIGNING_ROTATE);
    // 1..127 in a ring: by the time a number comes round, its old key is long forgotten (CE21).
    const keyId = newest === undefined ? 1 : (newest.key_id % 127) + 1;
    const seed = random.bytes(32);
    await tx.query('DELETE FROM signing_key WHERE key_id = $1', [keyId]);
    await tx.query(
      'INSERT INTO signing_key (key_id, private_key, public_key, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5)',
      [
        keyId,
        wrap(master, `signing:${String(keyId)}`, seed, random),
        ed25519Public(seed),
        validFrom,
        validFrom + SIGNING_KNOWN,
      ],
    );
  };

  const ensureSealing = async (tx: Tx): Promise<void> => {
    if (await one(tx, 'SELECT 1 AS found FROM sealing_key LIMIT 1')) return;
    const pair = sealingPair(random.bytes(32));
    await tx.query(
      'INSERT INTO sealing_key (key_id, private_key, public_key, valid_from) VALUES ($1, $2, $3, $4)',
      [
        'seal-1',
        wrap(master, 'sealing:seal-1', pair.privateKey, random),
        Buffer.from(pair.publicKey).toString('base64'),
        clock.now(),
      ],
    );
  };

  const maintainHall: Keys['maintainHall'] = async (tx, hall, createdAt) => {
    const now = clock.now();
    const newest = await one<{ epoch: number }>(
      tx,
      'SELECT max(epoch)::int AS epoch FROM hall_key WHERE hall = $1',
      [hall],
    );
    const due = Math.floor((now + HALL_KEY_AHEAD - createdAt) / HALL_KEY_LIFE) + 1;
    // After a long stop of central the epochs that nobody used are made too: the numbering follows the calendar.
    for (let epoch = (newest?.epoch ?? 0) + 1; epoch <= due; epoch += 1) {
      const validFrom = createdAt + (epoch - 1) * HALL_KEY_LIFE;
      await tx.query(
        'INSERT INTO hall_key (hall, epoch, key, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5)',
        [
          hall,
          epoch,
          wrap(master, `hall:${String(hall)}:${String(epoch)}`, random.bytes(32), random),
          validFrom,
          validFrom + HALL_KEY_LIFE,
        ],
      );
    }
    const rows = await tx.query<{ epoch: number; key: string; valid_from: number; valid_to: number }>(
      'SELECT * FROM hall_key WHERE hall = $1 ORDER BY epoch',
      [hall],
    );
    for (const row of rows) {
      // The verifier tries the current, then the previous epoch: older ones are withdrawn.
      if (row.valid_to + HALL_KEY_LIFE <= now) await feed.remove(tx, hall, 'hall-key', String(row.epoch));
      else {
        const key = unwrap(master, `hall:${String(hall)}:${String(row.epoch)}`, row.key);
        await feed.put(tx, hall, 'hall-key', {
          epoch: row.epoch,
          key: Buffer.from(key).toString('base64'),
          validFrom: toInstant(row.valid_from),
          validTo: toInstant(row.valid_to),
        });
      }
    }
    const signing = await tx.query<SigningRow>('SELECT * FROM signing_key');
    for (const row of signing) {
      if (row.valid_to <= now) await feed.remove(tx, hall, 'key', String(row.key_id));
      else
        await feed.put(tx, hall, 'key', {
          keyId: row.key_id,
          publicKey: row.public_key,
          validFrom: toInstant(row.valid_from),
          validTo: toInstant(row.valid_to),
        });
    }
    const sealing = await tx.query<{ key_id: string; public_key: string; valid_from: number }>(
      'SELECT * FROM sealing_key',
    );
    for (const row of sealing)
      await feed.put(tx, hall, 'sealing-key', {
        keyId: row.key_id,
        publicKey: row.public_key,
        validFrom: toInstant(row.valid_from),
      });
  };

  const hallKey: Keys['hallKey'] = async (sql, hall, epoch) => {
    const row = await one<{ key: string }>(sql, 'SELECT key FROM hall_key WHERE hall = $1 AND epoch = $2', [
      hall,
      epoch,
    ]);
    if (row === undefined) throw new Error(`hall ${String(hall)} has no key of epoch ${String(epoch)}`);
    return unwrap(master, `hall:${String(hall)}:${String(epoch)}`, row.key);
  };

  return {
    maintain: async () => {
      await db.transaction(async (tx) => {
        await tx.query('SELECT pg_advisory_xact_lock(728312)');
        await ensureSigning(tx);
        await ensureSealing(tx);
      });
      for (const { id } of await db.query<{ id: number }>('SELECT id FROM hall ORDER BY id')) {
        await db.transaction(async (tx) => {
          const row = await lockHall(tx, id);
          if (row !== undefined) await maintainHall(tx, id, row.created_at);
        });
      }
    },
    maintainHall,
    sign: async (sql, message) => {
      const row = await one<SigningRow>(
        sql,
        'SELECT * FROM signing_key WHERE valid_from <= $1 ORDER BY valid_from DESC LIMIT 1',
        [clock.now()],
      );
      if (row === undefined) throw new Error('central has no signing key yet');
      const seed = unwrap(master, `signing:${String(row.key_id)}`, row.private_key);
      return { keyId: row.key_id, signature: ed25519Sign(seed, message(row.key_id)) };
    },
    hallKeyAt: async (sql, hall, at) => {
      const row = await one<{ epoch: number }>(
        sql,
        'SELECT epoch FROM hall_key WHERE hall = $1 AND valid_from <= $2 ORDER BY epoch DESC LIMIT 1',
        [hall, at],
      );
      if (row === undefined) throw new Error(`hall ${String(hall)} has no key for that time`);
      return { epoch: row.epoch, key: await hallKey(sql, hall, row.epoch) };
    },
    hallKey,
    unseal: async (sql, keyId, box, info) => {
      const row = await one<{ private_key: string }>(
        sql,
        'SELECT private_key FROM sealing_key WHERE key_id = $1',
        [keyId],
      );
      return row === undefined
        ? undefined
        : open(unwrap(master, `sealing:${keyId}`, row.private_key), box, info);
    },
  };
}
