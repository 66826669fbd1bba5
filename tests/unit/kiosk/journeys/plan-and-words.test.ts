import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ResourceView } from '../../../../contract/hall-api.ts';
import { daysFrom, dayOf } from '../../../../kiosk/journeys/days.rules.ts';
import { courtState, sensorSays } from '../../../../kiosk/journeys/occupancy-words.rules.ts';
import { doorNumber, findPlaces } from '../../../../kiosk/journeys/places.rules.ts';
import type { Place } from '../../../../kiosk/journeys/places.rules.ts';
import { emOf, linesOf, turned } from '../../../../kiosk/journeys/plan-view.rules.ts';
import { tidyInput } from '../../../../kiosk/screens/service/field-input.ts';

describe('the plan', () => {
  test('[KB10] up is where the person looks, whatever way that is', () => {
    expect(turned([0, 1], 0)).toEqual([0, -10]);
    expect(turned([1, 0], 90)).toEqual([0, -10]);
    expect(turned([0, -1], 180)).toEqual([0, -10]);
    expect(turned([-1, 0], 270)).toEqual([0, -10]);
  });

  test('[KB10] a turn to the right stays a turn to the right, and lengths stay', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 359 }), (facing) => {
        const angle = (facing * Math.PI) / 180;
        // One metre ahead, then one metre to the person's right.
        const [x, y] = turned([Math.sin(angle) + Math.cos(angle), Math.cos(angle) - Math.sin(angle)], facing);
        expect(x).toBeCloseTo(10, 1);
        expect(y).toBeCloseTo(-10, 1);
      }),
    );
  });

  test('names break at spaces and inside long Chinese words, and lose no character', () => {
    expect(linesOf('Badminton court 2', 6)).toEqual(['Badminton', 'court 2']);
    expect(linesOf('卫生间和更衣室', 4)).toEqual(['卫生间和', '更衣室']);
    fc.assert(
      fc.property(fc.array(fc.constantFrom('羽', '毛', '球', '1', ' '), { maxLength: 20 }), (letters) => {
        const name = letters.join('').trim().replace(/ +/g, ' ');
        expect(linesOf(name, 4).join('').replaceAll(' ', '')).toBe(name.replaceAll(' ', ''));
      }),
    );
    expect(emOf('1 楼')).toBeCloseTo(2.16);
  });
});

describe('what sensors say', () => {
  const now = Date.parse('2026-11-24T06:10:00.000Z');
  const occupancy = (part: Partial<ResourceView['occupancy']>): Pick<ResourceView, 'occupancy'> => ({
    occupancy: {
      state: 'unknown',
      confidence: 0,
      at: null,
      sensors: [
        {
          device: 'a',
          kind: 'presence',
          value: 'false',
          at: '2026-11-24T06:00:30.000Z',
          trust: 'fresh',
        },
      ],
      ...part,
    },
  });

  test('[KB11] age and doubt are told', () => {
    const seen = { at: '2026-11-24T06:07:30.000Z', confidence: 0.9 };
    expect(sensorSays(occupancy({ state: 'empty', ...seen }), now)).toEqual({
      key: 'seenEmpty',
      minutes: 2,
      unsure: false,
    });
    expect(sensorSays(occupancy({ state: 'occupied', ...seen, confidence: 0.5 }), now)).toEqual({
      key: 'seenPeople',
      minutes: 2,
      unsure: true,
    });
  });

  test('[KB11] silent, stuck, never heard and absent are each said, and none of them is "free"', () => {
    expect(sensorSays(occupancy({}), now)).toMatchObject({ key: 'silent', minutes: 9 });
    expect(
      sensorSays(
        occupancy({
          sensors: [{ device: 'a', kind: 'presence', value: 'true', at: null, trust: 'stuck' }],
        }),
        now,
      ).key,
    ).toBe('stuck');
    expect(
      sensorSays(
        occupancy({ sensors: [{ device: 'a', kind: 'presence', value: '', at: null, trust: 'silent' }] }),
        now,
      ).key,
    ).toBe('noNews');
    expect(sensorSays(occupancy({ sensors: [] }), now).key).toBe('noSensor');
    expect(courtState({ ...occupancy({}), free: 'unknown' })).toBe('unknown');
    expect(courtState({ ...occupancy({ state: 'occupied' }), free: 'busy' })).toBe('busy');
    expect(courtState({ ...occupancy({ state: 'empty' }), free: 'busy' })).toBe('booked');
  });
});

describe('places, days and typing', () => {
  const place = (zh: string, en: string): Place => ({
    id: zh,
    name: { zh, en },
    kind: 'room',
    level: undefined,
  });
  const all = [
    place('301 教室', 'Room 301'),
    place('101 培训室', 'Training room 101'),
    place('卫生间', 'Toilets'),
  ];

  test('a number matches from its start, words in either language', () => {
    const names = (typed: string) => findPlaces(all, typed).map((each) => each.id);
    expect(names('30')).toEqual(['301 教室']);
    expect(names('01')).toEqual([]);
    expect(names('ROOM 1')).toEqual(['101 培训室']);
    expect(names('卫生')).toEqual(['卫生间']);
    expect(names(' ')).toHaveLength(3);
    expect(doorNumber({ zh: '301 教室', en: '' })).toBe('301');
    expect(doorNumber({ zh: '服务窗口 1 到 5 号', en: '' })).toBeUndefined();
  });

  test('days are those of the hall, also across a month and at its midnight', () => {
    expect(dayOf(Date.parse('2026-11-24T16:00:00.000Z'), 'Asia/Shanghai')).toBe('2026-11-25');
    expect(dayOf(Date.parse('2026-11-24T15:59:59.000Z'), 'Asia/Shanghai')).toBe('2026-11-24');
    expect(daysFrom('2026-11-29', 4)).toEqual(['2026-11-29', '2026-11-30', '2026-12-01', '2026-12-02']);
  });

  test('dates get their dashes, IDs their capital X, nothing else gets in', () => {
    const field = { id: 'a', label: { zh: 'a', en: 'a' }, required: true, sensitive: false };
    const date = { ...field, kind: 'date' as const, notAfterToday: true };
    expect(tidyInput(date, '19900520')).toBe('1990-05-20');
    expect(tidyInput(date, '1990-0')).toBe('1990-0');
    const id = {
      ...field,
      kind: 'text' as const,
      maxLength: 18,
      multiline: false,
      check: 'resident-id' as const,
    };
    expect(tidyInput(id, '11010519491231002x')).toBe('11010519491231002X');
    expect(tidyInput({ ...id, check: 'mobile' }, '138-0000-00091')).toBe('13800000009');
  });
});
