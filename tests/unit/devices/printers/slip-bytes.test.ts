import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PrintJob } from '../../../../contract/messages.ts';
import { escposPrinter, escposPrinterMute } from '../../../../devices/definitions/escpos-printer.device.ts';
import { chineseBytes } from '../../../../devices/printers/chinese-text.ts';
import { openFont } from '../../../../devices/printers/font/font-file.ts';
import { CHINESE_FONTS, lazyGlyphs } from '../../../../devices/printers/font/system-font.ts';
import { slipBytes } from '../../../../devices/printers/slip-bytes.ts';
import { rentSlip } from '../../../../hall/lockers/slip.rules.ts';
import { readSlip, textOf } from '../../../support/printer-slip.ts';

const NOTO = CHINESE_FONTS[0] ?? '';
const job = (...lines: object[]): PrintJob => PrintJob.parse({ lines });
const text = (value: string, size = 'normal') => ({ kind: 'text', text: value, size, align: 'left' });
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('the bytes of a slip', () => {
  test('[DV22] one line, byte by byte, from the command reference', () => {
    const { bytes } = slipBytes(job(text('柜 8', 'huge'), { kind: 'qr', data: 'AB' }), escposPrinter);
    expect(hex(bytes)).toBe(
      [
        '1b40 1c26',
        '1b6100 1b2130 1c210c b9f1 20 38 0a',
        '1b6101',
        '1d286b0400314132001d286b03003143061d286b0300314531',
        '1d286b050031503041421d286b0300315130 0a',
        '1b6404 1d5600 1b40',
        '1d7201',
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  test('[DV22] the locker slip of the hall comes out as it went in', () => {
    const slip = rentSlip({
      hall: { zh: '城北职工服务中心', en: 'City North Workers’ Hall' },
      compartment: 8,
      digits: '01234567',
      qr: `UH1:${'6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3'.repeat(4)}`,
      until: '2026-11-24 18:00',
      helpPhone: '0571-8888 0110',
    });
    const printed = readSlip(slipBytes(slip, escposPrinter).bytes);
    expect(textOf(printed)).toEqual([
      '城北职工服务中心',
      '8 号柜',
      '0123 4567',
      `用到 Until${' '.repeat(48 - 10 - 16)}2026-11-24 18:00`,
      '-'.repeat(48),
      '再开柜：在终端输柜号和上面 8 位码。',
      'Open again: type locker number and the 8 digits.',
      '取完东西：点“归还”，门开后拿走，再关好门。',
      'Finish: press Finish, empty it, close the door.',
      '-'.repeat(48),
      '下面的码只能开一次。 This code opens once.',
      '',
      `求助 Help${' '.repeat(48 - 9 - 14)}0571-8888 0110`,
    ]);
    expect(printed.filter((each) => each.what === 'qr')).toEqual([
      { what: 'qr', data: slip.lines.find((line) => line.kind === 'qr')?.data, dots: 6, level: 'M' },
    ]);
    expect(printed.filter((each) => each.what === 'cut')).toHaveLength(1);
    expect(printed.filter((each) => each.what === 'unreadable')).toEqual([]);
    expect(printed.at(-1)).toEqual({ what: 'paper-query' });
    expect(printed.find((each) => each.what === 'line' && each.line.text === '8 号柜')).toMatchObject({
      line: { size: '2x2', align: 'center' },
    });
  });

  test('[DV22] characters outside the font become 〓 and are named; the rest of the name stays', () => {
    const { bytes, missing } = slipBytes(job(text('𠮷田㛃，䶮，€5')), escposPrinter);
    expect(textOf(readSlip(bytes))).toEqual(['〓田〓，䶮，€5']);
    expect(missing).toEqual(['𠮷', '㛃']);
    expect(chineseBytes('€').bytes).toEqual(Buffer.of(0xa2, 0xe3));
  });

  test('[DV28] with a font they stand in the line as pictures, dot for dot, and nothing is missing', () => {
    // A font by hand: the stroke of 一 and a dot in the corner.
    const rows = Array.from({ length: 24 }, (_, y) =>
      Array.from({ length: 24 }, (_, x) => y === 12 || (x === 23 && y === 0)),
    );
    const { bytes, missing } = slipBytes(job(text('𠮷田先生')), escposPrinter, { draw: () => rows });
    expect(missing).toEqual([]);
    const [first] = readSlip(bytes);
    expect(first).toMatchObject({ what: 'line', line: { text: '\ufffc田先生' } });
    const picture =
      first?.what === 'line' ? Buffer.from(first.line.pictures[0] ?? '', 'base64') : Buffer.alloc(0);
    expect(picture).toHaveLength(72);
    const dot = (x: number, y: number): boolean =>
      ((picture[x * 3 + (y >> 3)] ?? 0) & (0x80 >> (y & 7))) !== 0;
    expect(rows.map((row, y) => row.map((_, x) => dot(x, y)))).toEqual(rows);
  });

  test.skipIf(!existsSync(NOTO))(
    '[DV28] Noto Sans CJK draws 𠮷 as 土 over 口, and characters of every plane',
    () => {
      const font = openFont(NOTO);
      try {
        const picture =
          font.draw('𠮷', 24)?.map((row) => row.map((black) => (black ? '#' : '.')).join('')) ?? [];
        expect(picture).toHaveLength(24);
        const inked = (from: number, to: number): number[] =>
          picture.slice(from, to).map((row) => row.split('#').length - 1);
        // The lower stroke of 土 is wider than the upper one; 口 has two sides and is empty between them.
        expect(Math.max(...inked(8, 12))).toBeGreaterThan(Math.max(...inked(3, 7)));
        expect(picture.slice(16, 20).every((row) => /^\.+##\.{8,}##\.+$/.test(row))).toBe(true);
        for (const char of '一龘㛃䶮𠮷𫖯') expect(font.draw(char, 24)?.flat().some(Boolean)).toBe(true);
        expect(font.draw('\u{e000}', 24)).toBeUndefined();
      } finally {
        font.close();
      }
    },
  );

  test('[DV28] without a font, or with a file that is none, the reason is said once and 〓 is printed', () => {
    const reasons: string[] = [];
    const glyphs = lazyGlyphs([import.meta.filename], (reason) => reasons.push(reason));
    expect(chineseBytes('𠮷𠮷', glyphs).missing).toEqual(['𠮷', '𠮷']);
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatch(/cannot be used as a font/);
    const none = lazyGlyphs(['/nonexistent/font.ttc'], (reason) => reasons.push(reason));
    expect(chineseBytes('𠮷', none).missing).toEqual(['𠮷']);
    expect(reasons[1]).toMatch(/is there/);
  });

  test('[DV22] every Chinese character of two bytes reads back the same by two other tables', () => {
    const all = Array.from({ length: 0x9fa5 - 0x4e00 + 1 }, (_, index) =>
      String.fromCodePoint(0x4e00 + index),
    ).join('');
    const { bytes, missing } = chineseBytes(all);
    expect(missing).toEqual([]);
    expect(bytes).toHaveLength(all.length * 2);
    expect(new TextDecoder('gb18030', { fatal: true }).decode(bytes)).toBe(all);
    const decode = 'import sys; sys.stdout.buffer.write(sys.stdin.buffer.read().decode("gb18030").encode())';
    const python = spawnSync('python3', ['-c', decode], { input: bytes });
    // Python has a table of its own; a machine without it has the check above.
    if (python.error === undefined) expect(python.stdout.toString('utf8')).toBe(all);
  });

  test('[DV22] a code beyond ASCII carries its UTF-8 bytes, all of them', () => {
    const data = 'https://example.org/?q=签到';
    const printed = readSlip(slipBytes(job({ kind: 'qr', data }), escposPrinter).bytes);
    expect(printed.find((each) => each.what === 'qr')).toMatchObject({ data });
  });

  test('[DV22] a printer that cannot answer is not asked', () => {
    const printed = readSlip(slipBytes(job(text('你好')), escposPrinterMute).bytes);
    expect(printed.some((each) => each.what === 'paper-query')).toBe(false);
  });

  test('[DV26] whatever is typed, the paper shows text and exactly one cut', () => {
    const hostile = fc.string({
      maxLength: 60,
      unit: fc.oneof(
        fc.constantFrom(
          '\u001b',
          '\u001d',
          '\u0010',
          '\u0004',
          '\u001c',
          'V',
          '\u0000',
          '@',
          '柜',
          '𠮷',
          '\ud83d',
        ),
        fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
      ),
    });
    fc.assert(
      fc.property(hostile, (value) => {
        const printed = readSlip(
          slipBytes(
            job(text(value), { kind: 'pair', label: value.slice(0, 60), value: value.slice(0, 60) }),
            escposPrinter,
          ).bytes,
        );
        const kinds = printed.map((each) => each.what).filter((what) => what !== 'line');
        expect(kinds).toEqual(['feed', 'cut', 'paper-query']);
      }),
      { numRuns: 60 },
    );
  });
});
