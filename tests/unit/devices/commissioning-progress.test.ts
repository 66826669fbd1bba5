import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { progressFile } from '../../../devices/commissioning/progress-file.ts';
import {
  boardsChanged,
  doorsOf,
  forgetBoard,
  nextNumber,
  numbersTaken,
  usualBit,
} from '../../../devices/commissioning/progress.rules.ts';
import type { Progress } from '../../../devices/commissioning/progress.rules.ts';

const LINE = 'serial:/dev/serial/by-id/usb-A';
const progress: Progress = {
  line: LINE,
  bank: 'bank-a',
  boards: [
    {
      definition: 'kerong-cu48',
      address: 0,
      baudRate: 19_200,
      numbering: { doors: 3, first: 1, rows: 2 },
      switches: { usual: 0, reversed: [2] },
    },
    {
      definition: 'kerong-cu48',
      address: 1,
      baudRate: 19_200,
      numbering: { doors: 2, first: 4, rows: 2 },
      switches: { usual: 1, reversed: [] },
    },
    { definition: 'kerong-cu48', address: 2, baudRate: 19_200 },
  ],
  results: { 1: 'ok', 4: 'faulty' },
};

describe('progress of a wizard', () => {
  test('[DV45] doors follow from what was numbered and learnt; a board not yet learnt has none', () => {
    expect(doorsOf(progress)).toEqual([
      { number: 1, board: 0, lock: 1, closedBit: 0, column: 1, row: 1, result: 'ok' },
      { number: 2, board: 0, lock: 2, closedBit: 1, column: 1, row: 2 },
      { number: 3, board: 0, lock: 3, closedBit: 0, column: 2, row: 1 },
      { number: 4, board: 1, lock: 1, closedBit: 1, column: 3, row: 1, result: 'faulty' },
      { number: 5, board: 1, lock: 2, closedBit: 1, column: 3, row: 2 },
    ]);
    expect(nextNumber(progress)).toBe(6);
    expect(usualBit(progress)).toBe(1);
    expect(numbersTaken(progress, 2, 5, 2)).toBe(true);
    expect(numbersTaken(progress, 2, 6, 2)).toBe(false);
    // Its own numbers are free for a board that is numbered again.
    expect(numbersTaken(progress, 0, 1, 3)).toBe(false);
  });

  test('[DV45] a board to be learnt again loses what was proved with the old meaning, and nothing else', () => {
    const forgotten = forgetBoard(progress, 0);
    expect(forgotten.results).toEqual({ 4: 'faulty' });
    expect(forgotten.boards[0]?.switches).toBeUndefined();
    expect(forgotten.boards[0]?.numbering).toEqual(progress.boards[0]?.numbering);
    expect(forgotten.boards[1]).toEqual(progress.boards[1]);
  });

  test('[DV45] a board more, less, of another model, address or rate is a change; another order is none', () => {
    const now = progress.boards.map(({ definition, address, baudRate }) => ({
      definition,
      address,
      baudRate,
    }));
    expect(boardsChanged(progress, now.toReversed())).toBeUndefined();
    for (const other of [
      now.slice(1),
      [...now, { definition: 'wkly', address: 9, baudRate: 9_600 }],
      now.map((each) => ({ ...each, definition: 'kerong-cu16' })),
      now.map((each) => ({ ...each, baudRate: 9_600 })),
    ])
      expect(boardsChanged(progress, other)).toBeDefined();
  });
});

describe('the file', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'progress-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('[DV45] what was kept is read again, by line; forgotten is gone', () => {
    const config = join(folder, 'hall.json');
    const file = progressFile(config, LINE);
    expect(file.read()).toEqual({ kind: 'none' });
    file.keep(progress);
    expect(file.read()).toEqual({ kind: 'kept', progress });
    expect(progressFile(config, 'tcp:10.0.0.5:5000').read()).toEqual({ kind: 'none' });
    file.forget();
    expect(file.read()).toEqual({ kind: 'none' });
  });

  test('[DV45] damaged, cut off, of another line or version: put aside with its reason, the configuration untouched', () => {
    const config = join(folder, 'hall.json');
    writeFileSync(config, '{"hall":1}');
    const file = progressFile(config, LINE);
    file.keep(progress);
    const good = readFileSync(file.file, 'utf8');
    for (const bad of [
      '',
      good.slice(0, good.length / 2),
      good.replace('"version": 1', '"version": 2'),
      good.replace(LINE, 'serial:/dev/other'),
      good.replace('"usual": 0', '"usual": 7'),
      good.replace('"bank-a"', '"../../etc"'),
      `${good.slice(0, -3)}, "more": 1 }`,
      ' '.repeat(300_000),
    ]) {
      writeFileSync(file.file, bad);
      const read = file.read();
      expect(read.kind, bad.slice(0, 60)).toBe('damaged');
      if (read.kind === 'damaged') {
        expect(read.reason).not.toBe('');
        expect(readFileSync(read.as, 'utf8')).toBe(bad);
      }
      expect(existsSync(file.file)).toBe(false);
    }
    expect(readFileSync(config, 'utf8')).toBe('{"hall":1}');
  });
});
