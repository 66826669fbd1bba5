import { afterEach, describe, expect, test } from 'vitest';
import { DeskView } from '../../../../contract/hall-api.ts';
import { createAccessService } from '../../../../hall/access/access.service.ts';
import { createBookingsService } from '../../../../hall/bookings/bookings.service.ts';
import { createAlarms } from '../../../../hall/desk/alarms.service.ts';
import {
  adviceFor,
  faultOf,
  kindOf,
  portNoteOf,
  together,
  unreadableOf,
} from '../../../../hall/desk/devices.rules.ts';
import { createDeskService } from '../../../../hall/desk/desk.service.ts';
import { deskSql } from '../../../../hall/desk/desk.store.ts';
import { createDevicesService } from '../../../../hall/desk/devices.service.ts';
import { createHelpService } from '../../../../hall/help/help.service.ts';
import { createOccupancyService } from '../../../../hall/occupancy/occupancy.service.ts';
import { createServicesService } from '../../../../hall/services/services.service.ts';
import { makeHall } from '../../../support/hall-context.ts';
import type { TestHall } from '../../../support/hall-context.ts';

let open: TestHall[] = [];
afterEach(() => {
  for (const hall of open) hall.close();
  open = [];
});

function setUp() {
  const hall = makeHall({
    config: {
      sensors: [
        {
          device: 'court 1 pir',
          topic: 'zigbee2mqtt/pir',
          kind: 'presence',
          property: 'occupancy',
          resource: 1,
        },
      ],
    },
  });
  open.push(hall);
  const access = createAccessService(hall);
  const occupancy = createOccupancyService(hall);
  const bookings = createBookingsService(hall, occupancy, access);
  const devices = createDevicesService(hall, () => occupancy.health());
  const alarms = createAlarms(hall);
  const help = createHelpService(hall);
  const sync = {
    central: 'offline',
    lastContactAt: null,
    waitingFacts: 3,
    oldestWaitingAt: null,
    cursor: null,
    quarantined: 0,
    nextTryAt: null,
    trouble: null,
  } as const;
  const desk = createDeskService(hall, {
    bookings,
    services: createServicesService(hall, access.limits),
    help,
    devices,
    alarms,
    power: () => [],
    doors: () => [],
    sync: () => sync,
  });
  const view = () => desk.view({ name: '王芳', role: 'clerk' });
  return { hall, bookings, devices, alarms, help, desk, view };
}

const ruling = {
  id: '00000000-0000-7000-8000-00000000000a',
  rule: 'CE12',
  winner: { kind: 'booking', id: 'a', note: '' },
  loser: { kind: 'booking', id: 'b', note: '' },
  message: { zh: '14:00 的场地给了别人。', en: 'The 14:00 court was given to somebody else.' },
  at: '2026-11-24T01:00:00.000Z',
};
const booking = (id: string) =>
  ({
    id: `00000000-0000-7000-8000-00000000000${id}`,
    resource: 1,
    memberRef: '0000000000a1',
    startsAt: '2026-11-24T03:00:00.000Z',
    endsAt: '2026-11-24T04:00:00.000Z',
    state: 'booked',
    origin: 'central',
  }) as const;

