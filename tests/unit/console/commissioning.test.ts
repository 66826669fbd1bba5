import { expect, test } from 'vitest';
import { QuestionWord } from '../../../contract/commissioning.ts';
import type { CommissioningSession } from '../../../contract/commissioning.ts';
import { choicesOf, isLive, reportText } from '../../../console/commissioning/commissioning.rules.ts';
import zh from '../../../ui/locales/zh-CN/desk.json';

test('[CN20] every question has its buttons or a field, one of them the next step; what opens is named on the button', () => {
  for (const word of QuestionWord.options) {
    const choices = choicesOf(word);
    if (choices === undefined) {
      expect(word).toMatch(/^ask/);
      continue;
    }
    expect(choices.filter((each) => each.kind === 'primary')).toHaveLength(1);
    expect(new Set(choices.map((each) => each.answer)).size).toBe(choices.length);
  }
  // The two that give a pulse name the door.
  expect(zh.commission.choice.open).toContain('{{compartment}}');
  expect(zh.commission.choice.pulse).toContain('{{compartment}}');
});

test('[CN21] the report names bank, boards and line, and every door with its result', () => {
  const session: CommissioningSession = {
    ...{ session: 's', line: 'serial:/dev/x', phase: 'done', told: [], pulses: 1, bank: 'bank-a' },
    found: [{ definition: 'wkly', model: 'WKLY 24', address: 1, locks: 24, baudRate: 9_600 }],
    doors: [
      { number: 1, board: 1, lock: 1, closedBit: 0, column: 1, row: 1, result: 'ok' },
      { number: 2, board: 1, lock: 2, closedBit: 0, column: 1, row: 2 },
    ],
  };
  const text = reportText(session, {
    title: 'Report',
    door: ({ number, result }) => `${String(number)} ${result ?? 'not proved'}`,
  });
  expect(text).toBe('Report\nbank-a: WKLY 24 (wkly)\nserial:/dev/x\n1 ok\n2 not proved\n');
  expect((['searching', 'asking', 'working'] as const).every((phase) => isLive({ phase }))).toBe(true);
  expect(isLive({ phase: 'done' }) || isLive({ phase: 'ended' })).toBe(false);
});
