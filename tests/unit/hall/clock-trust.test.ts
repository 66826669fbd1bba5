import { describe, expect, it } from 'vitest';
import { createClockTrust } from '../../../hall/clock-trust.ts';
import { addDays, atLocal, localDay, localTime, startOfDay } from '../../../contract/local-time.ts';
import { openDatabase } from '../../../hall/store/database.ts';
import { createStore } from '../../../hall/store/store.ts';
import { createSeededIds } from '../../support/seeded.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

function make(bootId = 'boot-1') {
  const clock = createVirtualClock();
  const db = openDatabase(':memory:');
  const store = createStore(db, { clock, ids: createSeededIds(1, clock), clockState: () => 'free' });
  let ntp: number | undefined;
  const trustOn = (boot: string) => createClockTrust(db, clock, { bootId: boot, ntpSyncedAt: () => ntp });
  return { clock, store, trust: trustOn(bootId), trustOn, setNtp: (at: number | undefined) => (ntp = at) };
}

describe('whether the clock is believed', () => {
  it('[ST9] not before anybody has confirmed it; then yes', () => {
    const { clock, trust } = make();
    expect([trust.proved(), trust.state()]).toEqual([false, 'free']);
    expect(trust.heardCentral(clock.now() + 31_000)).toBe(false);
    expect(trust.proved()).toBe(false);
    expect(trust.heardCentral(clock.now() + 1000)).toBe(true);
    expect([trust.proved(), trust.state()]).toEqual([true, 'synced']);
  });

  it('[ST9] a restart of the process keeps the proof, a restart of the machine does not', () => {
    const { clock, trust, trustOn } = make();
    trust.heardCentral(clock.now());
    expect(trustOn('boot-1').proved()).toBe(true);
    expect(trustOn('boot-2').proved()).toBe(false);
  });

  it('[ST9] a jump takes the proof away until somebody confirms the new time', () => {
    const { clock, trust } = make();
    trust.heardCentral(clock.now());
    clock.advance(1000);
    clock.jump(3_600_000);
    expect([trust.proved(), trust.state()]).toEqual([false, 'jumped']);
    expect(trust.heardCentral(clock.now())).toBe(true);
    expect(trust.state()).toBe('synced');
  });

  it('[ST9] the operating system may confirm it, but not a clock behind the last fact', () => {
    const { clock, trust, store, setNtp } = make();
    setNtp(clock.now());
    expect(trust.proved()).toBe(true);
    store.transaction((tx) => tx.record('door.forced', { compartment: 1, at: '2026-11-24T02:00:00.000Z' }));
    clock.jump(-60_000);
    setNtp(clock.now());
    expect(trust.proved()).toBe(false);
  });
});

describe("the hall's own days", () => {
  it('[ST10] Shanghai', () => {
    const at = Date.UTC(2026, 10, 23, 16, 30);
    expect([localDay(at, 'Asia/Shanghai'), localTime(at, 'Asia/Shanghai')]).toEqual(['2026-11-24', '00:30']);
    expect(startOfDay(at, 'Asia/Shanghai')).toBe(Date.UTC(2026, 10, 23, 16));
    expect(atLocal('2026-11-24', '24:00', 'Asia/Shanghai')).toBe(Date.UTC(2026, 10, 24, 16));
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  });

  it('[ST10] through a change of summer time', () => {
    // Berlin 2026: forward on 29 March 02:00, back on 25 October 03:00.
    expect(atLocal('2026-03-29', '12:00', 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 29, 10));
    expect(atLocal('2026-03-29', '00:30', 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 28, 23, 30));
    expect(localTime(atLocal('2026-03-29', '02:30', 'Europe/Berlin'), 'Europe/Berlin')).toBe('03:30');
    expect(atLocal('2026-10-25', '02:30', 'Europe/Berlin')).toBe(Date.UTC(2026, 9, 25, 0, 30));
    expect(() => atLocal('2026-11-24', '9:00', 'Asia/Shanghai')).toThrow(RangeError);
  });
});
