import { afterEach, describe, expect, test } from 'vitest';
import { helpMachine } from '../../../../hall/help/help.machine.ts';
import { waitMinutes } from '../../../../hall/help/help.rules.ts';
import { createHelpService } from '../../../../hall/help/help.service.ts';
import { helpSql } from '../../../../hall/help/help.store.ts';
import { makeHall } from '../../../support/hall-context.ts';
import type { TestHall } from '../../../support/hall-context.ts';

let open: TestHall[] = [];
afterEach(() => {
  for (const hall of open) hall.close();
  open = [];
});

function setUp() {
  const hall = makeHall();
  open.push(hall);
  const help = createHelpService(hall);
  const facts = (): unknown[] =>
    hall
      .facts()
      .filter((fact) => fact.type.startsWith('help.'))
      .map((fact) => [fact.type, fact.body.outcome ?? fact.body.page]);
  return { hall, help, facts };
}

describe('help', () => {
  test('[HP1] one open call a kiosk, moved to the newer page', () => {
    const { help, facts } = setUp();
    const first = help.call('kiosk-1', '填表第 2 页');
    const again = help.call('kiosk-1', '储物柜', '门没开');
    const other = help.call('kiosk-2', '首页');
    expect(again.helpId).toBe(first.helpId);
    expect(other.helpId).not.toBe(first.helpId);
    expect(help.board().help.map((each) => [each.kiosk, each.page, each.note])).toEqual([
      ['kiosk-1', '储物柜', '门没开'],
      ['kiosk-2', '首页', null],
    ]);
    expect(facts()).toEqual([
      ['help.called', '填表第 2 页'],
      ['help.called', '首页'],
    ]);
  });

  test('[HP2] the phone number appears after 60 seconds without an answer, also after a restart', () => {
    const { hall, help } = setUp();
    const { helpId } = help.call('kiosk-1', '首页');
    const phone = (): unknown => {
      const result = help.get(helpId);
      return result.ok ? result.value.phone : result.refusal;
    };
    hall.clock.advance(59_999);
    expect(phone()).toBe('');
    help.stop();
    const told = hall.messages.length;
    createHelpService(hall).start();
    hall.clock.advance(1);
    expect(phone()).toBe('0571-1234567');
    expect(hall.messages.length).toBe(told + 1);
    help.take(helpId, '王芳');
    expect(phone()).toBe('');
  });

  test('[HP3] taken, handed over, ended; withdrawn by its own kiosk only; tapped twice is once', () => {
    const { help, facts } = setUp();
    const { helpId } = help.call('kiosk-1', '首页');
    expect(help.withdraw(helpId, 'kiosk-2')).toMatchObject({ ok: false, refusal: { code: 'help-unknown' } });
    expect(help.take(helpId, '王芳')).toMatchObject({ ok: true, value: { state: 'taken', takenBy: '王芳' } });
    expect(help.take(helpId, '赵敏')).toMatchObject({ ok: true, value: { takenBy: '赵敏' } });
    expect(help.end(helpId, '赵敏')).toMatchObject({ ok: true, value: { state: 'ended' } });
    expect(help.end(helpId, '赵敏').ok).toBe(true);
    expect(help.withdraw(helpId, 'kiosk-1')).toMatchObject({ ok: true, value: { state: 'ended' } });
    expect(help.board().help).toEqual([]);
    expect(help.board().helpDone.map((each) => each.help.takenBy)).toEqual(['赵敏']);
    const second = help.call('kiosk-1', '首页');
    help.withdraw(second.helpId, 'kiosk-1');
    expect(facts()).toEqual([
      ['help.called', '首页'],
      ['help.ended', 'helped'],
      ['help.called', '首页'],
      ['help.ended', 'withdrawn'],
    ]);
    expect(help.take('none', '王芳')).toMatchObject({ ok: false });
    expect(
      Object.entries(helpMachine).map(
        ([state, events]) => `${state}: ${Object.keys(events).sort().join(' ')}`,
      ),
    ).toEqual(['called: end take withdraw', 'taken: end take withdraw', 'ended: ']);
  });

  test('[HP4] the wait said: a first guess, the middle answer, calls ahead, bounds', () => {
    expect(waitMinutes([], 0)).toBe(2);
    expect(waitMinutes([30_000, 60_000, 3_600_000], 0)).toBe(1);
    expect(waitMinutes([180_000], 1)).toBe(6);
    expect(waitMinutes([3_600_000], 5)).toBe(30);
    const { hall, help } = setUp();
    const { helpId } = help.call('kiosk-1', '首页');
    hall.clock.advance(240_000);
    help.take(helpId, '王芳');
    expect(help.call('kiosk-2', '首页').waitMinutes).toBe(4);
  });

  test('[ST8] help queries use an index', () => {
    const { hall } = setUp();
    for (const sql of Object.values(helpSql))
      expect(
        JSON.stringify(
          hall.store.db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...Array.from(sql.matchAll(/\?/g), () => 0)),
        ),
      ).toContain('USING INDEX');
  });
});
