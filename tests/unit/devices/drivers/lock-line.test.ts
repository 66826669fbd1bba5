import { describe, expect, test } from 'vitest';
import { kerongCu48Ir } from '../../../../devices/definitions/kerong-cu48-ir.device.ts';
import { kerongCu48 } from '../../../../devices/definitions/kerong-cu48.device.ts';
import { createSimulatedLine, type SimulatedLine } from '../../../support/simulated-line.ts';

async function started(options: Parameters<typeof createSimulatedLine>[0] = {}): Promise<SimulatedLine> {
  const bench = createSimulatedLine(options);
  bench.line.start();
  await bench.run(700);
  return bench;
}

describe('an unlock that goes well', () => {
  test.each([kerongCu48, kerongCu48Ir])(
    '[DV11] $model: the door is seen open and the outcome is done',
    async (definition) => {
      const bench = await started({ definition });
      const ticket = bench.unlock(12);
      await bench.run(250);
      expect(ticket.result()).toEqual({ outcome: 'done', position: 'open' });
      expect(bench.unlocks()).toEqual(['0/12']);
      expect(bench.reports.some((report) => report.report === 'broadcast')).toBe(false);
    },
  );

  test('[DV4] it goes out before polls, at the next gap of the line', async () => {
    const bench = await started({ addresses: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
    const askedAt = bench.clock.monotonic();
    bench.unlock(3);
    await bench.run(60);
    const frame = bench.reports.find((report) => report.report === 'frame' && report.kind === 'unlock');
    // One exchange under way (15 ms) and its pause, then the six bytes.
    expect(frame?.report === 'frame' ? frame.t - askedAt : undefined).toBeLessThan(30);
  });

  test('[DV4] it does not wait for the repetition of a lost query', async () => {
    const bench = await started({ addresses: [0, 1] });
    bench.order({ do: 'silent', on: true, board: 1 });
    while (!bench.heard.includes('lost 1')) {
      const before = bench.line.stats().unanswered;
      await bench.run(1);
      if (bench.line.stats().unanswered > before) break;
    }
    const askedAt = bench.clock.monotonic();
    bench.unlock(3);
    await bench.run(200);
    const frame = bench.reports.find((report) => report.report === 'frame' && report.kind === 'unlock');
    // At most the one question already under way, never its repetition.
    expect(frame?.report === 'frame' ? frame.t - askedAt : undefined).toBeLessThan(170);
  });

  test('[DV20] the other polarity works the same when it is configured', async () => {
    const bench = await started({
      config: { boards: [{ address: 0, model: 'cu48', closedBit: 0, open: [], stuck: [] }] },
    });
    const ticket = bench.unlock(48, { closedBit: 0 });
    await bench.run(250);
    expect(ticket.result()).toEqual({ outcome: 'done', position: 'open' });
  });
});

describe('an unlock that does not', () => {
  test('[DV11] a stuck door fails after three seconds, and one pulse was given', async () => {
    const bench = await started();
    bench.order({ do: 'stick', board: 0, lock: 5, on: true });
    const ticket = bench.unlock(5);
    await bench.run(2_900);
    expect(ticket.result()).toBeUndefined();
    await bench.run(250);
    expect(ticket.result()).toEqual({ outcome: 'failed', reason: 'door-did-not-open', position: 'closed' });
    await bench.run(3_000);
    expect(bench.unlocks()).toEqual(['0/5']);
  });

  test('[DV11] a board that falls silent after the pulse leaves the door unknown', async () => {
    const bench = await started();
    bench.order({ do: 'silent', on: true, acts: true });
    const ticket = bench.unlock(5);
    await bench.run(3_400);
    expect(ticket.result()).toEqual({ outcome: 'unknown', reason: 'board-silent', position: 'unknown' });
    expect(bench.unlocks()).toEqual(['0/5']);
  });

  test('[DV11] a board known to be silent gets no pulse', async () => {
    const bench = await started();
    bench.order({ do: 'silent', on: true, acts: true });
    await bench.run(2_000);
    expect(bench.line.stats().silentBoards).toEqual([0]);
    const ticket = bench.unlock(5);
    await bench.run(500);
    expect(ticket.result()).toEqual({ outcome: 'failed', reason: 'board-silent' });
    expect(bench.unlocks()).toEqual([]);
  });

  test('[DV11] a board that was silent and answers again is opened', async () => {
    const bench = await started();
    bench.order({ do: 'silent', on: true });
    await bench.run(2_000);
    bench.order({ do: 'silent', on: false });
    const ticket = bench.unlock(5);
    await bench.run(400);
    expect(ticket.result()).toEqual({ outcome: 'done', position: 'open' });
  });

  test('[DV6] a command whose time is up, or would be up before its last byte, is not written', async () => {
    const bench = await started();
    const late = bench.unlock(5, { expiresAt: bench.clock.now() });
    const tight = bench.unlock(6, { expiresAt: bench.clock.now() + 2 });
    await bench.run(300);
    expect(late.result()).toEqual({ outcome: 'refused', reason: 'expired' });
    expect(tight.result()).toEqual({ outcome: 'refused', reason: 'expired' });
    expect(bench.unlocks()).toEqual([]);
  });

  test('[DV7] [DV6] one is in flight at a time; what waited past its expiry is refused unwritten', async () => {
    const bench = await started();
    bench.order({ do: 'stick', board: 0, lock: 1, on: true });
    const first = bench.unlock(1);
    const second = bench.unlock(2);
    const third = bench.unlock(3, { expiresAt: bench.clock.now() + 1_000 });
    await bench.run(2_800);
    expect(bench.unlocks()).toEqual(['0/1']);
    await bench.run(1_000);
    expect(first.result()?.reason).toBe('door-did-not-open');
    expect(second.result()).toEqual({ outcome: 'done', position: 'open' });
    expect(third.result()).toEqual({ outcome: 'refused', reason: 'expired' });
    expect(bench.unlocks()).toEqual(['0/1', '0/2']);
  });
});

describe('a bad line', () => {
  test('[DV8] a write that got nowhere is a plain failure; one that may have got through is unknown', async () => {
    const bench = await started();
    bench.breakWrites('not-written');
    const first = bench.unlock(5);
    await bench.run(100);
    expect(first.result()).toEqual({ outcome: 'failed', reason: 'line-down' });
    bench.breakWrites('interrupted');
    const second = bench.unlock(6);
    await bench.run(5_200);
    expect(second.result()?.outcome).toBe('unknown');
    expect(bench.unlocks()).toEqual([]);
  });

  test('[DV8] a write that never ends is taken back, and the door decides the outcome', async () => {
    const bench = await started();
    bench.breakWrites(new Promise(() => undefined), true);
    const ticket = bench.unlock(5);
    await bench.run(100);
    bench.breakWrites(undefined);
    expect(bench.transport.discards()).toBe(0);
    await bench.run(300);
    expect(bench.transport.discards()).toBe(1);
    expect(bench.unlocks()).toEqual(['0/5']);
    expect(ticket.result()).toBeUndefined();
  });

  test('[DV9] [DV13] unplugged: what waits fails at once, doors are lost, and polls start again after plugging in', async () => {
    const bench = await started();
    bench.order({ do: 'stick', board: 0, lock: 1, on: true });
    const written = bench.unlock(1);
    await bench.run(100);
    const waiting = bench.unlock(2);
    bench.transport.unplug('cable pulled');
    await bench.run(5);
    expect(waiting.result()).toEqual({ outcome: 'failed', reason: 'line-down' });
    expect(bench.heard.slice(-2)).toEqual(['lost 0', 'line down']);
    const during = bench.unlock(3);
    await bench.run(5);
    expect(during.result()).toEqual({ outcome: 'failed', reason: 'line-down' });
    await bench.run(3_200);
    expect(written.result()).toEqual({ outcome: 'unknown', reason: 'line-down', position: 'unknown' });
    const before = bench.heard.length;
    bench.transport.plug();
    await bench.run(100);
    expect(bench.heard.slice(before)).toContain('reading 0');
    expect(bench.unlocks()).toEqual(['0/1']);
  });

  test('[DV10] an adapter that hears itself changes nothing, and is counted', async () => {
    const bench = await started({ config: { echo: true } });
    const ticket = bench.unlock(9);
    await bench.run(300);
    expect(ticket.result()).toEqual({ outcome: 'done', position: 'open' });
    expect(bench.line.stats().echoes).toBeGreaterThan(3);
    // Echo alone is not an answer.
    bench.order({ do: 'silent', on: true });
    await bench.run(2_000);
    expect(bench.line.stats().silentBoards).toEqual([0]);
  });

  test('[DV5] noise and damage: queries are repeated, the unlock is written once and its door is seen', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const bench = await started({ config: { noiseShare: 0.5, damageShare: 0.3, slowShare: 0.2, seed } });
      const ticket = bench.unlock(20);
      await bench.run(1_500);
      expect(ticket.result(), `seed ${String(seed)}`).toEqual({ outcome: 'done', position: 'open' });
      expect(bench.unlocks()).toEqual(['0/20']);
      expect(bench.line.stats().unanswered).toBeGreaterThan(0);
      await bench.line.stop();
    }
  });

  test('[DV5] [DV7] stopping ends everything once: written is unknown, waiting has failed', async () => {
    const bench = await started();
    bench.order({ do: 'stick', board: 0, lock: 1, on: true });
    const written = bench.unlock(1);
    await bench.run(100);
    const waiting = bench.unlock(2);
    const stopped = bench.line.stop();
    await bench.run(200);
    await stopped;
    expect(written.result()).toEqual({ outcome: 'unknown', reason: 'restarted', position: 'unknown' });
    expect(waiting.result()).toEqual({ outcome: 'failed', reason: 'restarted' });
    expect(bench.clock.timers()).toBe(0);
  });
});

