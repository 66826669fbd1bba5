import { afterEach, describe, expect, test } from 'vitest';
import { announcements } from '../../../../hall/sensors/announcements.rules.ts';
import type { Telling } from '../../../../hall/sensors/announcements.rules.ts';
import { createAnnouncementsService } from '../../../../hall/sensors/announcements.service.ts';
import { parseDiscovery, parseDiscoveryTopic } from '../../../../hall/sensors/discovery.rules.ts';
import { makeHall } from '../../../support/hall-context.ts';
import type { TestHall } from '../../../support/hall-context.ts';

let open: TestHall[] = [];
afterEach(() => {
  for (const hall of open) hall.close();
  open = [];
});

const telling: Telling = {
  doors: [
    { number: 1, position: 'open' },
    { number: 2, position: 'closed' },
    { number: 3, position: 'unknown' },
  ],
  places: [
    {
      number: 1,
      name: { zh: '1 号场', en: 'Court 1' },
      state: 'occupied',
      confidence: 0.9,
      hasSensors: true,
    },
    { number: 2, name: { zh: '2 号场', en: 'Court 2' }, state: 'unknown', confidence: 0, hasSensors: true },
    { number: 3, name: { zh: '3 号场', en: 'Court 3' }, state: 'unknown', confidence: 0, hasSensors: false },
  ],
  kiosks: [{ id: 'kiosk-1', name: { zh: '一号机', en: 'Kiosk 1' }, state: 'offline' }],
  devices: [{ id: 'bank-a', state: 'online' }],
};

function setUp(first: Telling) {
  const hall = makeHall();
  open.push(hall);
  let now = first;
  const make = () => createAnnouncementsService(hall, () => now);
  const retained = (): Map<string, string> =>
    new Map(
      [...new Map(hall.devices.announced.map((each) => [each.topic, each.payload]))].filter(
        ([, text]) => text !== '',
      ),
    );
  return {
    hall,
    make,
    retained,
    set: (next: Telling) => {
      now = next;
    },
  };
}

const base = (component: string, object: string) => `homeassistant/${component}/unionhall-1001/${object}`;

describe('announcing this hall', () => {
  test('[SE21] doors, places, kiosks and devices are announced with their state; unknown is said as unknown', () => {
    const { hall, make, retained } = setUp(telling);
    const service = make();
    service.start();
    const states = [...retained()].filter(([topic]) => topic.endsWith('/state'));
    expect(states).toEqual([
      [`${base('binary_sensor', 'door-1')}/state`, 'ON'],
      [`${base('binary_sensor', 'door-2')}/state`, 'OFF'],
      [`${base('binary_sensor', 'door-3')}/state`, 'None'],
      [`${base('binary_sensor', 'place-1')}/state`, 'ON'],
      [`${base('sensor', 'place-1-confidence')}/state`, '0.9'],
      [`${base('binary_sensor', 'place-2')}/state`, 'None'],
      [`${base('sensor', 'place-2-confidence')}/state`, '0'],
      [`${base('binary_sensor', 'kiosk-kiosk-1')}/state`, 'OFF'],
      [`${base('binary_sensor', 'device-bank-a')}/state`, 'ON'],
    ]);
    expect(JSON.parse(retained().get(`${base('binary_sensor', 'door-1')}/config`) ?? '')).toMatchObject({
      device_class: 'door',
      state_topic: `${base('binary_sensor', 'door-1')}/state`,
      availability_topic: 'homeassistant/unionhall-1001/availability',
    });
    expect([...retained().keys()].filter((topic) => topic.endsWith('/config'))).toHaveLength(states.length);
    service.stop();
    expect(hall.clock.timers()).toBe(0);
  });

  test('[SE21] only what changed is told again, and all of it when Home Assistant comes back', () => {
    const { hall, make, set } = setUp(telling);
    const service = make();
    service.start();
    const all = hall.devices.announced.length;
    hall.clock.advance(5_000);
    expect(hall.devices.announced).toHaveLength(all);
    set({ ...telling, doors: telling.doors.map((door) => ({ ...door, position: 'closed' as const })) });
    hall.clock.advance(1_000);
    expect(hall.devices.announced.slice(all)).toEqual([
      { topic: `${base('binary_sensor', 'door-1')}/state`, payload: 'OFF' },
      { topic: `${base('binary_sensor', 'door-3')}/state`, payload: 'OFF' },
    ]);
    const say = (text: string): void =>
      service.listener.onForeign?.('homeassistant/status', new TextEncoder().encode(text));
    say('offline');
    expect(hall.devices.announced).toHaveLength(all + 2);
    say('online');
    expect(hall.devices.announced).toHaveLength(all + 2 + all);
    service.stop();
  });

  test('[SE22] what is no longer there is taken back, also when it went between two runs', () => {
    const { hall, make, set, retained } = setUp(telling);
    const first = make();
    first.start();
    first.listener.onConnected?.();
    set({ ...telling, places: telling.places.filter((place) => place.number !== 2) });
    hall.clock.advance(1_000);
    expect([...retained().keys()].filter((topic) => topic.includes('place-2'))).toEqual([]);
    first.stop();
    set({ ...telling, places: [], doors: telling.doors.slice(0, 1) });
    const second = make();
    second.start();
    expect(new Set([...retained().keys()].map((topic) => topic.split('/')[3]))).toEqual(
      new Set(['door-1', 'kiosk-kiosk-1', 'device-bank-a']),
    );
    second.stop();
    // The broker was never reached in that run: the next one takes them back again.
    const count = hall.devices.announced.length;
    const third = make();
    third.start();
    expect(
      hall.devices.announced
        .slice(count)
        .filter((each) => each.payload === '' && each.topic.includes('place-1/')),
    ).toHaveLength(2);
    third.listener.onConnected?.();
    hall.clock.advance(1_000);
    third.stop();
    const after = hall.devices.announced.length;
    const fourth = make();
    fourth.start();
    expect(hall.devices.announced.slice(after).some((each) => each.payload === '')).toBe(false);
    fourth.stop();
  });

  test('[SE23] nothing can be operated, nothing is personal, and a reader of discovery understands it', () => {
    const { make, retained } = setUp(telling);
    const service = make();
    service.start();
    for (const [topic, text] of retained()) {
      expect(topic).toMatch(/^homeassistant\/(binary_)?sensor\/unionhall-1001\/[a-z0-9-]+\/(config|state)$/);
      if (!topic.endsWith('/config')) continue;
      const config = JSON.parse(text) as Record<string, unknown>;
      expect(Object.keys(config).filter((key) => /command|json_attr/.test(key))).toEqual([]);
      expect(Object.keys(config).sort()).toEqual(
        expect.arrayContaining([
          'availability_topic',
          'device',
          'name',
          'origin',
          'state_topic',
          'unique_id',
        ]),
      );
      const named = parseDiscoveryTopic(topic);
      if (named === undefined) throw new Error(topic);
      // Ours are skipped by us [SE20]; under another node they would be refused for their topics [SE3].
      expect(parseDiscovery(named, text)).toEqual([]);
      expect(parseDiscovery({ ...named, node: 'other' }, text)).toMatchObject([{ state: 'refused' }]);
    }
    service.stop();
    const ids = announcements(telling).map((each) => each.object);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
