import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { toInstant } from '../../contract/time.ts';
import { systemClock, systemRandom } from '../../platform/system.ts';

const DAY_MS = 86_400_000;

/** Puts into a stopped hall's database what central would have sent down: one epoch of K_hall and member 100001. */
export function seedHall(dataDir: string): void {
  const db = new Sqlite(join(dataDir, 'hall.sqlite'));
  const put = db.prepare('INSERT OR REPLACE INTO feed_record (type, id, version, body) VALUES (?, ?, 1, ?)');
  const now = systemClock.now();
  put.run(
    'hall-key',
    '1',
    JSON.stringify({
      epoch: 1,
      key: Buffer.from(systemRandom.bytes(32)).toString('base64'),
      validFrom: toInstant(now - DAY_MS),
      validTo: toInstant(now + 30 * DAY_MS),
    }),
  );
  put.run(
    'member',
    '0000000000a1',
    JSON.stringify({
      memberRef: '0000000000a1',
      memberNumber: '100001',
      nameMasked: '张*',
      phoneLast4: '0001',
      blocked: false,
    }),
  );
  db.close();
}
