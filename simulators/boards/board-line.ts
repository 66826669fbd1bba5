import type { CancelTimer, Clock, Millis } from '../../contract/ports.ts';
import type { BoardLineConfig, BoardOrder, BoardReport } from './board.config.ts';
import type { BoardCodec, Heard, Model, Shown } from './codec.ts';
import { boardFacts, codecOf } from './codecs.ts';

/** A simulated RS-485 line: bytes in, bytes out, each at the pace its baud rate demands (10 bits a byte). */
export interface BoardLine {
  /** Bytes from the gateway, as the operating system handed them over. */
  receive(chunk: Uint8Array): void;
  order(order: BoardOrder): void;
}

interface DoorRun {
  /** Bit its switch shows while it is closed. */
  readonly closedBit: 0 | 1;
  open: boolean;
  stuck: boolean;
  item: boolean;
  pulses: number;
}

interface BoardRun {
  readonly address: number;
  readonly model: Model;
  readonly codec: BoardCodec;
  readonly answersUnlock: boolean;
  readonly push: boolean | number;
  readonly doors: readonly DoorRun[];
  /** Which door a lock's coil really moves; the switches are wired right. */
  readonly doorOf: (lock: number) => number;
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
  const readers = [...new Set([...boards.values()].map((board) => board.codec))].map((codec) =>
    codec.createReader(),
  );
  const weather = {
    echo: config.echo,
    noise: config.noiseShare,
    damage: config.damageShare,
    lost: config.lostShare,
    slow: config.slowShare,
    slowMs: config.slowMs,
  };
  let queries = 0;

  const incoming = createWire(clock, byteMs, (bytes, at) => {
    for (const [index, byte] of bytes.entries()) {
      if (weather.echo) outgoing.add([byte], clock.monotonic());
      for (const reader of readers) {
        const heard = reader.push(byte);
        if (heard !== undefined) hear(heard, at[index] ?? clock.monotonic());
      }
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
        if (heard.everyBoard !== true && heard.board !== board.address) continue;
        if (!heard.models.includes(board.model)) continue;
        for (const index of board.doors.keys()) pulse(board, index + 1, t);
      }
      return;
    }
    const board = boards.get(heard.board);
    if (board === undefined || !heard.models.includes(board.model)) return;
    if (heard.kind === 'unlock' && (!board.silent || board.acts)) {
      const known = pulse(board, heard.lock, t);
      const { unlockReply } = board.codec;
      if (known && board.answersUnlock && unlockReply !== undefined)
        // These boards answer once the pulse is over.
        reply(board, t + config.openAfterMs + 1, () => unlockReply(shown(board), heard.lock, heard.bytes));
    }
    if (heard.kind === 'query' && heard.lock <= board.doors.length)
      reply(board, t, () => board.codec.status(shown(board), heard.lock, heard.bytes));
  }

  function shown(board: BoardRun): Shown {
    return {
      model: board.model,
      address: board.address,
      bits: board.doors.map((door) => (door.open ? 1 - door.closedBit : door.closedBit) === 1),
      items: board.doors.map((door) => door.item),
    };
  }

  /** False when the board has no such lock. */
  function pulse(board: BoardRun, lock: number, t: Millis): boolean {
    const moved = board.doorOf(lock);
    const door = board.doors[moved - 1];
    if (door === undefined) return false;
    door.pulses += 1;
    report({ report: 'pulse', board: board.address, lock: moved, pulses: door.pulses, t });
    if (door.stuck) return true;
    clock.after(config.openAfterMs, () => {
      if (door.stuck) return;
      move(board, moved, true, 'unlock');
      if (config.autoCloseMs !== null) {
        const after = config.autoCloseMs * (0.8 + 0.4 * parts.fraction());
        clock.after(after, () => {
          move(board, moved, false, 'person');
        });
      }
    });
    return true;
  }

  function move(board: BoardRun, lock: number, open: boolean, by: 'unlock' | 'force' | 'person'): void {
    const door = board.doors[lock - 1];
    if (door === undefined || door.open === open) return;
    door.open = open;
    report({ report: 'door', board: board.address, lock, open, by, t: clock.monotonic() });
    const { push } = board.codec;
    if (board.push === false || push === undefined) return;
    const header = typeof board.push === 'number' ? board.push : undefined;
    reply(board, clock.monotonic(), () => push(shown(board), lock, header));
  }

  /** Bytes of a board, made when they leave, through the weather of the line. */
  function reply(board: BoardRun, t: Millis, make: () => number[]): void {
    if (board.silent || parts.fraction() < weather.lost) return;
    const slow = parts.fraction() < weather.slow ? weather.slowMs : 0;
    const after = Math.max(0, t + config.replyAfterMs + slow - clock.monotonic());
    clock.after(after, () => {
      if (board.silent) return;
      const reply = make();
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
    else if (what.do === 'noise')
      Object.assign(weather, { noise: what.share, damage: what.damage, lost: what.lost });
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
  const facts = boardFacts[config.model];
  const closed = config.closedBit ?? facts.closedBit;
  const other = closed === 1 ? 0 : 1;
  const doors = Array.from({ length: facts.locks }, (_, index) => ({
    closedBit: config.reversed.includes(index + 1) ? other : closed,
    open: config.open.includes(index + 1),
    stuck: config.stuck.includes(index + 1),
    item: false,
    pulses: 0,
  }));
  const { address, model, answersUnlock, push } = config;
  const swapped = new Map(config.swapped.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]));
  return {
    address,
    model,
    codec: codecOf(model),
    answersUnlock,
    push,
    doors,
    doorOf: (lock) => swapped.get(lock) ?? lock,
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
