import { createHash, createPublicKey, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Millis, UnixMillis } from '../../contract/ports.ts';
import type { Words } from '../../contract/ids.ts';
import type { Result } from '../../contract/refusals.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Base } from '../base.ts';
import { attempt } from '../base.ts';
import type { Keys } from '../keys/keys.service.ts';
import { one } from '../store/sql.ts';

/** Contact is noted at most this often: one write, not one a request. */
const CONTACT_EVERY: Millis = 10_000;

export interface ConfiguredHall {
  readonly hall: number;
  readonly name: Words;
  readonly timeZone: string;
  readonly helpPhone: string;
  readonly enrolCode: string;
}

/** The halls central knows, and by which key each of them speaks. */
export interface Halls {
  /** Makes a hall of the configuration with its keys; one that is there gets its words renewed and keeps everything else. */
  configure(hall: ConfiguredHall): Promise<void>;
  /** One-time code + public key -> key id. The same key asking again (its answer was lost) gets the same answer [CE4]. */
  enrol(code: string, publicKey: string): Promise<Result<{ hall: number; keyId: string }>>;
  /** The key a hall signs its requests with. */
  syncKey(keyId: string): Promise<{ readonly hall: number; readonly key: KeyObject } | undefined>;
  /** True once for each nonce of a key within its life [CE6]. */
  takeNonce(keyId: string, nonce: string, until: UnixMillis): Promise<boolean>;
  heardFrom(hall: number): Promise<void>;
}

export function createHalls(base: Base, keys: Keys): Halls {
  const { clock, db, ids } = base;
  return {
    configure: async (hall) => {
      const made = await db.query(
        `INSERT INTO hall (id, name, time_zone, help_phone, created_at, enrol_hash, feed_epoch) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id) DO NOTHING RETURNING id`,
        [
          hall.hall,
          JSON.stringify(hall.name),
          hall.timeZone,
          hall.helpPhone,
          clock.now(),
          hashOf(hall.enrolCode),
          ids.uuid(),
        ],
      );
      if (made.length === 0)
        await db.query('UPDATE hall SET name = $2, time_zone = $3, help_phone = $4 WHERE id = $1', [
          hall.hall,
          JSON.stringify(hall.name),
          hall.timeZone,
          hall.helpPhone,
        ]);
      await keys.maintain();
    },
    enrol: async (code, publicKey) => {
      const key = ed25519Key(publicKey);
      if (key === undefined) return refused('bad-request');
      const keyId = `hall-${createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex').slice(0, 16)}`;
      return attempt(db, async (tx) => {
        const given = Buffer.from(hashOf(code), 'hex');
        const rows = await tx.query<{ id: number; enrol_hash: string; enrol_used: boolean }>(
          'SELECT id, enrol_hash, enrol_used FROM hall FOR UPDATE',
        );
        const row = rows.find((each) => {
          const kept = Buffer.from(each.enrol_hash, 'hex');
          return kept.length === given.length && timingSafeEqual(kept, given);
        });
        if (row === undefined) return refused('enrol-code-wrong');
        if (row.enrol_used) {
          const mine = await one(
            tx,
            'SELECT 1 AS found FROM hall_sync_key WHERE key_id = $1 AND hall = $2 AND public_key = $3',
            [keyId, row.id, publicKey],
          );
          return mine === undefined ? refused('enrol-code-wrong') : accepted({ hall: row.id, keyId });
        }
        await tx.query('UPDATE hall SET enrol_used = true WHERE id = $1', [row.id]);
        await tx.query(
          'INSERT INTO hall_sync_key (key_id, hall, public_key, created_at) VALUES ($1, $2, $3, $4)',
          [keyId, row.id, publicKey, clock.now()],
        );
        return accepted({ hall: row.id, keyId });
      });
    },
    syncKey: async (keyId) => {
      const row = await one<{ hall: number; public_key: string }>(
        db,
        'SELECT hall, public_key FROM hall_sync_key WHERE key_id = $1',
        [keyId],
      );
      const key = row === undefined ? undefined : ed25519Key(row.public_key);
      return row === undefined || key === undefined ? undefined : { hall: row.hall, key };
    },
    takeNonce: async (keyId, nonce, until) => {
      await db.query('DELETE FROM nonce WHERE until < $1', [clock.now()]);
      const taken = await db.query(
        'INSERT INTO nonce (key_id, nonce, until) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING nonce',
        [keyId, nonce, until],
      );
      return taken.length === 1;
    },
    heardFrom: async (hall) => {
      const now = clock.now();
      await db.query(
        'UPDATE hall SET last_contact_at = $2 WHERE id = $1 AND (last_contact_at IS NULL OR last_contact_at < $3)',
        [hall, now, now - CONTACT_EVERY],
      );
    },
  };
}

function hashOf(code: string): string {
  return createHash('sha256').update(code.trim()).digest('hex');
}

/** SPKI DER in base64 -> key; undefined when it is none, or of another kind. */
function ed25519Key(publicKey: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    // Not a key: the caller says so to whoever sent it.
    return undefined;
  }
}
