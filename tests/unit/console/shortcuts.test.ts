import { describe, expect, test } from 'vitest';
import { shortcutOf } from '../../../console/rules/shortcuts.rules.ts';
import type { Focus, KeyPress } from '../../../console/rules/shortcuts.rules.ts';

const press = (key: string, over: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  isComposing: false,
  ...over,
});
const page: Focus = { typing: false, dialog: false, control: false };

describe('single keys', () => {
  test('[CN8] letters, digits, / and ? are shortcuts in either case; other keys are not', () => {
    expect(['e', 'E', '3', '/', '?', ' '].map((key) => shortcutOf(press(key), page))).toEqual([
      'e',
      'e',
      '3',
      '/',
      '?',
      'space',
    ]);
    for (const key of ['Enter', 'Tab', 'Escape', 'F5', 'é', '。'])
      expect(shortcutOf(press(key), page)).toBeUndefined();
  });

  test('[CN8] nothing happens while typing, in a dialog, with a modifier, held down or composing', () => {
    expect(shortcutOf(press('e'), { ...page, typing: true })).toBeUndefined();
    expect(shortcutOf(press('e'), { ...page, dialog: true })).toBeUndefined();
    for (const over of [
      { ctrlKey: true },
      { metaKey: true },
      { altKey: true },
      { repeat: true },
      { isComposing: true },
    ])
      expect(shortcutOf(press('e', over), page)).toBeUndefined();
  });

  test('[CN8] Space on a button presses the button', () => {
    expect(shortcutOf(press(' '), { ...page, control: true })).toBeUndefined();
    expect(shortcutOf(press('e'), { ...page, control: true })).toBe('e');
  });
});
