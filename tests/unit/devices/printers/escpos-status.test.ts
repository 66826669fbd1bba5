import { describe, expect, test } from 'vitest';
import {
  conditionOf,
  faultOf,
  isEndMark,
  isStatus,
} from '../../../../devices/printers/escpos-status.rules.ts';

describe('status bytes', () => {
  test('[DV25] a status byte is told from flow control, noise and the end mark', () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => byte);
    expect(bytes.filter((byte) => isStatus(byte) && isEndMark(byte))).toEqual([]);
    expect([0x12, 0x16, 0x1a, 0x1e, 0x32, 0x72, 0x7e].every(isStatus)).toBe(true);
    expect([0x00, 0x11, 0x13, 0x41, 0x92, 0xff].some(isStatus)).toBe(false);
    expect([0x00, 0x03, 0x0c, 0x0f].every(isEndMark)).toBe(true);
    expect([0x11, 0x13].some(isEndMark)).toBe(false);
  });

  test.each([
    [0x12, 0x12, undefined, { paper: 'ok', cover: 'closed' }, undefined],
    [0x12, 0x1e, undefined, { paper: 'near-end', cover: 'closed' }, undefined],
    [0x32, 0x7e, undefined, { paper: 'out', cover: 'closed' }, 'paper-out'],
    [0x12, 0x72, undefined, { paper: 'out', cover: 'closed' }, 'paper-out'],
    [0x16, 0x12, undefined, { paper: 'ok', cover: 'open' }, 'cover-open'],
    [0x36, 0x7e, undefined, { paper: 'out', cover: 'open' }, 'cover-open'],
    [0x52, 0x12, 0x1a, { paper: 'ok', cover: 'closed', error: 'cutter' }, 'printer-error'],
    [0x52, 0x12, 0x32, { paper: 'ok', cover: 'closed', error: 'unrecoverable' }, 'printer-error'],
    [0x52, 0x12, 0x52, { paper: 'ok', cover: 'closed', error: 'overheated' }, 'printer-error'],
    [0x52, 0x12, undefined, { paper: 'ok', cover: 'closed', error: 'error' }, 'printer-error'],
  ] as const)('[DV25] cause %i, paper %i, error %s', (cause, paper, error, condition, fault) => {
    expect(conditionOf({ cause, paper, error })).toEqual(condition);
    expect(faultOf(conditionOf({ cause, paper, error }))).toBe(fault);
  });
});
