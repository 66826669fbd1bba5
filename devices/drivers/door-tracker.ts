import type { Clock, Millis } from '../../contract/ports.ts';
import type { DoorPosition, LockBoardState } from '../../contract/messages.ts';
import { toInstant, type Instant } from '../../contract/time.ts';
import { isOpen, type LockBits } from './lock-bits.ts';

/** One door of a device and the wire it hangs on: explicit configuration, never computed. */
export interface Door {
  readonly compartment: number;
  readonly board: number;
  readonly lock: number;
  readonly closedBit: 0 | 1;
}

export interface DoorChange {
  readonly kind: 'door-opened' | 'door-closed' | 'door-forced';
  readonly compartment: number;
}

interface DoorRun extends Door {
  position: DoorPosition;
  /** Last position that was really seen; survives a silent spell, so that a door forced meanwhile is noticed. */
  seen: 'open' | 'closed' | undefined;
  at: Instant;
  commandedAt: Millis | undefined;
}

export interface DoorTracker {
  /** Takes what a board showed, whole or in part; returns what changed, in compartment order. */
  reading(
    board: number,
    locks: LockBits,
  ): { readonly changes: readonly DoorChange[]; readonly stateChanged: boolean };
  commanded(board: number, lock: number): void;
  /** Nothing is known of this board's doors from now on. True when that is news. */
  lost(board: number): boolean;
  position(compartment: number): DoorPosition;
  doors(): LockBoardState['doors'];
}

/** Turns lock bits into positions and events. A door that opens without a command was forced [DV13]. */
export function createDoorTracker(doors: readonly Door[], clock: Clock, lateOpenMs: Millis): DoorTracker {
  const runs: DoorRun[] = [...doors]
    .sort((a, b) => a.compartment - b.compartment)
    .map((door) => ({
      ...door,
      position: 'unknown',
      seen: undefined,
      at: toInstant(clock.now()),
      commandedAt: undefined,
    }));

  function see(door: DoorRun, bit: 0 | 1 | undefined): DoorChange | undefined {
    if (bit === undefined) {
      if (door.position !== 'unknown') door.at = toInstant(clock.now());
      door.position = 'unknown';
      return undefined;
    }
    const position = isOpen(bit, door.closedBit) ? 'open' : 'closed';
    const before = door.seen;
    const byCommand = door.commandedAt !== undefined && clock.monotonic() - door.commandedAt <= lateOpenMs;
    door.position = position;
    door.seen = position;
    door.at = toInstant(clock.now());
    // One command explains one opening.
    if (position === 'open') door.commandedAt = undefined;
    if (before === undefined || before === position) return undefined;
    if (position === 'closed') return { kind: 'door-closed', compartment: door.compartment };
    return { kind: byCommand ? 'door-opened' : 'door-forced', compartment: door.compartment };
  }

  return {
    reading: (board, locks) => {
      const changes: DoorChange[] = [];
      let stateChanged = false;
      for (const door of runs) {
        if (door.board !== board || !locks.has(door.lock)) continue;
        const before = door.position;
        const change = see(door, locks.get(door.lock));
        if (change !== undefined) changes.push(change);
        stateChanged ||= before !== door.position;
      }
      return { changes, stateChanged };
    },
    commanded: (board, lock) => {
      for (const door of runs)
        if (door.board === board && door.lock === lock) door.commandedAt = clock.monotonic();
    },
    lost: (board) => {
      let news = false;
      for (const door of runs) {
        if (door.board !== board || door.position === 'unknown') continue;
        door.position = 'unknown';
        door.at = toInstant(clock.now());
        news = true;
      }
      return news;
    },
    position: (compartment) => runs.find((door) => door.compartment === compartment)?.position ?? 'unknown',
    doors: () =>
      Object.fromEntries(
        runs.map((door) => [String(door.compartment), { position: door.position, at: door.at }]),
      ),
  };
}
