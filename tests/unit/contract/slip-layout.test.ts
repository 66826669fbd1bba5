import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PrintJob } from '../../../contract/messages.ts';
import { layOut, printable, widthOf } from '../../../contract/slip-layout.rules.ts';

const job = (...lines: object[]): PrintJob => PrintJob.parse({ lines });
const text = (value: string, size = 'normal', align = 'left') => ({ kind: 'text', text: value, size, align });
const texts = (columns: number, ...lines: object[]): string[] =>
  layOut(job(...lines), columns).map((line) => (line.kind === 'text' ? line.text : `qr ${line.data}`));

describe('a slip on paper', () => {
  test('[DV22] a long Chinese line goes on in the next one, at the width of the paper', () => {
    const folded = texts(32, text('再开柜：在终端输柜号和上面八位码，取完东西点归还'));
    expect(folded).toEqual(['再开柜：在终端输柜号和上面八位码', '，取完东西点归还']);
    expect(folded.map(widthOf)).toEqual([32, 16]);
  });

  test('[DV22] Latin words stay whole; one longer than the paper is cut', () => {
    expect(texts(32, text('Open again: type locker number and the 8 digits.'))).toEqual([
      'Open again: type locker number',
      'and the 8 digits.',
    ]);
    expect(texts(32, text('x'.repeat(40)))).toEqual(['x'.repeat(32), 'x'.repeat(8)]);
  });

  test('[DV22] a huge line holds half as many letters', () => {
    expect(layOut(job(text('1234 5678 9012 3456 7890', 'huge', 'center')), 32)).toEqual([
      { kind: 'text', text: '1234 5678 9012', wide: 2, high: 2, align: 'center' },
      { kind: 'text', text: '3456 7890', wide: 2, high: 2, align: 'center' },
    ]);
  });

  test('[DV22] a pair: value at the right edge, or below when it does not fit', () => {
    expect(texts(32, { kind: 'pair', label: '用到 Until', value: '2026-11-24 12:00' })).toEqual([
      '用到 Until      2026-11-24 12:00',
    ]);
    expect(texts(32, { kind: 'pair', label: '受理编号 Reference number', value: '202611240001' })).toEqual([
      '受理编号 Reference number',
      '                    202611240001',
    ]);
  });

  test('[DV22] rule and code', () => {
    expect(texts(32, { kind: 'rule' }, { kind: 'qr', data: 'UH1:ABC' })).toEqual([
      '-'.repeat(32),
      'qr UH1:ABC',
    ]);
  });

  test('[DV22] nothing but spaces is lost, and no line is wider than the paper', () => {
    const anyText = fc.string({ maxLength: 60, unit: fc.constantFrom(...'签到 归还ab 1-，柜𠮷') });
    fc.assert(
      fc.property(
        anyText,
        fc.constantFrom('normal', 'large', 'huge'),
        fc.constantFrom(32, 48),
        (value, size, columns) => {
          const lines = layOut(job(text(value, size)), columns);
          const kept = lines.map((line) => (line.kind === 'text' ? line.text : '')).join('');
          expect(kept.replaceAll(' ', '')).toBe(value.replaceAll(' ', ''));
          for (const line of lines)
            if (line.kind === 'text') expect(widthOf(line.text) * line.wide).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  test('[DV26] control characters, line separators and half characters are gone', () => {
    expect(printable('a\u001b@b\u001d\u0000V\u0085\u2028c\ud800')).toBe('a @b  V  c\ufffd');
    expect(printable('¥12\u00a050')).toBe('￥12 50');
  });
});
