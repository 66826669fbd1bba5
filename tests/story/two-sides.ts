import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { centralRoutes } from '../../contract/central-api.ts';
import { checksumBuckets } from '../../contract/feed.ts';
import type { Checksums } from '../../contract/feed.ts';
import { systemClock, systemRandom } from '../../platform/system.ts';
import { signRequest } from '../../sync/signing.ts';
import type { SyncIdentity } from '../../sync/signing.ts';
import type { House } from '../../tools/house/house.ts';

/** What hall and central hold, each asked at its own door: the hall's file is read, central is asked over HTTP. */
export interface TwoSides {
  /** Record types whose counts or hashes differ. */
  readonly differing: readonly string[];
  /** Live records at the hall that came down the feed. */
  readonly records: number;
  readonly hallCursor: string;
  readonly centralCursor: string;
  readonly hallHead: { readonly epoch: number; readonly seq: number; readonly hash: string };
  readonly centralHead: { readonly epoch: number; readonly seq: number; readonly hash: string };
}

/** Asks both sides now. Throws when the hall is not enrolled or central does not answer. */
export async function askBothSides(house: House, hall: number): Promise<TwoSides> {
  const db = new Sqlite(join(house.dataDir, 'hall.sqlite'), { readonly: true });
  try {
    const identity = identityOf(db);
    const cursor =
      db.prepare<[], string>('SELECT cursor FROM feed_position WHERE one = 1').pluck().get() ?? '0';
    const rows = db
      .prepare<[], { type: string; id: string; version: number }>('SELECT type, id, version FROM feed_record')
      .all();
    const fact = db
      .prepare<[], { epoch: number; seq: number; hash: string }>(
        'SELECT epoch, seq, hash FROM outbox ORDER BY epoch DESC, seq DESC LIMIT 1',
      )
      .get();
    const ask = async (path: string): Promise<unknown> => {
      const url = `${house.centralUrl}/sync/v1/halls/${String(hall)}${path}`;
      const request = { method: 'GET', url, headers: {}, body: new Uint8Array(0) };
      const nonce = Buffer.from(systemRandom.bytes(16)).toString('base64url');
      const headers = await signRequest(request, identity, identity.keyId() ?? '', systemClock.now(), nonce);
      const answer = await fetch(url, { headers });
      if (answer.status !== 200)
        throw new Error(`central answered ${String(answer.status)} to ${path}: ${await answer.text()}`);
      return answer.json();
    };
    const theirs = centralRoutes.checksums.answer.parse(await ask('/checksums'));
    const head = centralRoutes.head.answer.parse(await ask('/head'));
    return {
      differing: differing(theirs, rows),
      records: rows.length,
      hallCursor: cursor,
      centralCursor: theirs.cursor,
      hallHead: fact ?? { epoch: 0, seq: 0, hash: '' },
      centralHead: { epoch: head.epoch, seq: head.ackedSeq, hash: head.hash },
    };
  } finally {
    db.close();
  }
}

/** The hall's identity towards central, as its own file holds it. */
function identityOf(db: Sqlite.Database): SyncIdentity {
  const setting = (name: string): string => {
    const value = db.prepare<[string], string>('SELECT value FROM setting WHERE name = ?').pluck().get(name);
    if (value === undefined) throw new Error(`the hall has no ${name} yet: it is not enrolled`);
    return value;
  };
  const key = createPrivateKey({
    key: Buffer.from(setting('sync-key'), 'base64'),
    format: 'der',
    type: 'pkcs8',
  });
  const keyId = setting('sync-key-id');
  return {
    publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64'),
    sign: (message) => new Uint8Array(sign(null, message, key)),
    keyId: () => keyId,
    enrolled: () => {
      throw new Error('a reader does not enrol');
    },
  };
}

function differing(
  theirs: Checksums,
  rows: readonly { type: string; id: string; version: number }[],
): string[] {
  const types = new Set([...Object.keys(theirs.types), ...rows.map((row) => row.type)]);
  return [...types]
    .filter((type) => {
      const ours = checksumBuckets(rows.filter((row) => row.type === type));
      const other = theirs.types[type] ?? {};
      const buckets = new Set([...Object.keys(ours), ...Object.keys(other)]);
      return [...buckets].some(
        (bucket) =>
          ours[bucket]?.count !== other[bucket]?.count || ours[bucket]?.sha256 !== other[bucket]?.sha256,
      );
    })
    .sort();
}
