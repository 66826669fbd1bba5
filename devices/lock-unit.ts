import type {
  Command,
  DeviceEvent,
  LineHealth,
  LineStatistics,
  LockBoardState,
} from '../contract/messages.ts';
import { fromInstant, toInstant } from '../contract/time.ts';
import { createDoorTracker, type DoorTracker } from './drivers/door-tracker.ts';
import type { LockBits } from './drivers/lock-bits.ts';
import { createLockLine, type LineBoard, type LineResult } from './drivers/lock-line.ts';
import type { PlannedBoard } from './gateway.config.ts';
import type { TransportState } from './transports/transport.ts';
import { faultOf } from './transports/transport.ts';
import type { LineUnits, Unit, UnitOutput, UnitParts } from './unit.ts';

interface LockUnit extends Unit {
  readonly tracker: DoorTracker;
  readonly board: PlannedBoard;
  readonly output: UnitOutput;
}

/** Every lock-board device of one line, on one scheduler. */
export function createLockUnits(parts: UnitParts, boards: readonly PlannedBoard[]): LineUnits {
  const { transport, line: plan, clock, ids, log } = parts;
  const wired = boards.flatMap((each) => each.doors);
  const addresses = new Map<number, LineBoard>();
  for (const { definition, doors } of boards) {
    for (const { board } of doors) {
      const locks = wired.filter((door) => door.board === board).map((door) => door.lock);
      addresses.set(board, { address: board, definition, locks: locks.sort((a, b) => a - b) });
    }
  }
  const silent = new Set<number>();
  const units: LockUnit[] = boards.map((board) => createUnit(board));

  function createUnit(board: PlannedBoard): LockUnit {
    const tracker = createDoorTracker(board.doors, clock, board.definition.timings.lateOpenMs);
    const output = parts.output(board.id);
    return {
      id: board.id,
      board,
      tracker,
      output,
      execute: (command) => execute(board, tracker, command),
      publishState: () => {
        const state: LockBoardState = {
          at: toInstant(clock.now()),
          doors: tracker.doors(),
          line: lineState(board),
          ...faultOf(transport.state()),
          ...silentOf(board),
          ...unreadableOf(board),
          stats: statsOf(),
        };
        output.state(state);
      },
    };
  }

  /** Boards of one device that do not answer: named, because one of several may be dead. */
  const silentOf = (board: PlannedBoard): Pick<LockBoardState, 'silentBoards'> => {
    const boards = [...new Set(board.doors.map((door) => door.board))].filter((each) => silent.has(each));
    return boards.length === 0 ? {} : { silentBoards: boards.sort((a, b) => a - b) };
  };

  const unreadableOf = (board: PlannedBoard): Pick<LockBoardState, 'unreadable'> => {
    const [unreadable] = board.doors.flatMap((door) => lockLine.unreadable(door.board) ?? []);
    return unreadable === undefined ? {} : { unreadable };
  };

  function lineState(board: PlannedBoard): LineHealth {
    if (transport.state().name !== 'open') return 'down';
    const lost = board.doors.filter((door) => silent.has(door.board));
    if (lost.length === 0) return 'ok';
    return lost.some((door) => lockLine.isGarbled(door.board)) ? 'garbled' : 'silent';
  }

  function statsOf(): LineStatistics {
    const { frames, badBytes, queries, unanswered, echoes, unlocks, answerMs } = lockLine.stats();
    return {
      ...{ frames, badBytes, queries, unanswered, echoes, unlocks },
      ...(answerMs === undefined
        ? {}
        : { answerMs: { p50: Math.round(answerMs.p50), p99: Math.round(answerMs.p99) } }),
    };
  }

  async function execute(board: PlannedBoard, tracker: DoorTracker, command: Command): Promise<LineResult> {
    if (command.name !== 'unlock' && command.name !== 'query')
      return { outcome: 'refused', reason: 'unknown-command' };
    const door = board.doors.find((each) => each.compartment === command.args.compartment);
    if (door === undefined) return { outcome: 'refused', reason: 'unknown-compartment' };
    if (command.name === 'unlock') {
      return lockLine.unlock({
        board: door.board,
        lock: door.lock,
        closedBit: door.closedBit,
        expiresAt: fromInstant(command.expiresAt),
      });
    }
    if (await lockLine.query(door.board, door.lock))
      return { outcome: 'done', position: tracker.position(door.compartment) };
    return {
      outcome: 'failed',
      reason: transport.state().name === 'open' ? 'board-silent' : 'line-down',
      position: 'unknown',
    };
  }

  function onReading(address: number, locks: LockBits): void {
    const back = silent.delete(address);
    if (back) log.info({ line: plan.key, board: address }, 'board answers again');
    for (const unit of units) {
      const { changes, stateChanged } = unit.tracker.reading(address, locks);
      if (stateChanged || (back && owns(unit, address))) unit.publishState();
      for (const change of changes) {
        const event: DeviceEvent = { id: ids.uuid(), at: toInstant(clock.now()), ...change };
        unit.output.event(event);
      }
    }
  }

  function onLost(address: number): void {
    const up = transport.state().name === 'open';
    if (up) {
      silent.add(address);
      log.warn({ line: plan.key, board: address }, 'board is silent');
    }
    for (const unit of units) {
      const news = unit.tracker.lost(address);
      if (news || (up && owns(unit, address))) unit.publishState();
    }
  }

  function onLine(state: TransportState): void {
    if (state.name === 'down') log.warn({ line: plan.key, reason: state.reason }, 'line is down');
    if (state.name === 'open') log.info({ line: plan.key }, 'line is open');
    for (const unit of units) unit.publishState();
  }

  const lockLine = createLockLine({
    transport,
    boards: [...addresses.values()],
    clock,
    listener: {
      onReading,
      onLost,
      onLine,
      onUnlock: (address, lock) => {
        for (const unit of units) unit.tracker.commanded(address, lock);
      },
    },
  });

  return {
    units,
    start: () => {
      lockLine.start();
    },
    report: () => ({
      key: plan.key,
      devices: units.map((unit) => unit.id),
      kind: 'lock-board',
      stats: lockLine.stats(),
    }),
    stop: () => lockLine.stop(),
  };
}

function owns(unit: LockUnit, address: number): boolean {
  return unit.board.doors.some((door) => door.board === address);
}
