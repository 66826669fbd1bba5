import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { BoardLineConfig, BoardOrder, type BoardReport } from '../../../../simulators/boards/board.config.ts';
import { createBoardLine } from '../../../../simulators/boards/board-line.ts';
import { seededFraction } from '../../../../simulators/seeded-fraction.ts';
import { hexBytes, hexText } from '../../../support/hex.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

function simulated(config: object = {}) {
  const clock = createVirtualClock();
  const reports: BoardReport[] = [];
  const written: { byte: number; t: number }[] = [];
  const line = createBoardLine(
    BoardLineConfig.parse({ transport: { kind: 'tcp', port: 0 }, boards: [{ address: 0 }], ...config }),
    {
      clock,
      fraction: seededFraction(5),
      write: (bytes) => {
        for (const byte of bytes) written.push({ byte, t: clock.monotonic() });
      },
      report: (report) => reports.push(report),
    },
  );
  return {
    clock,
    reports,
    written,
    send: (hex: string) => {
      line.receive(hexBytes(hex));
    },
    order: (order: z.input<typeof BoardOrder>) => {
      line.order(BoardOrder.parse(order));
    },
    answer: () => hexText(written.map((each) => each.byte)),
  };
}

describe('a simulated line', () => {
  test('bytes take the time their baud rate demands, in both directions', () => {
    const { clock, reports, written, send, answer } = simulated({ baudRate: 9_600, replyAfterMs: 2 });
    send('02 00 00 50 03 55');
    clock.advance(100);
    const byteMs = 10_000 / 9_600;
    const frame = reports.find((report) => report.report === 'frame');
    expect(frame?.report === 'frame' ? frame.t : 0).toBeCloseTo(6 * byteMs);
    expect(answer()).toBe('02 00 00 65 FF FF FF FF FF FF 03 64');
    for (const [index, each] of written.entries())
      expect(each.t).toBeCloseTo(6 * byteMs + 2 + (index + 1) * byteMs);
  });

  test('an unlock opens its door after the pulse, counts it, and a person closes it', () => {
    const { clock, reports, send, order, answer, written } = simulated({ openAfterMs: 60 });
    send('02 00 04 51 03 5A');
    clock.advance(62);
    expect(reports.some((report) => report.report === 'door')).toBe(false);
    clock.advance(2);
    expect(reports.filter((report) => report.report === 'pulse')).toMatchObject([
      { board: 0, lock: 5, pulses: 1 },
    ]);
    expect(reports.filter((report) => report.report === 'door')).toMatchObject([
      { lock: 5, open: true, by: 'unlock' },
    ]);
    send('02 00 00 50 03 55');
    clock.advance(50);
    expect(answer()).toBe('02 00 00 65 EF FF FF FF FF FF 03 54');
    written.length = 0;
    order({ do: 'close', board: 0, lock: 5 });
    send('02 00 00 50 03 55');
    clock.advance(50);
    expect(answer()).toBe('02 00 00 65 FF FF FF FF FF FF 03 64');
  });

  test('stuck, silent, silent but acting, echo', () => {
    const { clock, reports, send, order, answer } = simulated();
    const doors = (): string[] =>
      reports.flatMap((report) => (report.report === 'door' ? [String(report.lock)] : []));
    order({ do: 'stick', board: 0, lock: 1 });
    send('02 00 00 51 03 56');
    clock.advance(200);
    order({ do: 'silent', on: true });
    send('02 00 01 51 03 57');
    clock.advance(200);
    expect(doors()).toEqual([]);
    order({ do: 'silent', on: true, acts: true });
    send('02 00 01 51 03 57');
    send('02 00 00 50 03 55');
    clock.advance(200);
    expect(doors()).toEqual(['2']);
    expect(answer()).toBe('');
    order({ do: 'echo', on: true });
    send('02 00 00 50 03 55');
    clock.advance(200);
    expect(answer()).toBe('02 00 00 50 03 55');
  });

  test('a broadcast is reported loudly and does its damage', () => {
    const { clock, reports, send } = simulated({
      boards: [{ address: 0 }, { address: 1, model: 'cu48-ir' }],
    });
    send('02 0A 30 51 03 90');
    clock.advance(200);
    expect(reports.filter((report) => report.report === 'broadcast')).toMatchObject([
      { broadcast: true, hex: '02 0A 30 51 03 90' },
    ]);
    expect(reports.filter((report) => report.report === 'door' && report.open).length).toBe(96);
  });

  test('the same seed makes the same weather', () => {
    const run = (): string => {
      const { clock, send, answer } = simulated({ noiseShare: 0.5, damageShare: 0.5, slowShare: 0.5 });
      for (let turn = 0; turn < 20; turn += 1) {
        send('02 00 00 50 03 55');
        clock.advance(300);
      }
      return answer();
    };
    const first = run();
    expect(run()).toBe(first);
    expect(first).not.toBe(Array.from({ length: 20 }, () => '02 00 00 65 FF FF FF FF FF FF 03 64').join(' '));
  });

  test('other generation, other address: no answer; an order for a door that is not there is refused', () => {
    const { clock, reports, send, order, answer } = simulated();
    send('02 00 00 60 03 65');
    send('02 01 00 50 03 56');
    clock.advance(100);
    expect(answer()).toBe('');
    order({ do: 'close', board: 3, lock: 1 });
    expect(reports.at(-1)).toEqual({ report: 'bad-order', reason: 'there is no board 3 with lock 1' });
  });
});
