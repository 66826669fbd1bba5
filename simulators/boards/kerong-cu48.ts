import type { CancelTimer, Clock, Millis } from '../../contract/ports.ts';
import type { BoardLineConfig, BoardOrder, BoardReport } from './board.config.ts';
import { createRequestReader, statusReply, type Generation, type Heard } from './kerong-codec.ts';

/** A simulated RS-485 line: bytes in, bytes out, each at the pace its baud rate demands (10 bits a byte). */
export interface BoardLine {
  /** Bytes from the gateway, as the operating system handed them over. */
  receive(chunk: Uint8Array): void;
  order(order: BoardOrder): void;
}

interface DoorRun {
  open: boolean;
  stuck: boolean;
  item: boolean;
  pulses: number;
}

interface BoardRun {
  readonly address: number;
  readonly generation: Generation;
  readonly closedBit: 0 | 1;
  readonly doors: readonly DoorRun[];
  silent: boolean;
  acts: boolean;
}

/**
 * @param write sends bytes to the gateway's side of the line
 * @param fraction seeded chance in [0, 1)
 */
export function createBoardLine(
  config: BoardLineConfig,
  parts: {
    readonly clock: Clock;
    readonly fraction: () => number;
    readonly write: (bytes: Uint8Array) => void;
    readonly report: (report: BoardReport) => void;
  },
): BoardLine {
  const { clock, report } = parts;
  const byteMs = 10_000 / config.baudRate;
  const boards = new Map(config.boards.map((board) => [board.address, createBoard(board)]));
  const reader = createRequestReader();
  const weather = {
    echo: config.echo,
    noise: config.noiseShare,
    damage: config.damageShare,
    slow: config.slowShare,
    slowMs: config.slowMs,
  };
  let queries = 0;

  const incoming = createWire(clock, byteMs, (bytes, at) => {
    for (const [index, byte] of bytes.entries()) {
      if (weather.echo) outgoing.add([byte], clock.monotonic());
      const heard = reader.push(byte);
      if (heard !== undefined) hear(heard, at[index] ?? clock.monotonic());
    }
  });
  const outgoing = createWire(clock, byteMs, (bytes) => {
    parts.write(Uint8Array.from(bytes));
  });

  function hear(heard: Heard, t: Millis): void {
    const hex = heard.bytes.map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
    if (heard.kind === 'query') queries += 1;
    if (heard.kind !== 'query' || config.reportQueries)
      report({ report: 'frame', kind: heard.kind, board: heard.board, lock: heard.lock, hex, t });
    if (heard.kind === 'unlock-many') {
      report({ report: 'broadcast', broadcast: true, hex, t });
      // A real board obeys: the doors must open here too, so that a test sees the damage.
      for (const board of boards.values()) {
        if (heard.board !== 0x0a && heard.board !== board.address) continue;
        for (let lock = 1; lock <= 48; lock += 1) pulse(board, lock, t);
      }
      return;
    }
    const board = boards.get(heard.board);
    if (board === undefined || board.generation !== heard.generation) return;
    if (heard.kind === 'unlock' && (!board.silent || board.acts)) pulse(board, heard.lock, t);
    if (heard.kind === 'query' && !board.silent) answer(board, t);
  }

  function pulse(board: BoardRun, lock: number, t: Millis): void {
    const door = board.doors[lock - 1];
    if (door === undefined) return;
    door.pulses += 1;
    report({ report: 'pulse', board: board.address, lock, pulses: door.pulses, t });
    if (door.stuck) return;
    clock.after(config.openAfterMs, () => {
      if (door.stuck) return;
      move(board, lock, true, 'unlock');
      if (config.autoCloseMs !== null) {
        const after = config.autoCloseMs * (0.8 + 0.4 * parts.fraction());
        clock.after(after, () => {
          move(board, lock, false, 'person');
        });
      }
    });
  }

  function move(board: BoardRun, lock: number, open: boolean, by: 'unlock' | 'force' | 'person'): void {
    const door = board.doors[lock - 1];
    if (door === undefined || door.open === open) return;
    door.open = open;
    report({ report: 'door', board: board.address, lock, open, by, t: clock.monotonic() });
  }

  function answer(board: BoardRun, t: Millis): void {
    const slow = parts.fraction() < weather.slow ? weather.slowMs : 0;
    const after = Math.max(0, t + config.replyAfterMs + slow - clock.monotonic());
    clock.after(after, () => {
      if (board.silent) return;
      const bits = board.doors.map((door) => (door.open ? 1 - board.closedBit : board.closedBit) === 1);
      const reply = statusReply(
        board.generation,
        board.address,
        bits,
        board.doors.map((door) => door.item),
      );
      if (parts.fraction() < weather.damage) {
        const at = Math.floor(parts.fraction() * reply.length);
        reply[at] = (reply[at] ?? 0) ^ (1 << Math.floor(parts.fraction() * 8));
      }
      const stray =
        parts.fraction() < weather.noise
          ? Array.from({ length: 1 + Math.floor(parts.fraction() * 6) }, () =>
              Math.floor(parts.fraction() * 256),
            )
          : [];
      outgoing.add([...stray, ...reply], clock.monotonic());
    });
  }

  function order(what: BoardOrder): void {
    if (what.do === 'echo') weather.echo = what.on;
    else if (what.do === 'noise') Object.assign(weather, { noise: what.share, damage: what.damage });
    else if (what.do === 'slow') Object.assign(weather, { slow: what.share, slowMs: what.ms });
    else if (what.do === 'doors') {
      const open = [...boards.values()].flatMap((board) =>
        board.doors.flatMap((door, index) => (door.open ? [{ board: board.address, lock: index + 1 }] : [])),
      );
      report({ report: 'doors', open, queries, t: clock.monotonic() });
    } else if (what.do === 'silent') {
      for (const board of boards.values()) {
        if (what.board === undefined || what.board === board.address)
          Object.assign(board, { silent: what.on, acts: what.acts });
      }
    } else orderDoor(what);
  }

  function orderDoor(what: Extract<BoardOrder, { lock: number }>): void {
    const board = boards.get(what.board);
    const door = board?.doors[what.lock - 1];
    if (board === undefined || door === undefined) {
      report({
        report: 'bad-order',
        reason: `there is no board ${String(what.board)} with lock ${String(what.lock)}`,
      });
      return;
    }
    switch (what.do) {
      case 'close':
        move(board, what.lock, false, 'person');
        return;
      case 'force-open':
        move(board, what.lock, true, 'force');
        return;
      case 'stick':
        door.stuck = what.on;
        return;
      case 'item':
        door.item = what.present;
        return;
    }
  }

  return {
    receive: (chunk) => {
      incoming.add([...chunk], clock.monotonic());
    },
    order,
  };
}