describe('looking', () => {
  test('[DV12] any door change is read within two seconds, with ten boards of which five are silent', async () => {
    const readings = new Map<number, number>();
    const bench: SimulatedLine = createSimulatedLine({
      addresses: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      listener: {
        onReading: (board) => {
          const before = readings.get(board) ?? 0;
          gaps.push(bench.clock.monotonic() - before);
          readings.set(board, bench.clock.monotonic());
        },
      },
    });
    const gaps: number[] = [];
    for (const board of [1, 3, 5, 7, 9]) bench.order({ do: 'silent', on: true, board });
    bench.line.start();
    // Finding out who is silent takes the first seconds.
    await bench.run(6_000);
    gaps.length = 0;
    await bench.run(10_000);
    expect([...readings.keys()].sort()).toEqual([0, 2, 4, 6, 8]);
    expect(gaps.length).toBeGreaterThan(50);
    expect(Math.max(...gaps)).toBeLessThan(2_000);
    expect(bench.line.stats().silentBoards).toEqual([1, 3, 5, 7, 9]);
  });

  test('[DV12] other boards are still looked at while an unlocked door is awaited', async () => {
    const bench = await started({ addresses: [0, 1, 2] });
    bench.order({ do: 'stick', board: 0, lock: 1, on: true });
    bench.unlock(1);
    const before = bench.heard.length;
    await bench.run(2_000);
    const during = bench.heard.slice(before);
    expect(during.filter((word) => word === 'reading 1').length).toBeGreaterThanOrEqual(3);
    expect(during.filter((word) => word === 'reading 0').length).toBeGreaterThan(20);
  });

  test('[DV12] a query asked for is answered with a fresh look', async () => {
    const bench = await started();
    const answers: boolean[] = [];
    void bench.line.query(0).then((answer) => answers.push(answer));
    await bench.run(50);
    bench.order({ do: 'silent', on: true });
    void bench.line.query(0).then((answer) => answers.push(answer));
    await bench.run(500);
    expect(answers).toEqual([true, false]);
  });
});

test('[DV49] a board that says what cannot be read: the bytes and the reason, until it is readable again', async () => {
  const bench = await started();
  expect(bench.line.unreadable(0)).toBeUndefined();
  bench.order({ do: 'noise', share: 0, damage: 1 });
  await bench.run(3_000);
  expect(bench.line.isGarbled(0)).toBe(true);
  const said = bench.line.unreadable(0);
  expect(said?.bytes.split(' ').length).toBeGreaterThanOrEqual(12);
  expect(['start', 'value', 'length', 'checksum']).toContain(said?.reason);
  bench.order({ do: 'noise', share: 0, damage: 0 });
  await bench.run(3_000);
  expect(bench.line.unreadable(0)).toBeUndefined();
});
