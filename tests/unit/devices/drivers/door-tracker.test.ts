import { describe, expect, test } from 'vitest';
import { createDoorTracker, type Door } from '../../../../devices/drivers/door-tracker.ts';
import { isOpen, lockBits, type LockBits } from '../../../../devices/drivers/lock-bits.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

const doors: readonly Door[] = [
  { compartment: 12, board: 0, lock: 1, closedBit: 1 },
  { compartment: 7, board: 0, lock: 10, closedBit: 1 },
  { compartment: 30, board: 3, lock: 48, closedBit: 0 },
];
/** Board 0: lock 1 in bit 0 of the first byte, lock 10 in bit 1 of the second. */
const board0 = (lock1: 0 | 1, lock10: 0 | 1): LockBits => bits(Uint8Array.of(lock1, lock10 << 1, 0, 0, 0, 0));
/** Six status bytes as a KERONG board sends them. */
function bits(locks: Uint8Array): LockBits {
  const frame = { shape: 'status', numbers: {}, bytes: { locks }, raw: locks };
  return lockBits({ as: 'bits', field: 'locks', zero: 0, one: 1 }, frame, -1);
}

function tracked() {
  const clock = createVirtualClock();
  return { clock, tracker: createDoorTracker(doors, clock, 10_000) };
}

describe('the door tracker', () => {
  test('[DV13] the first look gives positions and no event', () => {
    const { tracker } = tracked();
    expect(tracker.position(12)).toBe('unknown');
    expect(tracker.reading(0, board0(1, 0))).toEqual({ changes: [], stateChanged: true });
    expect([tracker.position(12), tracker.position(7), tracker.position(30)]).toEqual([
      'closed',
      'open',
      'unknown',
    ]);
  });

  test('[DV13] opened by command, closed, and opened again without one', () => {
    const { clock, tracker } = tracked();
    tracker.reading(0, board0(1, 1));
    tracker.commanded(0, 1);
    clock.advance(100);
    expect(tracker.reading(0, board0(0, 1)).changes).toEqual([{ kind: 'door-opened', compartment: 12 }]);
    expect(tracker.reading(0, board0(0, 1))).toEqual({ changes: [], stateChanged: false });
    expect(tracker.reading(0, board0(1, 1)).changes).toEqual([{ kind: 'door-closed', compartment: 12 }]);
    expect(tracker.reading(0, board0(0, 1)).changes).toEqual([{ kind: 'door-forced', compartment: 12 }]);
  });

  test('[DV13] a command explains only its own door, and only for ten seconds', () => {
    const { clock, tracker } = tracked();
    tracker.reading(0, board0(1, 1));
    tracker.commanded(0, 1);
    expect(tracker.reading(0, board0(1, 0)).changes).toEqual([{ kind: 'door-forced', compartment: 7 }]);
    clock.advance(10_001);
    expect(tracker.reading(0, board0(0, 0)).changes).toEqual([{ kind: 'door-forced', compartment: 12 }]);
  });

  test('[DV13] doors of a silent board are unknown; one forced meanwhile is noticed afterwards', () => {
    const { tracker } = tracked();
    tracker.reading(0, board0(1, 1));
    expect(tracker.lost(0)).toBe(true);
    expect(tracker.lost(0)).toBe(false);
    expect(tracker.position(12)).toBe('unknown');
    expect(tracker.reading(0, board0(0, 1))).toEqual({
      changes: [{ kind: 'door-forced', compartment: 12 }],
      stateChanged: true,
    });
  });

  test('[DV20] each door has its own polarity', () => {
    const { tracker } = tracked();
    tracker.reading(3, bits(Uint8Array.of(0, 0, 0, 0, 0, 0x80)));
    expect(tracker.position(30)).toBe('open');
    tracker.reading(3, bits(new Uint8Array(6)));
    expect(tracker.position(30)).toBe('closed');
    expect(isOpen(1, 1)).toBe(false);
    expect(isOpen(0, 1)).toBe(true);
    expect(bits(Uint8Array.of(0x80)).get(8)).toBe(1);
    expect(bits(Uint8Array.of(0x80)).get(7)).toBe(0);
  });

  test('[DV33] a look at some locks leaves the others as they are; what the board cannot tell is unknown', () => {
    const { tracker } = tracked();
    tracker.reading(0, board0(1, 1));
    expect(tracker.reading(0, new Map([[10, 0]])).changes).toEqual([{ kind: 'door-forced', compartment: 7 }]);
    expect([tracker.position(12), tracker.position(7)]).toEqual(['closed', 'open']);
    expect(tracker.reading(0, new Map([[1, undefined]]))).toEqual({ changes: [], stateChanged: true });
    expect([tracker.position(12), tracker.position(7)]).toEqual(['unknown', 'open']);
    expect(tracker.reading(0, new Map([[1, 0]])).changes).toEqual([{ kind: 'door-forced', compartment: 12 }]);
  });

  test('[DV13] the state carries every door with the time it was last seen', () => {
    const { clock, tracker } = tracked();
    clock.advance(5_000);
    tracker.reading(0, board0(1, 1));
    expect(tracker.doors()).toEqual({
      '7': { position: 'closed', at: '2026-11-24T02:00:05.000Z' },
      '12': { position: 'closed', at: '2026-11-24T02:00:05.000Z' },
      '30': { position: 'unknown', at: '2026-11-24T02:00:00.000Z' },
    });
  });
});
