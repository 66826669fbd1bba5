import { describe, expect, test } from 'vitest';
import type { PhoneView } from '../../../contract/central-api.ts';
import { nextThing, splitThings, thingsOf } from '../../../phone/rules/agenda.rules.ts';
import { bookedHours, byDay, daysFrom } from '../../../phone/rules/days.rules.ts';
import {
  bookingState,
  leaseState,
  sessionOpen,
  sessionState,
} from '../../../phone/rules/state-words.rules.ts';
import { booking, grant, lease, session, viewAt } from './sample-view.ts';

const NOW = Date.parse('2026-11-24T02:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const next = (view: Partial<PhoneView>): string | undefined =>
  nextThing(thingsOf({ ...viewAt(NOW), ...view }, NOW), NOW)?.id;

describe('what is due', () => {
  const later = NOW + 3 * HOUR;
  const soon = NOW + 10 * MINUTE;
  const checkIn = (number: number, at: number) =>
    grant('check-in', 'cccccccccccccc0' + String(number), number, at - 35 * MINUTE, at + 20 * MINUTE);
  const locker = grant('locker', 'aaaaaaaaaaaaaaaa', 23, NOW - HOUR, NOW + HOUR);

  test('[PP6] what works now comes before what comes later, and a session before a locker', () => {
    const leases = [lease(1, NOW - HOUR, 'active')];
    const sessions = [session(1, soon, 'registered'), session(2, later, 'registered')];
    const grants = [locker, checkIn(1, soon), checkIn(2, later)];
    expect(next({ leases, sessions, grants })).toBe('session-1');
    expect(next({ leases, sessions: sessions.slice(1), grants })).toMatch(/^lease-/);
    expect(next({ sessions: sessions.slice(1), grants })).toBe('session-2');
    expect(next({})).toBeUndefined();
  });

  test('[PP6] a waiting place, a cancelled session and a used booking are not offered', () => {
    const off = session(2, soon, 'registered');
    const sessions = [
      session(1, soon, 'waiting'),
      { ...off, session: { ...off.session, cancelled: true } },
      session(3, soon, 'checked-in'),
    ];
    const grants = [1, 2, 3].map((number) => checkIn(number, soon));
    expect(next({ sessions, grants, bookings: [booking(1, soon, 'cancelled')] })).toBeUndefined();
  });

  test('[PP6] a booking finds the code of its own hour, not that of another', () => {
    const grants = [
      grant('booking', '1'.repeat(16), 2, later - 15 * MINUTE, later + 15 * MINUTE),
      grant('booking', '2'.repeat(16), 2, soon - 15 * MINUTE, soon + 15 * MINUTE),
    ];
    const things = thingsOf({ ...viewAt(NOW), bookings: [booking(1, soon)], grants }, NOW);
    expect(things[0]?.grant?.grantId).toBe('2'.repeat(16));
  });

  test('[PP7] what is over stands apart, the latest first; a late locker is not over', () => {
    const { open, done } = splitThings(
      thingsOf(
        {
          ...viewAt(NOW),
          sessions: [
            session(1, NOW - 5 * HOUR, 'checked-in'),
            session(2, later, 'waiting'),
            session(3, later, 'cancelled'),
          ],
          bookings: [booking(1, NOW - 2 * HOUR), booking(2, NOW - HOUR / 2, 'checked-in')],
          leases: [lease(1, NOW - 9 * HOUR, 'active'), { ...lease(2, NOW - 8 * HOUR, 'ended') }],
        },
        NOW,
      ),
    );
    expect(open.map(({ kind }) => kind)).toEqual(['lease', 'booking', 'session']);
    expect(done.map(({ kind }) => kind)).toEqual(['booking', 'session', 'lease']);
  });
});

describe('states', () => {
  test('[PP7] a session has one word for each of its states', () => {
    const word = (each: PhoneView['sessions'][number]): string => sessionState(each, NOW).word;
    const off = session(1, NOW + HOUR, 'registered');
    expect(word({ ...off, session: { ...off.session, cancelled: true } })).toBe('cancelledByHall');
    expect(word(session(1, NOW + HOUR, 'registered'))).toBe('registered');
    expect(word(session(1, NOW + 30 * MINUTE, 'registered'))).toBe('checkInNow');
    expect(word(session(1, NOW - 15 * MINUTE, 'registered'))).toBe('checkInNow');
    expect(word(session(1, NOW - 16 * MINUTE, 'registered'))).toBe('registered');
    expect(word(session(1, NOW - 90 * MINUTE, 'registered'))).toBe('missed');
    expect(word(session(1, NOW - 90 * MINUTE, 'none'))).toBe('over');
    expect(word(session(1, NOW, 'checked-in'))).toBe('checkedIn');
    expect(word(session(1, NOW + HOUR, 'waiting', 0))).toBe('waiting');
    expect(word(session(1, NOW + HOUR, 'none', 0))).toBe('full');
    expect(word(session(1, NOW + HOUR, 'cancelled', 1))).toBe('left');
    expect(word(session(1, NOW - 16 * MINUTE, 'none'))).toBe('started');
    expect(sessionOpen(session(1, NOW - 90 * MINUTE, 'registered'), NOW)).toBe(false);
    expect(sessionOpen(session(1, NOW, 'checked-in'), NOW)).toBe(false);
    expect(sessionOpen(session(1, NOW + HOUR, 'none'), NOW)).toBe(true);
  });

  test('[PP7] bookings and leases too', () => {
    const words = (['booked', 'checked-in', 'cancelled', 'released', 'lost'] as const).map(
      (state) => bookingState(booking(1, NOW + HOUR, state), NOW).word,
    );
    expect(words).toEqual(['booked', 'checkedIn', 'cancelled', 'released', 'lost']);
    expect(bookingState(booking(1, NOW), NOW).word).toBe('useNow');
    expect(bookingState(booking(1, NOW - HOUR), NOW).word).toBe('over');
    expect(leaseState(lease(1, NOW, 'made'), NOW).word).toBe('made');
    expect(leaseState(lease(1, NOW, 'active'), NOW).word).toBe('active');
    expect(leaseState(lease(1, NOW - 3 * HOUR, 'active'), NOW).word).toBe('late');
    expect(leaseState(lease(1, NOW, 'end-requested'), NOW).word).toBe('endRequested');
    expect(leaseState(lease(1, NOW - 3 * HOUR, 'ended'), NOW).word).toBe('ended');
  });

  test('[PP7] days are those of the hall', () => {
    const late = Date.parse('2026-11-24T15:59:00Z');
    expect(daysFrom(late, 2, 'Asia/Shanghai')).toEqual(['2026-11-24', '2026-11-25', '2026-11-26']);
    expect(byDay([late, late + MINUTE], (at) => at, 'Asia/Shanghai').map(({ day }) => day)).toEqual([
      '2026-11-24',
      '2026-11-25',
    ]);
    const hour = (at: number): number => at / HOUR;
    const slot = (from: number, state: string) => ({ from: from * HOUR, to: (from + 1) * HOUR, state });
    expect(bookedHours([slot(9, 'booked'), slot(10, 'booked'), slot(11, 'free')], hour)).toEqual([
      { from: 9, to: 11 },
    ]);
  });
});
