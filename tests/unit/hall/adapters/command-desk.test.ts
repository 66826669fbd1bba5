import { describe, expect, it } from 'vitest';
import type { Command, Outcome } from '../../../../contract/messages.ts';
import { toInstant } from '../../../../contract/time.ts';
import { createCommandDesk } from '../../../../hall/adapters/command-desk.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

function make() {
  const clock = createVirtualClock();
  const line = { up: true };
  const sent: { id: string; at: number }[] = [];
  const acknowledge: (() => void)[] = [];
  const ended: (Outcome & { device: string })[] = [];
  const start = clock.now();
  const desk = createCommandDesk(
    clock,
    {
      connected: () => line.up,
      send: (_device, command, acknowledged) => {
        sent.push({ id: command.id, at: clock.now() - start });
        acknowledge.push(acknowledged);
      },
    },
    (device, outcome) => ended.push({ device, ...outcome }),
  );
  let count = 0;
  const unlock = (life = 5000): Command => ({
    id: `00000000-0000-7000-8000-00000000000${String((count += 1))}`,
    name: 'unlock',
    args: { compartment: 12 },
    expiresAt: toInstant(clock.now() + life),
  });
  return { clock, line, sent, acknowledge, ended, desk, unlock };
}

describe('commands on their way', () => {
  it('[HT12] a confirmed command is sent once and never again', () => {
    const { clock, sent, acknowledge, ended, desk, unlock } = make();
    desk.take('bank', unlock());
    acknowledge[0]?.();
    desk.connected();
    clock.advance(60_000);
    expect([sent.length, ended, desk.counts()]).toEqual([1, [], { waiting: 0, unsent: 0, unconfirmed: 0 }]);
  });

  it('[HT12] offline beyond its expiry it never leaves, and is known not to have', () => {
    const { clock, line, sent, ended, desk, unlock } = make();
    line.up = false;
    desk.take('bank', unlock());
    clock.advance(5_000);
    line.up = true;
    desk.connected();
    clock.advance(60_000);
    expect(sent).toEqual([]);
    expect(ended).toMatchObject([{ device: 'bank', outcome: 'failed', reason: 'line-down' }]);
  });

  it('[HT12] back in time it goes out, under the same id, also when the first copy may have arrived', () => {
    const { clock, line, sent, acknowledge, ended, desk, unlock } = make();
    const command = unlock();
    desk.take('bank', command);
    line.up = false;
    clock.advance(4_000);
    line.up = true;
    desk.connected();
    acknowledge[1]?.();
    clock.advance(60_000);
    expect(sent).toEqual([
      { id: command.id, at: 0 },
      { id: command.id, at: 4_000 },
    ]);
    expect(ended).toEqual([]);
  });

  it('[HT12] handed over but not confirmed by its expiry, it ends as unknown and stays ended', () => {
    const { clock, sent, acknowledge, ended, desk, unlock } = make();
    desk.take('bank', unlock());
    clock.advance(5_000);
    desk.connected();
    acknowledge[0]?.();
    clock.advance(60_000);
    expect(sent).toHaveLength(1);
    expect(ended).toMatchObject([{ outcome: 'unknown', reason: 'line-down' }]);
    expect(desk.counts()).toEqual({ waiting: 0, unsent: 0, unconfirmed: 1 });
  });

  it('[HT12] already expired when asked, or the wall clock set forward: nothing leaves', () => {
    const { clock, line, sent, ended, desk, unlock } = make();
    desk.take('bank', unlock(0));
    line.up = false;
    desk.take('bank', unlock());
    clock.jump(6_000);
    line.up = true;
    desk.connected();
    clock.advance(10_000);
    expect(sent).toEqual([]);
    expect(ended.map((each) => each.outcome)).toEqual(['failed', 'failed']);
  });

  it('[HT12] the same id twice is one command', () => {
    const { sent, desk, unlock } = make();
    const command = unlock();
    desk.take('bank', command);
    desk.take('bank', command);
    expect(sent).toHaveLength(1);
  });
});
