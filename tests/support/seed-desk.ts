import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { demoResources } from '../../central/demo/demo-data.ts';
import { feedBodies } from '../../contract/feed.ts';
import type { FeedBody, FeedType } from '../../contract/feed.ts';
import { feedId } from '../../contract/feed.ts';
import { ServiceDefinition } from '../../contract/services.ts';
import { toInstant } from '../../contract/time.ts';
import { systemClock, systemIds } from '../../platform/system.ts';
import { seedHall } from './seed-hall.ts';

const MINUTE = 60_000;

/**
 * Puts into a stopped hall's database what central would have sent down, so that the desk has
 * something of everything: members, places, services, one ruling, and one fact central sent back.
 */
export function seedDesk(dataDir: string): void {
  seedHall(dataDir);
  const db = new Sqlite(join(dataDir, 'hall.sqlite'));
  const row = db.prepare('INSERT OR REPLACE INTO feed_record (type, id, version, body) VALUES (?, ?, 1, ?)');
  const put = <T extends FeedType>(type: T, body: FeedBody<T>): void => {
    const parsed = feedBodies[type].parse(body) as FeedBody<T>;
    row.run(type, feedId(type, parsed as FeedBody<T> & Record<string, unknown>), JSON.stringify(parsed));
  };
  const now = systemClock.now();
  put('member', member('0000000000a2', '100002', '李*兰'));
  put('member', member('0000000000a3', '100003', '欧阳*'));
  for (const resource of demoResources) put('resource', resource);
  // One class whose check-in is open, with a place for members 1 and 2, and one later today.
  put('session', sessionAt(7, '舒缓瑜伽', 'Gentle yoga', now + 10 * MINUTE));
  put('session', sessionAt(8, '职工合唱团', 'Workers’ choir', now + 3 * 60 * MINUTE));
  for (const [index, memberRef] of ['0000000000a1', '0000000000a2'].entries())
    put('registration', {
      id: `00000000-0000-4000-8000-00000000000${String(index + 1)}`,
      session: 7,
      memberRef,
      state: 'registered',
      seat: 17 + index,
    });
  put('service', service('join-union', 3));
  // Answered the same day here, so that something is due today.
  put('service', service('feedback', 0));
  const sealing = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }).x ?? '';
  put('sealing-key', {
    keyId: 'seal-1',
    publicKey: Buffer.from(sealing, 'base64url').toString('base64'),
    validFrom: toInstant(now - MINUTE),
  });
  put('ruling', {
    id: systemIds.uuid(),
    rule: 'booking-first-known',
    winner: { kind: 'booking', id: systemIds.uuid(), note: '手机上先订' },
    loser: { kind: 'booking', id: systemIds.uuid(), note: '断网时现场订' },
    memberRef: '0000000000a2',
    message: {
      zh: '羽毛球场 2 号 19:00 订了两次。手机上的先订到，现场这一个取消。',
      en: 'Badminton court 2 at 19:00 was booked twice. The phone was first; the one made here is cancelled.',
    },
    alternative: { zh: '羽毛球场 3 号 19:00 空着。', en: 'Badminton court 3 is free at 19:00.' },
    at: toInstant(now - 42 * MINUTE),
  });
  db.prepare(
    'INSERT INTO parked_change (cursor, type, id, change, reason, at) VALUES (?, ?, ?, ?, ?, ?)',
  ).run('118', 'session', '9', '{}', 'capacity: expected number', toInstant(now - 90 * MINUTE));
  db.close();
}

function sessionAt(number: number, zh: string, en: string, startsAt: number): FeedBody<'session'> {
  return {
    number,
    activity: { zh, en },
    teacher: { zh: '罗老师', en: 'Ms Luo' },
    startsAt: toInstant(startsAt),
    endsAt: toInstant(startsAt + 90 * MINUTE),
    capacity: 12,
    taken: 4,
    checkInBefore: 60,
    checkInAfter: 75,
    unit: 'room-302',
    room: '302',
    cancelled: false,
  };
}

function member(memberRef: string, memberNumber: string, nameMasked: string): FeedBody<'member'> {
  return { memberRef, memberNumber, nameMasked, phoneLast4: memberNumber.slice(-4), blocked: false };
}

function service(id: string, workingDays: number): ServiceDefinition {
  const file = join(import.meta.dirname, `../../central/catalogue/${id}.json`);
  const found = ServiceDefinition.parse(JSON.parse(readFileSync(file, 'utf8')));
  return { ...found, workingDays };
}
