import type { Clock, Millis } from '../../contract/ports.ts';
import type { LockBits } from '../drivers/lock-bits.ts';
import { createLockLine } from '../drivers/lock-line.ts';
import type { LineResult, LockLine } from '../drivers/lock-line.ts';
import type { Transport } from '../transports/transport.ts';
import type { FoundBoard } from './find-boards.ts';

/** What the boards of a line show, and one unlock at a time. */
export interface Watch {
  /** Rejects when the line is not open in time. */
  readonly ready: Promise<void>;
  bits(address: number): LockBits;
  /** One new look at the whole board. */
  fresh(address: number): Promise<void>;
  unlock(address: number, lock: number, closedBit: 0 | 1, lifeMs: Millis): Promise<LineResult>;
  stop(): Promise<void>;
}

const OPEN_WITHIN_MS: Millis = 15_000;

/** The ordinary scheduler of the gateway: its rules hold here too, a second pulse included. */
export function watch(
  transport: Transport,
  boards: readonly FoundBoard[],
  clock: Clock,
  onPulse: () => void = () => undefined,
): Watch {
  const seen = new Map<number, Map<number, 0 | 1 | undefined>>();
  let opened: () => void = () => undefined;
  let reason = '';
  const ready = new Promise<void>((resolve, reject) => {
    const cancel = clock.after(OPEN_WITHIN_MS, () => {
      reject(new Error(`the line does not open: ${reason}`));
    });
    opened = () => {
      cancel();
      resolve();
    };
  });
  // Whoever stops before it opened does not wait for it.
  ready.catch(() => undefined);
  const line: LockLine = createLockLine({
    transport,
    clock,
    boards: boards.map(({ address, definition }) => ({ address, definition })),
    listener: {
      onReading: (board, locks) => {
        const known = seen.get(board) ?? new Map<number, 0 | 1 | undefined>();
        for (const [lock, bit] of locks) known.set(lock, bit);
        seen.set(board, known);
      },
      onUnlock: onPulse,
      onLost: () => undefined,
      onLine: (state) => {
        if (state.name === 'open') opened();
        if (state.name === 'down') reason = state.reason;
      },
    },
  });
  line.start();
  return {
    ready,
    bits: (address) => new Map(seen.get(address)),
    fresh: async (address) => {
      const board = boards.find((each) => each.address === address);
      const locks =
        board?.definition.scope === 'lock'
          ? Array.from({ length: board.definition.capacity }, (_, index) => index + 1)
          : [undefined];
      for (const lock of locks) await line.query(address, lock);
    },
    unlock: (board, lock, closedBit, lifeMs) =>
      line.unlock({ board, lock, closedBit, expiresAt: clock.now() + lifeMs }),
    stop: async () => {
      opened();
      await line.stop();
    },
  };
}
