import type { z } from 'zod';
import { kerongCu48 } from '../../devices/definitions/kerong-cu48.device.ts';
import type { LockBoardDefinition } from '../../devices/definitions/definition.ts';
import {
  createLockLine,
  type LineBoard,
  type LineListener,
  type LineResult,
  type LockLine,
  type UnlockRequest,
} from '../../devices/drivers/lock-line.ts';
import { createMemoryTransport, type MemoryTransport } from '../../devices/transports/memory.ts';
import type { WriteResult } from '../../devices/transports/transport.ts';
import { BoardLineConfig, BoardOrder, type BoardReport } from '../../simulators/boards/board.config.ts';
import type { Model } from '../../simulators/boards/codec.ts';
import { createBoardLine } from '../../simulators/boards/board-line.ts';
import { createSeededRandom } from './seeded.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

/** The line scheduler against simulated boards, on a clock cranked by hand. */
export interface SimulatedLine {
  readonly clock: VirtualClock;
  readonly line: LockLine;
  readonly transport: MemoryTransport;
  readonly reports: BoardReport[];
  readonly heard: string[];
  order(order: z.input<typeof BoardOrder>): void;
  /** Moves time on in steps of a millisecond, as promises need. */
  run(ms: number): Promise<void>;
  /** Starts an unlock; `result()` is undefined until it ended. */
  unlock(
    lock: number,
    request?: Partial<UnlockRequest>,
  ): { result(): LineResult | undefined; endedAt(): number | undefined };
  /** Unlock frames that reached the boards, as `board/lock`. */
  unlocks(): string[];
  /** How the next writes end instead of reaching the boards. */
  breakWrites(result: WriteResult | Promise<WriteResult> | undefined, stillArrives?: boolean): void;
}

/** The simulated board that a definition is meant for. */
const MODEL_OF: Readonly<Record<string, Model>> = {
  'kerong-cu48': 'cu48',
  'kerong-cu48-ir': 'cu48-ir',
  'kerong-cu16': 'cu16',
  'board-8a-12': '8a-12',
  'board-8a-24': '8a-24',
  'board-8a-32': '8a-32',
  wkly: 'wkly',
  'wkly-by-lock': 'wkly',
  winnsen: 'winnsen',
  'modbus-relay-lock': 'modbus-relay',
};

export function modelOf(definition: string): Model {
  const model = MODEL_OF[definition];
  if (model === undefined) throw new RangeError(`no simulated board for ${definition}`);
  return model;
}

export function createSimulatedLine(options: {
  readonly addresses?: readonly number[];
  readonly definition?: LockBoardDefinition;
  readonly config?: Partial<z.input<typeof BoardLineConfig>>;
  readonly listener?: Partial<LineListener>;
}): SimulatedLine {
  const definition = options.definition ?? kerongCu48;
  const addresses = options.addresses ?? [0];
  const clock = createVirtualClock();
  const random = createSeededRandom(options.config?.seed ?? 7);
  const reports: BoardReport[] = [];
  const heard: string[] = [];
  let broken:
    { readonly result: WriteResult | Promise<WriteResult>; readonly stillArrives: boolean } | undefined;
  const model = modelOf(definition.id);
  const config = BoardLineConfig.parse({
    transport: { kind: 'tcp', port: 0 },
    boards: addresses.map((address) => ({ address, model })),
    ...options.config,
  });

  const transport = createMemoryTransport((bytes) => {
    if (broken === undefined || broken.stillArrives) boards.receive(bytes);
    return broken === undefined ? 'written' : broken.result;
  });
  const boards = createBoardLine(config, {
    clock,
    fraction: () => random.fraction(),
    write: (bytes) => {
      transport.feed(bytes);
    },
    report: (report) => reports.push(report),
  });
  const line = createLockLine({
    transport,
    clock,
    boards: addresses.map((address): LineBoard => ({ address, definition })),
    listener: {
      onReading: (board, locks) => {
        heard.push(`reading ${String(board)}`);
        options.listener?.onReading?.(board, locks);
      },
      onUnlock: (board, lock) => {
        heard.push(`unlock ${String(board)}/${String(lock)}`);
        options.listener?.onUnlock?.(board, lock);
      },
      onLost: (board) => {
        heard.push(`lost ${String(board)}`);
        options.listener?.onLost?.(board);
      },
      onLine: (state) => {
        heard.push(`line ${state.name}`);
        options.listener?.onLine?.(state);
      },
    },
  });

  return {
    clock,
    line,
    transport,
    reports,
    heard,
    order: (order) => {
      boards.order(BoardOrder.parse(order));
    },
    run: async (ms) => {
      for (let step = 0; step < ms; step += 1) await clock.advanceAsync(1);
    },
    unlock: (lock, request = {}) => {
      let result: LineResult | undefined;
      let endedAt: number | undefined;
      void line
        .unlock({ board: addresses[0] ?? 0, lock, closedBit: 1, expiresAt: clock.now() + 5_000, ...request })
        .then((ended) => {
          result = ended;
          endedAt = clock.monotonic();
        });
      return { result: () => result, endedAt: () => endedAt };
    },
    unlocks: () =>
      reports.flatMap((report) =>
        report.report === 'frame' && report.kind === 'unlock'
          ? [`${String(report.board)}/${String(report.lock)}`]
          : [],
      ),
    breakWrites: (result, stillArrives = false) => {
      broken = result === undefined ? undefined : { result, stillArrives };
    },
  };
}
