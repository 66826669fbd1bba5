import { describe, expect, test } from 'vitest';
import { toInstant } from '../../../contract/time.ts';
import {
  ageOf,
  byDeadline,
  dueApplications,
  hallNow,
  inOrderOfWaiting,
} from '../../../console/rules/waiting.rules.ts';
import type { HelpEntry } from '../../../console/rules/waiting.rules.ts';

const ZONE = 'Asia/Shanghai';
const NOW = Date.parse('2026-11-24T14:12:00+08:00');

function call(id: string, secondsAgo: number, state: 'called' | 'taken' = 'called'): HelpEntry {
  return {
    help: {
      helpId: `00000000-0000-4000-8000-0000000000${id}`,
      state,
      takenBy: state === 'taken' ? '刘敏' : null,
      calledAt: toInstant(NOW - secondsAgo * 1000),
      waitMinutes: 2,
      phone: '',
    },
    kiosk: 'kiosk-1',
    kioskName: { zh: '1 号机', en: 'Kiosk 1' },
    place: { zh: '大厅', en: 'Lobby' },
    page: 'welcome',
    note: null,
  };
}

function application(number: string, deadline: string, submittedAt = '2026-11-20T02:00:00.000Z') {
  return {
    applicationId: '00000000-0000-4000-8000-000000000001',
    number,
    service: { zh: '意见反馈', en: 'Feedback' },
    submittedAt,
    deadline: toInstant(Date.parse(deadline)),
    overdue: Date.parse(deadline) < NOW,
    answers: [],
  };
}

describe('who waits', () => {
  test('[CN2] untaken calls stand first, the longest waiting on top', () => {
    const order = inOrderOfWaiting([call('01', 30), call('02', 300, 'taken'), call('03', 90)]);
    expect(order.map((each) => each.help.helpId.slice(-2))).toEqual(['03', '01', '02']);
  });

  test('[CN3] a desk computer with a wrong clock still shows the hall’s waiting times', () => {
    const receivedAt = NOW - 3_600_000;
    const later = receivedAt + 5_000;
    expect(hallNow(later, { now: toInstant(NOW), receivedAt })).toBe(NOW + 5_000);
  });

  test('[CN3] ages read in the unit a person would use', () => {
    expect(ageOf(-5)).toEqual({ unit: 'now', count: 0 });
    expect(ageOf(42_000)).toEqual({ unit: 'seconds', count: 42 });
    expect(ageOf(60_000)).toEqual({ unit: 'minutes', count: 1 });
    expect(ageOf(3_599_999)).toEqual({ unit: 'minutes', count: 59 });
    expect(ageOf(3_600_000)).toEqual({ unit: 'hours', count: 1 });
    expect(ageOf(49 * 3_600_000)).toEqual({ unit: 'days', count: 2 });
  });
});

describe('what is due', () => {
  test('[CN4] due are today’s and the overdue by the hall’s day, the earliest deadline first', () => {
    const due = dueApplications(
      [
        application('TODAY', '2026-11-24T23:59:59.999+08:00'),
        application('TOMORROW', '2026-11-25T23:59:59.999+08:00'),
        application('LATE', '2026-11-23T23:59:59.999+08:00'),
      ],
      NOW,
      ZONE,
    );
    expect(due.map((each) => each.number)).toEqual(['LATE', 'TODAY']);
  });

  test('[CN4] of the same deadline the one handed in first stands first', () => {
    const order = byDeadline([
      application('B', '2026-11-25T23:59:59.999+08:00', '2026-11-22T02:00:00.000Z'),
      application('A', '2026-11-25T23:59:59.999+08:00', '2026-11-21T02:00:00.000Z'),
    ]);
    expect(order.map((each) => each.number)).toEqual(['A', 'B']);
  });
});
