import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { panelWidth, pxPerMm } from '../../../ui/tokens/panel.ts';

const css = readFileSync(join(import.meta.dirname, '../../../ui/tokens/tokens.css'), 'utf8');

/** The custom properties of one rule of tokens.css. */
function block(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`);
  if (start < 0) throw new Error(`no ${selector} in tokens.css`);
  const body = css.slice(start, css.indexOf('\n}', start));
  return new Map([...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map((m) => [m[1] ?? '', m[2] ?? '']));
}

const paper = block(':root');
const elderly = new Map([...paper, ...block(":root[data-text='elderly']")]);
const contrast = new Map([...paper, ...block(":root[data-theme='contrast']")]);

/** WCAG 2.2 relative luminance of #rrggbb. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}
function ratio(theme: Map<string, string>, one: string, other: string): number {
  const values = [one, other].map((name) => {
    const value = theme.get(name);
    if (value === undefined || !/^#[0-9a-f]{6}$/.test(value)) throw new Error(`${name} is not a colour`);
    return luminance(value);
  });
  return (Math.max(...values) + 0.05) / (Math.min(...values) + 0.05);
}
function millimetres(theme: Map<string, string>, name: string): number {
  const match = /calc\(([\d.]+) \* var\(--mm\)\)/.exec(theme.get(name) ?? '');
  if (match?.[1] === undefined) throw new Error(`${name} is not in millimetres`);
  return Number(match[1]);
}

describe('colours', () => {
  const texts = [
    ['--ink', '--paper'],
    ['--ink', '--card'],
    ['--ink', '--wash'],
    ['--ink-2', '--paper'],
    ['--ink-2', '--wash'],
    ['--on-ink', '--ink'],
    ['--on-ink-2', '--ink'],
    ['--on-red', '--red'],
    ['--green', '--paper'],
    ['--green', '--green-wash'],
    ['--amber', '--paper'],
    ['--amber', '--amber-wash'],
  ] as const;
  test.each(texts)('[UI3] text %s on %s keeps 7:1', (text, ground) => {
    expect(ratio(paper, text, ground)).toBeGreaterThanOrEqual(7);
    expect(ratio(contrast, text, ground)).toBeGreaterThanOrEqual(7);
  });
  test('[UI3] lines keep 3:1 on paper, card and wash', () => {
    for (const ground of ['--paper', '--card', '--wash']) {
      expect(ratio(paper, '--line', ground)).toBeGreaterThanOrEqual(3);
    }
  });
});

describe('sizes', () => {
  test('[UI4] a millimetre is the window over the panel', () => {
    expect(pxPerMm(1080, 398)).toBeCloseTo(2.7136, 3);
    expect(pxPerMm(1920, 476)).toBeCloseTo(4.03, 2);
    expect(panelWidth(1080, 1920)).toBe(398);
    expect(panelWidth(1920, 1080)).toBe(708);
    expect(panelWidth(1920, 1080, 476)).toBe(476);
    expect(panelWidth(1080, 1920, 0)).toBe(398);
  });
  test('[UI4] every length of the kiosk table is in millimetres', () => {
    for (const [name, value] of paper) {
      if (name === '--mm' || name === '--font' || value.startsWith('#')) continue;
      expect(() => millimetres(paper, name), name).not.toThrow();
    }
  });
  test('[UI9] text and touch keep their floors', () => {
    expect(millimetres(paper, '--t-note')).toBeGreaterThanOrEqual(7);
    expect(millimetres(paper, '--t-body')).toBeGreaterThanOrEqual(7);
    expect(millimetres(elderly, '--t-note')).toBeGreaterThanOrEqual(10);
    expect(millimetres(elderly, '--t-body')).toBeGreaterThanOrEqual(10);
    expect(millimetres(paper, '--touch')).toBeGreaterThanOrEqual(20);
    expect(millimetres(paper, '--key')).toBeGreaterThanOrEqual(15);
    expect(millimetres(elderly, '--touch-small')).toBeGreaterThanOrEqual(18);
    expect(millimetres(paper, '--gap')).toBeGreaterThanOrEqual(3);
  });
});
