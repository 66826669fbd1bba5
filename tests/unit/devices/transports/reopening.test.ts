import { describe, expect, test } from 'vitest';
import {
  createReopeningTransport,
  type Port,
  type PortEvents,
} from '../../../../devices/transports/reopening.ts';
import type { TransportState } from '../../../../devices/transports/transport.ts';
import { createSeededRandom } from '../../../support/seeded.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

function bench() {
  const clock = createVirtualClock();
  const opens: number[] = [];
  const written: number[][] = [];
  const states: TransportState[] = [];
  const got: number[] = [];
  let plugged = true;
  let events: PortEvents | undefined;
  let finishWrite: (() => void)[] = [];
  let closed = 0;
  const open = (to: PortEvents): Promise<Port> => {
    opens.push(clock.monotonic());
    if (!plugged) return Promise.reject(new Error('no such port'));
    events = to;
    return Promise.resolve({
      write: (bytes) =>
        new Promise((resolve) => {
          written.push([...bytes]);
          finishWrite.push(resolve);
        }),
      discard: () => undefined,
      close: () => {
        closed += 1;
        return Promise.resolve();
      },
    });
  };
  const transport = createReopeningTransport(open, clock, createSeededRandom(3));
  transport.start({ onBytes: (chunk) => got.push(...chunk), onState: (state) => states.push(state) });
  return {
    clock,
    transport,
    opens,
    written,
    states,
    got,
    closed: () => closed,
    feed: (...bytes: number[]) => events?.onBytes(Uint8Array.from(bytes)),
    pull: (reason: string) => {
      plugged = false;
      events?.onClosed(reason);
    },
    plug: () => {
      plugged = true;
    },
    writesDone: () => {
      for (const done of finishWrite) done();
      finishWrite = [];
    },
  };
}

describe('a reopening transport', () => {
  test('[DV9] opens, passes bytes, and says which state it is in', async () => {
    const { clock, transport, states, feed, got } = bench();
    await clock.advanceAsync(0);
    feed(1, 2, 3);
    expect(states.map((state) => state.name)).toEqual(['opening', 'open']);
    expect(transport.state()).toEqual({ name: 'open' });
    expect(got).toEqual([1, 2, 3]);
  });

  test('[DV9] pulled: the reason is named, waits grow with jitter up to five seconds, and it comes back', async () => {
    const { clock, transport, states, opens, pull, plug } = bench();
    await clock.advanceAsync(0);
    pull('unplugged');
    expect(transport.state()).toMatchObject({ name: 'down', reason: 'unplugged' });
    await clock.advanceAsync(30_000);
    const waits = opens.slice(1).map((at, index) => at - (opens[index] ?? 0));
    const down = states.filter((state) => state.name === 'down');
    expect(down.length).toBe(opens.length);
    expect(waits[0]).toBeLessThanOrEqual(100);
    expect(Math.max(...waits)).toBeLessThanOrEqual(5_000);
    expect(Math.max(...waits)).toBeGreaterThanOrEqual(2_500);
    expect(new Set(waits.slice(-4)).size).toBe(4);
    plug();
    await clock.advanceAsync(5_000);
    expect(transport.state()).toEqual({ name: 'open' });
  });

  test('[DV9] nothing is kept for a line that is down', async () => {
    const { clock, transport, written, pull, plug } = bench();
    await clock.advanceAsync(0);
    pull('unplugged');
    expect(await transport.write(Uint8Array.of(1))).toBe('not-written');
    plug();
    await clock.advanceAsync(5_000);
    expect(written).toEqual([]);
  });

  test('[DV5] writes go out one after another, in the order of the calls', async () => {
    const { clock, transport, written, writesDone } = bench();
    await clock.advanceAsync(0);
    const first = transport.write(Uint8Array.of(1));
    const second = transport.write(Uint8Array.of(2));
    await clock.advanceAsync(0);
    expect(written).toEqual([[1]]);
    writesDone();
    expect(await first).toBe('written');
    await clock.advanceAsync(0);
    expect(written).toEqual([[1], [2]]);
    writesDone();
    expect(await second).toBe('written');
  });

  test('[DV9] stopped while waiting to reopen: it never opens again', async () => {
    const { clock, transport, opens, pull } = bench();
    await clock.advanceAsync(0);
    pull('unplugged');
    await transport.stop();
    const before = opens.length;
    await clock.advanceAsync(60_000);
    expect(opens.length).toBe(before);
    expect(transport.state()).toEqual({ name: 'stopped' });
    expect(clock.timers()).toBe(0);
  });
});
