import { describe, expect, test } from 'vitest';
import type { DeskView } from '../../../contract/hall-api.ts';
import {
  doorMark,
  normalCount,
  notNormal,
  unseen,
  worstTrust,
} from '../../../console/rules/attention.rules.ts';
import type { Device, Door, Kiosk } from '../../../console/rules/attention.rules.ts';

const AT = '2026-11-24T06:00:00.000Z';

function device(id: string, state: Device['state']): Device {
  return {
    id,
    kind: 'lock-board',
    name: 'kerong-cu48',
    state,
    since: AT,
    advice: state === 'online' ? null : { zh: '看电源', en: 'Check power' },
  };
}
function kiosk(id: string, state: Kiosk['state']): Kiosk {
  return {
    id,
    name: { zh: id, en: id },
    place: { zh: '大厅', en: 'Lobby' },
    lastSeenAt: state === 'never' ? null : AT,
    state,
  };
}
function door(
  over: Partial<Omit<Door, 'compartment'>> = {},
  state: Door['compartment']['state'] = 'free',
): Door {
  return {
    compartment: {
      number: 12,
      size: 'small',
      bank: 'bank-a',
      column: 1,
      row: 1,
      height: 1,
      state,
      position: 'closed',
    },
    lease: null,
    commanded: 'none',
    commandedAt: null,
    observed: 'closed',
    observedAt: AT,
    mismatch: false,
    ...over,
  };
}

describe('what is not normal', () => {
  test('[CN5] doors that disagree first, then faults, what went away, and what was never there', () => {
    const desk = {
      devices: [
        device('never', 'never'),
        device('fine', 'online'),
        device('away', 'offline'),
        device('bad', 'fault'),
      ],
      kiosks: [kiosk('k-never', 'never'), kiosk('k-fine', 'online'), kiosk('k-away', 'offline')],
      doors: [door(), door({ mismatch: true, commanded: 'opened' })],
    };
    expect(notNormal(desk).map((each) => each.id)).toEqual([
      'door-12',
      'device-bad',
      'device-away',
      'kiosk-k-away',
      'device-never',
      'kiosk-k-never',
    ]);
    expect(normalCount(desk)).toBe(2);
  });

  test('[CN5] a door shows one state: disagreement over open, open over leased', () => {
    expect(doorMark(door())).toBe('free');
    expect(doorMark(door({}, 'leased'))).toBe('leased');
    expect(doorMark(door({}, 'out'))).toBe('out');
    expect(doorMark(door({ observed: 'open' }, 'leased'))).toBe('open');
    expect(doorMark(door({ observed: 'open', mismatch: true }, 'leased'))).toBe('mismatch');
  });

  test('[CN12] a place is as trustworthy as its worst sensor', () => {
    expect(worstTrust([])).toBe('none');
    expect(worstTrust([{ trust: 'fresh' }, { trust: 'fresh' }])).toBe('fresh');
    expect(worstTrust([{ trust: 'fresh' }, { trust: 'silent' }])).toBe('silent');
    expect(worstTrust([{ trust: 'silent' }, { trust: 'stuck' }])).toBe('stuck');
  });

  test('[CN14] what somebody has seen is not asked again; the newest stands first', () => {
    const words = { zh: '话', en: 'words' };
    const conflict = (id: string, at: string, seen: boolean): DeskView['conflicts'][number] => ({
      id,
      rule: 'BK6',
      at,
      message: words,
      alternative: words,
      seen,
    });
    const found = unseen({
      conflicts: [
        conflict('old', '2026-11-24T01:00:00.000Z', false),
        conflict('seen', '2026-11-24T05:00:00.000Z', true),
      ],
      alarms: [{ id: 'alarm', at: '2026-11-24T03:00:00.000Z', kind: 'door-forced', words }],
    });
    expect(found.map((each) => [each.id, each.kind, each.alternative === null])).toEqual([
      ['alarm', 'alarm', true],
      ['old', 'conflict', false],
    ]);
  });
});
