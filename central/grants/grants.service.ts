import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import type { GrantForPhone } from '../../contract/central-api.ts';
import { deriveKey, encodeGrant, movingSecret } from '../../contract/access-code.ts';
import type { Purpose } from '../../contract/access-code.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { toInstant } from '../../contract/time.ts';
import type { Base } from '../base.ts';
import type { Keys } from '../keys/keys.service.ts';
import type { Sql, Tx } from '../store/sql.ts';
import { one } from '../store/sql.ts';

const MINUTE = 60_000;
/** Grants are made at most a week ahead: K_hall of their time is made (and sent down) that early. */
export const GRANT_AHEAD = 7 * 86_400_000;
/** A hall accepts a grant 5 minutes past its end; the deny entry outlives that. */
const DENY_MARGIN = 10 * MINUTE;

export interface GrantWish {
  /** What it is for: `registration:UUID`, `booking:UUID`, `lease:UUID`. One live grant a subject. */
  readonly subject: string;
  readonly purpose: Purpose;
  readonly memberRef: string;
  readonly target: number;
  readonly notBefore: UnixMillis;
  readonly notAfter: UnixMillis;
  /** Given when the record already names its grant (leases). */
  readonly grantId?: string;
}

interface GrantRow {
  readonly grant_id: string;
  readonly hall: number;
  readonly purpose: Purpose;
  readonly subject: string;
  readonly target: number;
  readonly member_ref: string;
  readonly not_before: number;
  readonly not_after: number;
  readonly key_epoch: number;
  readonly signed: string;
}

export interface Grants {
  newGrantId(): string;
  /** The live grant of the subject, made (or made anew, the old one denied, when window or target changed). The hall must be locked. */
  issue(tx: Tx, hall: number, wish: GrantWish): Promise<void>;
  /** Withdraws the grant of a subject and tells the hall (deny list) while it could still be shown. */
  revoke(tx: Tx, hall: number, subject: string): Promise<void>;
  has(sql: Sql, hall: number, subject: string): Promise<boolean>;
  /** What a member's phone needs to draw its codes: grants not yet over. */
  ofMember(sql: Sql, hall: number, memberRef: string): Promise<GrantForPhone[]>;
}

export function createGrants(base: Base, keys: Keys): Grants {
  const { clock, random, feed, ids } = base;
  const newGrantId = (): string => bytesToHex(random.bytes(8));
  const live = (sql: Sql, hall: number, subject: string) =>
    one<GrantRow>(sql, 'SELECT * FROM signed_grant WHERE hall = $1 AND subject = $2 AND NOT revoked', [
      hall,
      subject,
    ]);

  const revoke: Grants['revoke'] = async (tx, hall, subject) => {
    const row = await live(tx, hall, subject);
    if (row === undefined) return;
    await tx.query('UPDATE signed_grant SET revoked = true WHERE grant_id = $1', [row.grant_id]);
    const until = row.not_after + DENY_MARGIN;
    if (until > clock.now())
      await feed.put(tx, hall, 'deny', { id: ids.uuid(), grantId: row.grant_id, until: toInstant(until) });
  };

  return {
    newGrantId,
    revoke,
    has: async (sql, hall, subject) => (await live(sql, hall, subject)) !== undefined,
    issue: async (tx, hall, wish) => {
      const notBefore = Math.floor(wish.notBefore / 1000) * 1000;
      const minutes = Math.min(0xffff, Math.max(0, Math.ceil((wish.notAfter - notBefore) / MINUTE)));
      const notAfter = notBefore + minutes * MINUTE;
      const before = await live(tx, hall, wish.subject);
      if (before !== undefined) {
        if (before.not_before === notBefore && before.not_after === notAfter && before.target === wish.target)
          return;
        await revoke(tx, hall, wish.subject);
      }
      const grantId = wish.grantId ?? newGrantId();
      const { epoch } = await keys.hallKeyAt(tx, hall, Math.max(notBefore, clock.now()));
      let signedBytes = new Uint8Array(0);
      const { signature } = await keys.sign(tx, (keyId) => {
        signedBytes = encodeGrant({
          keyId,
          hall,
          purpose: wish.purpose,
          grantId,
          memberRef: wish.memberRef,
          target: wish.target,
          notBefore: notBefore / 1000,
          minutes,
          printed: false,
        }) as Uint8Array<ArrayBuffer>;
        return signedBytes;
      });
      await tx.query(
        'INSERT INTO signed_grant (grant_id, hall, purpose, subject, member_ref, target, not_before, not_after, key_epoch, signed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
        [
          grantId,
          hall,
          wish.purpose,
          wish.subject,
          wish.memberRef,
          wish.target,
          notBefore,
          notAfter,
          epoch,
          Buffer.from(concatBytes(signedBytes, signature)).toString('base64'),
        ],
      );
    },
    ofMember: async (sql, hall, memberRef) => {
      const rows = await sql.query<GrantRow>(
        'SELECT * FROM signed_grant WHERE hall = $1 AND member_ref = $2 AND NOT revoked AND not_after > $3 ORDER BY not_before, grant_id',
        [hall, memberRef, clock.now()],
      );
      const answer: GrantForPhone[] = [];
      for (const row of rows) {
        const secret = movingSecret(
          deriveKey(await keys.hallKey(sql, hall, row.key_epoch), 'qr-moving'),
          row.grant_id,
        );
        answer.push({
          grantId: row.grant_id,
          purpose: row.purpose,
          signed: row.signed,
          secret: Buffer.from(secret).toString('base64'),
          hall,
          target: row.target,
          notBefore: toInstant(row.not_before),
          notAfter: toInstant(row.not_after),
        });
      }
      return answer;
    },
  };
}
