import { describe, expect, test } from 'vitest';
import { board8a24 } from '../../../../devices/definitions/board-8a.device.ts';
import type { LockBoardDefinition } from '../../../../devices/definitions/definition.ts';
import { modbusRelayLock } from '../../../../devices/definitions/modbus-relay-lock.device.ts';
import { winnsen } from '../../../../devices/definitions/winnsen.device.ts';
import { wkly, wklyByLock } from '../../../../devices/definitions/wkly.device.ts';
import { kerongCu16 } from '../../../../devices/definitions/kerong-cu16.device.ts';
import type { LockBits } from '../../../../devices/drivers/lock-bits.ts';
import { createLockLine, type LineResult } from '../../../../devices/drivers/lock-line.ts';
import { createMemoryTransport } from '../../../../devices/transports/memory.ts';
import { hexBytes, hexText } from '../../../support/hex.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

/** A line whose far end answers exact requests with exact bytes, all written down from tests/vectors or by hand. */
function scripted(
  definition: LockBoardDefinition,
  address: number,
  answers: Record<string, string>,
  locks?: readonly number[],
) {
  const clock = createVirtualClock();
  const sent: string[] = [];
  const seen: LockBits[] = [];
  const script = new Map(Object.entries(answers));
  const transport = createMemoryTransport((bytes) => {
    const request = hexText(bytes);
    sent.push(request);
    const answer = script.get(request);
    if (answer !== undefined)
      clock.after(10, () => {
        transport.feed(hexBytes(answer));
      });
    return 'written';
  });
  const line = createLockLine({
    transport,
    clock,
    boards: [{ address, definition, ...(locks === undefined ? {} : { locks }) }],
    listener: {
      onReading: (_, bits) => seen.push(bits),
      onUnlock: () => undefined,
      onLost: () => undefined,
      onLine: () => undefined,
    },
  });
  const run = async (ms: number): Promise<void> => {
    for (let step = 0; step < ms; step += 1) await clock.advanceAsync(1);
  };
  return {
    line,
    sent,
    seen,
    run,
    script,
    say: (hex: string) => {
      transport.feed(hexBytes(hex));
    },
    unlock: (lock: number, closedBit: 0 | 1) => {
      const ended: LineResult[] = [];
      void line
        .unlock({ board: address, lock, closedBit, expiresAt: clock.now() + 5_000 })
        .then((result) => ended.push(result));
      return ended;
    },
  };
}

/** One kind a row: how the line is asked, how lock 1 looks closed and open, and the one pulse it gets. */
const kinds = [
  {
    definition: kerongCu16,
    address: 0,
    query: '02 00 30 03 35',
    closed: '02 00 35 FF FF 00 00 03 38',
    open: '02 00 35 FE FF 00 00 03 37',
    unlock: '02 00 31 03 36',
    closedBit: 1 as const,
  },
  {
    definition: board8a24,
    address: 1,
    query: '80 01 00 33 B2',
    closed: '80 01 FF FF FF 33 4D',
    open: '80 01 FF FF FE 33 4C',
    unlock: '8A 01 01 11 9B',
    closedBit: 1 as const,
  },
  {
    definition: wkly,
    address: 0,
    query: '57 4B 4C 59 08 00 84 85',
    closed: '57 4B 4C 59 0E 00 84 00 04 01 01 01 01 87',
    open: '57 4B 4C 59 0E 00 84 00 04 00 01 01 01 86',
    unlock: '57 4B 4C 59 09 00 82 01 83',
    closedBit: 1 as const,
  },
  {
    definition: wklyByLock,
    address: 0,
    query: '57 4B 4C 59 09 00 83 01 82',
    closed: '57 4B 4C 59 0B 00 83 00 01 01 81',
    open: '57 4B 4C 59 0B 00 83 00 01 00 80',
    unlock: '57 4B 4C 59 09 00 82 01 83',
    closedBit: 1 as const,
  },
  {
    definition: winnsen,
    address: 0,
    query: '90 06 12 00 01 03',
    closed: '90 07 92 00 00 01 03',
    open: '90 07 92 00 01 01 03',
    unlock: '90 06 05 00 01 03',
    closedBit: 0 as const,
  },
  {
    definition: modbusRelayLock,
    address: 1,
    query: '01 02 00 00 00 08 79 CC',
    closed: '01 02 01 FF E1 C8',
    open: '01 02 01 FE 20 08',
    unlock: '01 05 02 00 00 05 0C 71',
    closedBit: 1 as const,
  },
];

