import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  deriveKey,
  encodeGrant,
  encodeQr,
  movingSecret,
  movingTag,
  stepOf,
} from '../../contract/access-code.ts';
import { HallConfig } from '../../contract/config.ts';
import { feedBodies, feedId } from '../../contract/feed.ts';
import { DeviceEvent, Outcome } from '../../contract/messages.ts';
import { sleep } from '../../contract/ports.ts';
import { toInstant } from '../../contract/time.ts';
import { createAccessService } from '../../hall/access/access.service.ts';
import { createCheckInService } from '../../hall/activities/check-in.service.ts';
import { createKeyRing } from '../../hall/keys/key-ring.service.ts';
import { createLockersService } from '../../hall/lockers/lockers.service.ts';
import type { HallContext } from '../../hall/ports.ts';
import { openDatabase } from '../../hall/store/database.ts';
import { createReference } from '../../hall/store/reference.ts';
import { createStore } from '../../hall/store/store.ts';
import { systemClock as clock, systemIds as ids, systemRandom as random } from '../../platform/system.ts';
import { HALL_KEY, keyFromSeed } from './hall-access.ts';
import { silentLog, testHallConfig } from './hall-context.ts';

/**
 * A hall to be killed: real file, real clock. Commands to doors and acknowledgements leave as
 * JSON lines written in one call each; the parent plays the line and the person. Usage: node ... <file>
 */

const say = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`);
const db = openDatabase(process.argv[2] ?? '');
const store = createStore(db, { clock, ids, clockState: () => 'synced' });
const reference = createReference(db);
const config = HallConfig.parse({ ...testHallConfig, cededShare: 0 });
const central = keyFromSeed(0x11);

const start = clock.now() - 60_000;
const far = { validFrom: toInstant(start), validTo: toInstant(start + 86_400_000) };
const put = db.prepare(
  'INSERT INTO feed_record (type, id, version, body) VALUES (?, ?, 1, ?) ON CONFLICT DO NOTHING',
);
const key = feedBodies.key.parse({ keyId: 1, publicKey: central.spki, ...far });
const hallKey = feedBodies['hall-key'].parse({
  epoch: 1,
  key: Buffer.from(HALL_KEY).toString('base64'),
  ...far,
});
const session = feedBodies.session.parse({
  number: 7,
  activity: { zh: '课', en: 'Class' },
  startsAt: toInstant(start),
  endsAt: toInstant(start + 7_200_000),
  capacity: 60_000,
  taken: 0,
  checkInBefore: 30,
  checkInAfter: 1000,
  unit: 'u',
  room: '1',
  cancelled: false,
});
put.run('key', feedId('key', key), JSON.stringify(key));
put.run('hall-key', feedId('hall-key', hallKey), JSON.stringify(hallKey));
put.run('session', feedId('session', session), JSON.stringify(session));

const context: HallContext = {
  config,
  store,
  reference,
  clock,
  random,
  ids,
  trust: { proved: () => true, state: () => 'synced' },
  keys: createKeyRing({ store, reference, clock }),
  devices: {
    unlock: ({ commandId, compartment }) => say({ unlock: commandId, compartment }),
    query: ({ commandId, compartment }) => say({ query: commandId, compartment }),
    switch: () => undefined,
    look: () => undefined,
    print: () => Promise.resolve({ printed: true, reason: null }),
    availability: () => 'online',
    publishOccupancy: () => undefined,
    commission: () => Promise.resolve({ outcome: 'failed' }),
    announce: () => undefined,
  },
  live: { changed: () => undefined, send: () => undefined },
  alarms: { raise: () => undefined },
  log: silentLog,
};
const access = createAccessService(context);
const lockers = createLockersService(context, access, () => {
  throw new Error('nobody calls for help here');
});
const checkIns = createCheckInService(context, access);
access.start();
lockers.start();
say({ ready: true });

createInterface({ input: process.stdin }).on('line', (line) => {
  const told = JSON.parse(line) as { outcome?: unknown; event?: unknown };
  if (told.outcome !== undefined) lockers.listener.onOutcome?.('locker-a', Outcome.parse(told.outcome));
  if (told.event !== undefined) lockers.listener.onEvent?.('locker-a', DeviceEvent.parse(told.event));
});

function grantFor(purpose: 'locker' | 'check-in', target: number): string {
  const grantId = Buffer.from(random.bytes(8)).toString('hex');
  const at = Math.floor(clock.now() / 1000);
  const signed = encodeGrant({
    keyId: 1,
    hall: config.hall,
    purpose,
    grantId,
    memberRef: Buffer.from(random.bytes(6)).toString('hex'),
    target,
    notBefore: at,
    minutes: 60,
    printed: false,
  });
  const secret = movingSecret(deriveKey(HALL_KEY, 'qr-moving'), grantId);
  return encodeQr(signed, central.sign(signed), { time: at, tag: movingTag(secret, stepOf(at)) });
}

/** What an earlier life left behind is ended by staff, so that compartments do not run out. */
for (const door of lockers.deskDoors())
  if (door.lease !== null) lockers.endLease(door.lease.lease, '重启后清理', 'test');

for (;;) {
  await sleep(clock, random.fraction() * 4);
  const what = Math.floor(random.fraction() * 3);
  if (what === 0) {
    const result = checkIns.byQr(grantFor('check-in', 7), 'kiosk-1');
    if (result.ok && result.value.kind === 'checked-in') say({ ack: 'check-in', id: result.value.checkInId });
    continue;
  }
  const free = lockers.compartments().filter((each) => each.state === 'free' && each.position !== 'open');
  if (what === 1) {
    const mobile = `138${String(Math.floor(random.fraction() * 1e8)).padStart(8, '0')}`;
    const result = lockers.rent(
      { holder: { kind: 'visitor', mobile }, size: 'small', minutes: 120, termsAccepted: true },
      'kiosk-1',
    );
    if (result.ok) say({ ack: 'door', id: result.value.command.commandId, lease: result.value.lease.lease });
  } else if (free[0] !== undefined) {
    const result = lockers.act({ kind: 'qr', text: grantFor('locker', free[0].number) }, 'open', 'kiosk-2');
    if (result.ok) say({ ack: 'door', id: result.value.command.commandId, lease: result.value.lease.lease });
  }
  const done = lockers.deskDoors().find((door) => door.lease?.state === 'active');
  if (done?.lease !== undefined && done.lease !== null) lockers.endLease(done.lease.lease, '用完', 'test');
}
