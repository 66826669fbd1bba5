import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { PrintJob } from '../../contract/messages.ts';
import {
  escposPrinter,
  escposPrinter58,
  escposPrinter58Plain,
} from '../../devices/definitions/escpos-printer.device.ts';
import type { PrinterDefinition } from '../../devices/definitions/definition.ts';
import { CHINESE_FONTS, lazyGlyphs } from '../../devices/printers/font/system-font.ts';
import { slipBytes } from '../../devices/printers/slip-bytes.ts';

/** Slips read by a program that shares nothing with ours: Python's gb18030 codec for text, zbarimg for codes. */

const Read = z.object({
  lines: z.array(z.string()),
  qr: z.array(z.string()),
  cuts: z.number(),
  pictures: z.array(z.string()),
  inline: z.array(z.object({ width: z.number(), height: z.number(), black: z.number(), file: z.string() })),
});

const QR =
  'UH1:6BFOXN*TS0BI$ZD-PHQ7I9AD66V5B22CH9M9ESI9XBHXK-%69LQOGI.*V76GCV4*XUA2P-FHT-HNTI4L6N$Q%UG/YL WO*Z7ON15 BM0VM.JQ$F4W17PG4.VAS5EG4V*BRL0K-RDY5RWOOH6PO9:TUQJAJG9-*NIRICVELZUZM9EN9-O9';
const job: PrintJob = {
  lines: [
    { kind: 'text', text: '城北职工服务中心', size: 'large', align: 'center' },
    { kind: 'rule' },
    { kind: 'pair', label: '姓名', value: '𠮷田㛃' },
    { kind: 'pair', label: '柜号', value: '12' },
    { kind: 'text', text: '䶮先生，费用 ¥3.50', size: 'normal', align: 'left' },
    { kind: 'qr', data: QR },
    { kind: 'text', text: 'Locker 12', size: 'huge', align: 'center' },
  ],
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slip-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const glyphs = lazyGlyphs(CHINESE_FONTS, (reason) => {
  throw new Error(reason);
});

function read(definition: PrinterDefinition): z.infer<typeof Read> & { missing: readonly string[] } {
  const slip = slipBytes(job, definition, glyphs);
  const file = join(folder, 'slip.bin');
  writeFileSync(file, slip.bytes);
  const python = spawnSync('/usr/bin/python3', [
    join(import.meta.dirname, '../support/read-slip.py'),
    file,
    folder,
  ]);
  expect(python.stderr.toString()).toBe('');
  return { ...Read.parse(JSON.parse(python.stdout.toString())), missing: slip.missing };
}

/** Pictures of single characters stand as U+FFFC in what the reader says. */
const PICTURE = '\ufffc';

describe('[DV70] a slip read by an independent program', () => {
  test.each([escposPrinter, escposPrinter58])(
    '$id: every line, rare characters as pictures, the code, one cut',
    (definition) => {
      const seen = read(definition);
      const text = seen.lines.map((line) => line.trim());
      expect(text).toContain('城北职工服务中心');
      expect(text).toContain('-'.repeat(definition.columns));
      expect(text.find((line) => line.startsWith('姓名'))?.replaceAll(/ +/g, ' ')).toBe(
        `姓名 ${PICTURE}田${PICTURE}`,
      );
      // 䶮 has two bytes in GB18030 and stands in the fonts of printers; ¥ is printed as ￥.
      expect(text).toContain('䶮先生，费用 ￥3.50');
      expect(text).toContain('Locker 12');
      expect(seen.qr).toEqual([QR]);
      expect(seen.cuts).toBe(1);
      expect(seen.missing).toEqual([]);
      expect(seen.inline.map(({ width, height }) => [width, height])).toEqual([
        [24, 24],
        [24, 24],
      ]);
      // 𠮷 and 㛃: ink enough for a character, and not the same ink.
      for (const { black } of seen.inline) expect(black).toBeGreaterThan(60);
      expect(seen.inline[0]?.black).not.toBe(seen.inline[1]?.black);
    },
  );

  test('a printer without a command for codes gets the dots, and zbarimg reads them', () => {
    const seen = read(escposPrinter58Plain);
    expect(seen.qr).toEqual([]);
    expect(seen.pictures).toHaveLength(1);
    const zbar = spawnSync('zbarimg', [
      '--quiet',
      '--raw',
      '-Sdisable',
      '-Sqrcode.enable',
      seen.pictures[0] ?? '',
    ]);
    expect(zbar.stdout.toString().trim()).toBe(QR);
  });
});