describe.each(kinds)('$definition.id', ({ definition, address, query, closed, open, unlock, closedBit }) => {
  test('[DV11] [DV31] no answer to the unlock: polled, seen open, done; one pulse', async () => {
    const bench = scripted(definition, address, { [query]: closed }, [1]);
    bench.line.start();
    await bench.run(300);
    const ended = bench.unlock(1, closedBit);
    await bench.run(300);
    expect(ended).toEqual([]);
    bench.script.set(query, open);
    await bench.run(200);
    expect(ended).toEqual([{ outcome: 'done', position: 'open' }]);
    expect(bench.sent.filter((hex) => hex !== query)).toEqual([unlock]);
    expect(bench.line.stats().answerMs).toEqual({ p50: 10, p99: 10 });
  });

  test('[DV31] [DV5] an answer equal to the unlock opens nothing and is not repeated: still closed is a failure', async () => {
    const bench = scripted(definition, address, { [query]: closed, [unlock]: unlock }, [1]);
    bench.line.start();
    await bench.run(300);
    const ended = bench.unlock(1, closedBit);
    await bench.run(3_400);
    expect(ended).toEqual([{ outcome: 'failed', reason: 'door-did-not-open', position: 'closed' }]);
    expect(bench.line.stats().echoes).toBe(1);
    expect(bench.sent.filter((hex) => hex === unlock)).toEqual([unlock]);
  });
});

describe('8A', () => {
  const query = '80 01 00 33 B2';
  const closed = '80 01 FF FF FF 33 4D';

  test('[DV31] an answer that says "opened" is counted, and the door decides', async () => {
    const bench = scripted(board8a24, 1, { [query]: closed, '8A 01 01 11 9B': '8A 01 01 00 8A' });
    bench.line.start();
    await bench.run(300);
    const ended = bench.unlock(1, 1);
    await bench.run(1_000);
    expect(bench.line.stats().unlockAnswers).toBe(1);
    expect(ended).toEqual([]);
  });

  test.each(['81 01 02 00 82', '82 01 02 00 81'])(
    '[DV33] the push %s is news of lock 2 at once',
    async (push) => {
      const bench = scripted(board8a24, 1, { [query]: closed });
      bench.line.start();
      await bench.run(300);
      bench.say(push);
      expect(bench.seen.at(-1)).toEqual(new Map([[2, 0]]));
      expect(bench.line.stats().pushes).toBe(1);
    },
  );
});

describe('lock by lock', () => {
  test('[DV33] every wired lock in turn, each within its time, and only those', async () => {
    const ask = (lock: number): string => `90 06 12 00 ${hexText([lock])} 03`;
    const tell = (lock: number): string => `90 07 92 00 00 ${hexText([lock])} 03`;
    const wired = [2, 5, 16];
    const bench = scripted(
      winnsen,
      0,
      Object.fromEntries(wired.map((lock) => [ask(lock), tell(lock)])),
      wired,
    );
    bench.line.start();
    await bench.run(2_000);
    expect(new Set(bench.sent)).toEqual(new Set(wired.map(ask)));
    for (const lock of wired)
      expect(bench.sent.filter((hex) => hex === ask(lock)).length).toBeGreaterThanOrEqual(3);
  });

  test('[DV33] an answer about another lock is no answer', async () => {
    const bench = scripted(winnsen, 0, { '90 06 12 00 01 03': '90 07 92 00 01 02 03' }, [1]);
    bench.line.start();
    await bench.run(400);
    expect(bench.seen).toEqual([]);
    expect(bench.line.stats().unanswered).toBeGreaterThan(0);
  });
});