function createBoard(config: BoardLineConfig['boards'][number]): BoardRun {
  const doors = Array.from({ length: 48 }, (_, index) => ({
    open: config.open.includes(index + 1),
    stuck: config.stuck.includes(index + 1),
    item: false,
    pulses: 0,
  }));
  return {
    address: config.address,
    generation: config.generation,
    closedBit: config.closedBit,
    doors,
    silent: false,
    acts: false,
  };
}

/** Bytes in single file: each takes `byteMs`, none comes out before its time. `due` gets the bytes with their exact times. */
function createWire(
  clock: Clock,
  byteMs: Millis,
  due: (bytes: number[], at: Millis[]) => void,
): { add(bytes: readonly number[], from: Millis): void } {
  const waiting: { readonly byte: number; readonly at: Millis }[] = [];
  let freeAt: Millis = 0;
  let cancel: CancelTimer | undefined;

  function pump(): void {
    cancel = undefined;
    const now = clock.monotonic();
    const count = waiting.findIndex((each) => each.at > now);
    const out = waiting.splice(0, count === -1 ? waiting.length : count);
    if (out.length > 0)
      due(
        out.map((each) => each.byte),
        out.map((each) => each.at),
      );
    const next = waiting[0];
    if (next !== undefined) cancel ??= clock.after(next.at - clock.monotonic(), pump);
  }

  return {
    add: (bytes, from) => {
      for (const byte of bytes) {
        freeAt = Math.max(freeAt, from) + byteMs;
        waiting.push({ byte, at: freeAt });
      }
      const next = waiting[0];
      if (next !== undefined) cancel ??= clock.after(Math.max(0, next.at - clock.monotonic()), pump);
    },
  };
}
