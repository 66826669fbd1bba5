import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PrintJob } from '../../../../contract/messages.ts';
import { doorStates } from '../../../../hall/lockers/door.machine.ts';
import {
  commandedOf,
  doorRefusal,
  isMismatch,
  normalMobile,
  poolOf,
} from '../../../../hall/lockers/lockers.rules.ts';
import { rentSlip } from '../../../../hall/lockers/slip.rules.ts';

const size = fc.constantFrom('small', 'medium', 'large');
const compartments = fc.uniqueArray(fc.record({ number: fc.integer({ min: 1, max: 65_535 }), size }), {
  selector: (each) => each.number,
  maxLength: 60,
});

describe('the pool for central', () => {
  it('[LK12] is the share, rounded, spread over the sizes, and the same however the configuration is ordered', () => {
    fc.assert(
      fc.property(compartments, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        const pool = poolOf(all, share);
        expect(pool).toHaveLength(Math.round(all.length * share));
        expect(new Set(pool).size).toBe(pool.length);
        expect(poolOf([...all].reverse(), share)).toEqual(pool);
        for (const each of ['small', 'medium', 'large']) {
          const numbers = all.filter((one) => one.size === each).map((one) => one.number);
          const given = pool.filter((number) => numbers.includes(number)).length;
          expect(Math.abs(given - numbers.length * share)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe('what people are told about a door', () => {
  it('[LK18] says nothing while all is well, and never claims that an unknown door stayed shut', () => {
    for (const state of doorStates) {
      const quiet = ['intended', 'sent', 'opened', 'closed'].includes(state);
      expect(doorRefusal(state, undefined, 12) === undefined).toBe(quiet);
    }
    expect(doorRefusal('failed', 'failed', 12)).toEqual({
      code: 'door-did-not-open',
      params: { compartment: 12 },
    });
    expect(doorRefusal('failed', 'unknown', 12)).toEqual({
      code: 'door-unknown',
      params: { compartment: 12 },
    });
    expect(doorRefusal('unknown', 'unknown', 12)).toEqual({
      code: 'door-unknown',
      params: { compartment: 12 },
    });
  });

  it('[LK14] shows the desk where command and sensor disagree', () => {
    expect(isMismatch(undefined, 'open')).toBe(true);
    expect(isMismatch('closed', 'open')).toBe(true);
    expect(isMismatch('opened', 'closed')).toBe(true);
    expect(isMismatch('unknown', 'closed')).toBe(true);
    expect(isMismatch('opened', 'open')).toBe(false);
    expect(isMismatch('closed', 'closed')).toBe(false);
    expect(commandedOf(undefined)).toBe('none');
    expect(commandedOf('sent')).toBe('pending');
    expect(commandedOf('closed')).toBe('opened');
  });
});

describe('renting on the spot', () => {
  it.each([
    ['138 0013 8000', '13800138000'],
    ['+86 138-0013-8000', '13800138000'],
    ['008613800138000', '13800138000'],
    ['+4915112345678', '+4915112345678'],
    ['12345678901', undefined],
    ['1380013800', undefined],
    ['abc', undefined],
  ])('[LK17] mobile %s is %s', (text, normal) => {
    expect(normalMobile(text)).toBe(normal);
  });

  it('[LK17] the slip is a valid print job with number, grouped digits and code', () => {
    const slip = rentSlip({
      hall: { zh: '仁和路服务中心', en: 'Renhe Road Hall' },
      compartment: 12,
      digits: '01234567',
      qr: 'UH1:ABC',
      until: '2026-11-24 12:00',
      helpPhone: '0571-1',
    });
    expect(PrintJob.safeParse(slip).success).toBe(true);
    const text = JSON.stringify(slip);
    for (const part of ['12 号柜', '0123 4567', 'UH1:ABC', '2026-11-24 12:00', '0571-1'])
      expect(text).toContain(part);
  });
});