describe('desk', () => {
  test('[DK1] the board has the form of the contract and shows every part', () => {
    const { hall, help, desk, view, bookings } = setUp();
    hall.feed('resource', {
      number: 1,
      name: { zh: '1 号场', en: 'Court 1' },
      kind: 'badminton',
      unit: 'court-1',
      opens: '08:00',
      closes: '21:00',
      slotMinutes: 60,
      daysAhead: 2,
      dailyMinutesPerMember: 60,
      checkInBefore: 15,
      checkInAfter: 15,
      cancelBefore: 30,
      bookable: true,
    });
    hall.feed('member', {
      memberRef: '0000000000a1',
      memberNumber: '100001',
      nameMasked: '李*',
      phoneLast4: '1111',
      blocked: false,
    });
    hall.store.transaction((tx) => {
      bookings.feedListener.onFeed('booking', booking('1').id, booking('1'), tx);
      return undefined;
    });
    help.call('kiosk-1', '首页');
    desk.kioskSeen('kiosk-1');
    hall.store.db
      .prepare(
        "INSERT INTO parked_change (cursor, type, id, change, reason, at) VALUES ('1', 'booking', 'x', '{}', 'no such resource', '2026-11-24T01:00:00.000Z')",
      )
      .run();
    const board = DeskView.parse(view());
    expect(board.help.map((each) => each.place.zh)).toEqual(['一楼大厅']);
    expect(board.kiosks.map((each) => each.state)).toEqual(['online', 'never']);
    expect(board.resources[0]?.bookings[0]?.nameMasked).toBe('李*');
    expect(board.parked.map((each) => [each.type, each.reason])).toEqual([
      ['feed:booking', 'no such resource'],
    ]);
    expect(board.sync.waitingFacts).toBe(3);
    hall.clock.advance(90_001);
    expect(view().kiosks[0]?.state).toBe('offline');
  });

  test('[DK2] rulings and collisions until seen', () => {
    const { hall, bookings, desk, view } = setUp();
    hall.feed('ruling', ruling);
    hall.store.transaction((tx) => {
      for (const id of ['1', '2']) bookings.feedListener.onFeed('booking', booking(id).id, booking(id), tx);
      return undefined;
    });
    expect(view().conflicts.map((each) => [each.rule, each.seen])).toEqual([
      ['BK6', false],
      ['CE12', false],
    ]);
    expect(desk.seen(booking('2').id, '王芳').ok).toBe(true);
    expect(desk.seen('nothing', '王芳')).toMatchObject({ ok: false, refusal: { code: 'not-found' } });
    expect(view().conflicts.map((each) => [each.rule, each.seen])).toEqual([
      ['CE12', false],
      ['BK6', true],
    ]);
  });

  test('[DK3] an alarm once while unseen, again after it was seen; undone with its transaction', () => {
    const { hall, alarms, desk, view } = setUp();
    const words = { zh: '3 号门开着超过 3 分钟。', en: 'Door 3 is open for more than 3 minutes.' };
    alarms.raise('door-open', words);
    alarms.raise('door-open', words);
    expect(view().alarms.map((each) => each.words)).toEqual([words]);
    expect(desk.seen(view().alarms[0]?.id ?? '', '王芳').ok).toBe(true);
    expect(view().alarms).toEqual([]);
    alarms.raise('door-open', words);
    expect(view().alarms).toHaveLength(1);
    expect(() =>
      hall.store.transaction(() => {
        alarms.raise('other', words);
        throw new Error('rolled back');
      }),
    ).toThrow('rolled back');
    expect(view().alarms).toHaveLength(1);
    expect(JSON.stringify(hall.store.db.prepare(`EXPLAIN QUERY PLAN ${deskSql.alarms}`).all())).toContain(
      'alarm_unseen',
    );
  });

  test('[DK4] changes are facts once, sick devices say what to do', () => {
    const { hall, devices, view } = setUp();
    const facts = (): unknown[] =>
      hall
        .facts()
        .filter((fact) => fact.type === 'device.changed')
        .map((fact) => [fact.body.device, fact.body.state, fact.body.detail]);
    devices.listener.onAvailability?.('locker-a', true);
    devices.listener.onAvailability?.('locker-a', true);
    const at = '2026-11-24T02:00:00.000Z';
    devices.listener.onState?.('locker-a', { at, doors: {}, line: 'silent' });
    expect(view().devices.find((each) => each.id === 'locker-a')).toMatchObject({
      kind: 'lock-board',
      state: 'fault',
      advice: { zh: '锁板没有回答。看电源灯，再看 485 线有没有松。' },
    });
    devices.listener.onState?.('locker-a', { at, doors: {}, line: 'ok' });
    hall.devices.setAvailability('locker-a', 'offline');
    devices.listener.onAvailability?.('locker-a', false);
    expect(facts()).toEqual([
      ['locker-a', 'online', undefined],
      ['locker-a', 'fault', 'line-silent'],
      ['locker-a', 'online', undefined],
      ['locker-a', 'offline', undefined],
    ]);
    devices.listener.onState?.('printer-1', { at, paper: 'near-end', cover: 'closed' });
    expect(devices.printer('printer-1')).toBe('near-end');
    devices.listener.onState?.('printer-1', { at, paper: 'out', cover: 'closed' });
    expect([devices.printer('printer-1'), devices.printer(undefined)]).toEqual(['out', 'none']);
    expect(view().devices.find((each) => each.id === 'court 1 pir')).toMatchObject({
      kind: 'sensor',
      state: 'never',
    });
    expect([
      faultOf({ at, paper: 'ok', cover: 'open' }),
      faultOf({ at, paper: 'ok', cover: 'closed', error: 'cutter' }),
      faultOf('nonsense'),
      faultOf({ at, presence: true }),
      faultOf({ at, line: 'down' }),
      faultOf({ at, line: 'ok' }),
    ]).toEqual(['cover-open', 'printer-error', undefined, undefined, 'line-down', undefined]);
    const ids = (reader: string, line = 'ok') => faultOf({ at, line, reader });
    expect([ids('ready'), ids('no-key'), ids('not-authorised'), ids('ready', 'silent')]).toEqual([
      undefined,
      'reader-no-key',
      'reader-not-authorised',
      'line-silent',
    ]);
    expect(adviceFor('card-reader', 'fault', 'reader-no-key')?.en).toContain('idNumberKeys');
    expect(kindOf('sam-v-id-card-reader', 0)).toBe('card-reader');
    expect(adviceFor('scanner', 'fault', 'line-down')?.zh).toContain('扫码器');
    expect([
      kindOf('kerong-cu48', 0),
      kindOf('gm65', 0),
      kindOf('escpos-58', 0),
      kindOf('x', 3),
      kindOf('x', 0),
    ]).toEqual(['lock-board', 'scanner', 'printer', 'lock-board', 'device']);
    expect(adviceFor('printer', 'online', undefined)).toBeNull();
  });

  test('[DK24] a garbled line tells its last bytes and what is wrong; a port named by its socket tells what to write', () => {
    const at = '2026-05-01T08:00:00.000Z';
    const garbled = {
      at,
      doors: {},
      line: 'garbled',
      unreadable: { bytes: '02 00', reason: 'length', at: 2 },
    };
    expect(unreadableOf(garbled)?.en).toBe('Last heard 02 00: wrong length, at byte 3.');
    expect(unreadableOf(garbled)?.zh).toContain('02 00');
    expect(unreadableOf({ ...garbled, line: 'ok' })).toBeUndefined();
    expect(unreadableOf('nonsense')).toBeUndefined();
    expect(portNoteOf({ at, line: 'ok' })).toBeUndefined();
    expect(portNoteOf({ barePort: '/dev/ttyUSB0' })?.en).toContain('/dev/serial/by-id');
    const named = { barePort: '/dev/ttyUSB0', stablePort: '/dev/serial/by-id/usb-A' };
    expect(portNoteOf(named)?.en).toMatch(/ttyUSB0.*write \/dev\/serial\/by-id\/usb-A/);
    expect(portNoteOf(named)?.zh).toContain('/dev/serial/by-id/usb-A');
    expect(together(null, undefined)).toBeNull();
    expect(together({ zh: '一。', en: 'One.' }, { zh: '二。', en: 'Two.' })).toEqual({
      zh: '一。二。',
      en: 'One. Two.',
    });
    expect(together(null, { zh: '二。', en: 'Two.' })?.en).toBe('Two.');
  });

  test('[DK24] the note stands beside a device that is otherwise well, until its state no longer tells it', () => {
    const { devices, hall } = setUp();
    const at = '2026-05-01T08:00:00.000Z';
    hall.devices.setAvailability('locker-a', 'online');
    const advice = () => devices.list().find((each) => each.id === 'locker-a')?.advice;
    devices.listener.onState?.('locker-a', { at, doors: {}, line: 'ok', barePort: '/dev/ttyUSB3' });
    expect(advice()?.en).toContain('/dev/ttyUSB3');
    devices.listener.onState?.('locker-a', { at, doors: {}, line: 'ok' });
    expect(advice()).toBeNull();
  });
});
