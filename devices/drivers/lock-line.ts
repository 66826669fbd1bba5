import type { CancelTimer, Clock, Millis, UnixMillis } from '../../contract/ports.ts';
import type { Outcome, Unreadable } from '../../contract/messages.ts';
import type { LockBoardDefinition } from '../definitions/definition.ts';
import { createDecoder } from '../frames/decoder.ts';
import { encode } from '../frames/encode.ts';
import { hexOf } from '../frames/explain.ts';
import type { DecodedFrame } from '../frames/frame-table.ts';
import { whyNotAFrame } from '../frames/refusal.ts';
import type { Transport, TransportState, WriteResult } from '../transports/transport.ts';
import { createAnswerTimes } from './answer-times.ts';
import { isOpen, lockBits, type LockBits } from './lock-bits.ts';

/** The single end of a command at the line: an outcome without its id and time. */
export type LineResult = Pick<Outcome, 'outcome' | 'reason' | 'position'>;

export interface UnlockRequest {
  readonly board: number;
  /** Lock on the board, from 1. */
  readonly lock: number;
  readonly closedBit: 0 | 1;
  readonly expiresAt: UnixMillis;
}

export interface LineListener {
  /** A board told of some or all of its locks, asked or unasked. */
  onReading(board: number, locks: LockBits): void;
  /** An unlock is about to be written: whatever this door does next is by command. */
  onUnlock(board: number, lock: number): void;
  /** A board fell silent, or the whole line is down: nothing is known of its doors. */
  onLost(board: number): void;
  onLine(state: TransportState): void;
}

export interface LineStats {
  readonly state: TransportState['name'];
  readonly frames: number;
  readonly badBytes: number;
  readonly queries: number;
  readonly unanswered: number;
  readonly unlocks: number;
  readonly echoes: number;
  /** Answers to unlocks, where a board gives any: never believed [DV31]. */
  readonly unlockAnswers: number;
  /** Unasked words about one lock. */
  readonly pushes: number;
  /** Valid frames nobody asked for. */
  readonly strays: number;
  /** From the last byte of a query to its answer, over the last answers. */
  readonly answerMs: { readonly p50: Millis; readonly p99: Millis } | undefined;
  readonly silentBoards: readonly number[];
}

export interface LockLine {
  start(): void;
  /** Ends in exactly one result; the bytes are written at most once, and never after `expiresAt` [DV5] [DV6]. */
  unlock(request: UnlockRequest): Promise<LineResult>;
  /** One fresh look at a board, or at that lock of it where it is asked lock by lock; true when it answered. */
  query(board: number, lock?: number): Promise<boolean>;
  /** A silent board from which bytes come that are no frame: a wrong baud rate, swapped wires, a half-dead board. */
  isGarbled(board: number): boolean;
  /** What such a board said last, and why it is no frame [DV49]. */
  unreadable(board: number): Unreadable | undefined;
  stats(): LineStats;
  stop(): Promise<void>;
}

export interface LineBoard {
  readonly address: number;
  readonly definition: LockBoardDefinition;
  /** Locks that are wired: only these are asked where a board is asked lock by lock. All of the model when left out. */
  readonly locks?: readonly number[];
}

interface BoardRun extends LineBoard {
  /** Locks to ask one after another; empty where one query tells of the whole board. */
  readonly round: readonly number[];
  /** Place in the round, and how often it was asked while an unlock was awaited. */
  turn: number;
  looks: number;
  nextPollAt: Millis;
  misses: number;
  silent: boolean;
  /** The last question was answered by bytes that are no frame. */
  garbled: boolean;
  unreadable: Unreadable | undefined;
}

interface Waiting {
  readonly request: UnlockRequest;
  readonly resolve: (result: LineResult) => void;
}

interface Flight extends Waiting {
  readonly deadline: Millis;
  readonly interrupted: boolean;
  answeredAt: Millis | undefined;
}

/** Bytes of an unreadable answer that are kept for people: longer than any frame of a lock board. */
const MOST_SHOWN = 48;

/** A board that answered this recently before the deadline was not silent: the door is closed, and that is known. */
const FRESH_MS: Millis = 600;

/**
 * One scheduler for everything on one line, because RS-485 carries one voice at a time. An unlock goes
 * before every poll [DV4]; one unlock is in flight at a time [DV7]; a query is repeated, an unlock never [DV5].
 */
export function createLockLine(options: {
  readonly transport: Transport;
  readonly boards: readonly LineBoard[];
  readonly clock: Clock;
  readonly listener: LineListener;
}): LockLine {
  const { transport, clock, listener } = options;
  const boards = new Map<number, BoardRun>(
    options.boards.map((board) => [
      board.address,
      {
        ...board,
        round: roundOf(board),
        turn: 0,
        looks: 0,
        nextPollAt: 0,
        misses: 0,
        silent: false,
        garbled: false,
        unreadable: undefined,
      },
    ]),
  );
  const decoder = createDecoder([...new Set(options.boards.map((board) => board.definition.frames))]);
  const unlocks: Waiting[] = [];
  const queries: {
    readonly board: number;
    readonly lock: number | undefined;
    readonly resolve: (answered: boolean) => void;
  }[] = [];
  const counts = {
    queries: 0,
    unanswered: 0,
    unlocks: 0,
    echoes: 0,
    unlockAnswers: 0,
    pushes: 0,
    strays: 0,
  };
  const answerTimes = createAnswerTimes();
  let flight: Flight | undefined;
  let awaiting:
    | {
        readonly board: BoardRun;
        /** As on the wire; undefined where the whole board was asked. */
        readonly wireLock: number | undefined;
        askedAt: Millis;
        readonly end: (answered: boolean) => void;
      }
    | undefined;
  let lastSent: Uint8Array | undefined;
  /** What came since the last question, as far as one frame may be long. */
  let lately: number[] = [];
  let quietUntil: Millis = 0;
  let wake: () => void = () => undefined;
  let stopped = false;
  let loop: Promise<void> = Promise.resolve();
  const running = (): boolean => !stopped;
  const isUp = (): boolean => transport.state().name === 'open';

  function nap(delay: Millis): Promise<void> {
    return new Promise((resolve) => {
      const cancel: CancelTimer = clock.after(Math.max(0, delay), resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
  }

  // ---- what arrives -------------------------------------------------------------------

  function hear(frames: readonly DecodedFrame[]): void {
    for (const frame of frames) {
      if (lastSent !== undefined && sameBytes(frame.raw, lastSent)) {
        // An adapter that hears itself: a true answer always differs from its request [DV10].
        counts.echoes += 1;
      } else if (isAnswer(frame)) {
        const asked = awaiting;
        if (asked === undefined) continue;
        answerTimes.add(clock.monotonic() - asked.askedAt);
        asked.end(true);
        asked.board.misses = 0;
        asked.board.silent = false;
        asked.board.garbled = false;
        const { reading, wireOffset } = asked.board.definition;
        read(asked.board, lockBits(reading, frame, wireOffset), true);
      } else unasked(frame);
    }
  }

  function isAnswer(frame: DecodedFrame): boolean {
    return (
      awaiting !== undefined &&
      frame.shape === awaiting.board.definition.messages.status &&
      frame.numbers.address === awaiting.board.address &&
      (awaiting.wireLock === undefined || frame.numbers.lock === awaiting.wireLock)
    );
  }

  /** A push is news of one lock; an answer to an unlock is only a reason to look soon [DV31]. */
  function unasked(frame: DecodedFrame): void {
    const board = boards.get(frame.numbers.address ?? -1);
    const messages = board?.definition.messages;
    if (board !== undefined && messages?.pushes?.frames.includes(frame.shape) === true) {
      counts.pushes += 1;
      // Who speaks is not silent: the next look says the rest.
      if (board.silent) board.nextPollAt = clock.monotonic();
      board.misses = 0;
      board.silent = false;
      read(board, lockBits(messages.pushes.reading, frame, board.definition.wireOffset), false);
    } else if (board !== undefined && messages?.unlockAnswer === frame.shape) {
      counts.unlockAnswers += 1;
    } else {
      counts.strays += 1;
    }
  }

  function read(board: BoardRun, locks: LockBits, asked: boolean): void {
    const bit = flight?.request.board === board.address ? locks.get(flight.request.lock) : undefined;
    if (flight !== undefined && bit !== undefined) {
      if (asked) flight.answeredAt = clock.monotonic();
      if (isOpen(bit, flight.request.closedBit)) land({ outcome: 'done', position: 'open' });
    }
    listener.onReading(board.address, locks);
  }

  function land(result: LineResult): void {
    const landed = flight;
    flight = undefined;
    landed?.resolve(result);
  }

  // ---- what is sent -------------------------------------------------------------------

  async function send(bytes: Uint8Array, board: LineBoard): Promise<WriteResult> {
    lastSent = bytes;
    return new Promise((resolve) => {
      const cancel = clock.after(board.definition.timings.writeTimeoutMs, () => {
        transport.discard();
        resolve('interrupted');
      });
      void transport.write(bytes).then((result) => {
        cancel();
        resolve(result);
      });
    });
  }

  /** One question, repeated when lost, unless an unlock wants the line. True when the board answered. */
  async function ask(board: BoardRun, retries: number, lock: number | undefined): Promise<boolean> {
    const { timings, messages, frames, wireOffset } = board.definition;
    const wireLock = lock === undefined ? undefined : lock + wireOffset;
    const request = encode(frames, messages.query, {
      numbers: { address: board.address, ...(wireLock === undefined ? {} : { lock: wireLock }) },
    });
    for (let attempt = 0; attempt <= retries && running() && isUp(); attempt += 1) {
      const { badBytes } = decoder.stats();
      lately = [];
      if (attempt > 0 && unlocks.length > 0 && flight === undefined) break;
      const answered = await askOnce(board, request, wireLock);
      if (answered) {
        quietUntil = clock.monotonic() + timings.paceMs;
        return true;
      }
      board.garbled = decoder.stats().badBytes > badBytes;
      if (board.garbled) board.unreadable = unreadableBytes(frames, lately, request) ?? board.unreadable;
      missed(board);
    }
    return false;
  }

  function askOnce(board: BoardRun, request: Uint8Array, wireLock: number | undefined): Promise<boolean> {
    counts.queries += 1;
    return new Promise((resolve) => {
      let cancel: CancelTimer = () => undefined;
      const end = (answered: boolean): void => {
        cancel();
        awaiting = undefined;
        resolve(answered);
      };
      awaiting = { board, wireLock, askedAt: clock.monotonic(), end };
      const mine = awaiting;
      void send(request, board).then((result) => {
        if (awaiting !== mine) return;
        if (result !== 'written') {
          end(false);
          return;
        }
        mine.askedAt = clock.monotonic();
        cancel = clock.after(board.definition.timings.queryTimeoutMs, () => {
          hear(decoder.flush());
          if (awaiting === mine) end(false);
        });
      });
    });
  }

  function missed(board: BoardRun): void {
    counts.unanswered += 1;
    board.misses += 1;
    if (board.misses < board.definition.timings.silentAfter || board.silent) return;
    board.silent = true;
    listener.onLost(board.address);
  }

  /** Lock by lock: the one named, else the one awaited and the rest of the round by turns [DV12], else the round. */
  function targetOf(board: BoardRun, lock: number | undefined): number | undefined {
    if (board.round.length === 0) return undefined;
    if (lock !== undefined) return lock;
    if (flight?.request.board !== board.address) return nextOfRound(board);
    board.looks += 1;
    return board.looks % 2 === 1 ? flight.request.lock : nextOfRound(board);
  }

  async function poll(board: BoardRun, retries: number, lock?: number): Promise<boolean> {
    const target = targetOf(board, lock);
    const answered = await ask(board, retries, target);
    const { timings } = board.definition;
    const watched = flight?.request.board === board.address;
    const pollMs = timings.pollMs / Math.max(1, board.round.length);
    board.nextPollAt =
      clock.monotonic() + (watched ? timings.fastPollMs : board.silent ? timings.silentPollMs : pollMs);
    return answered;
  }

  async function pulse(waiting: Waiting): Promise<void> {
    const { request, resolve } = waiting;
    const board = boards.get(request.board);
    if (board === undefined) {
      resolve({ outcome: 'refused', reason: 'unknown-compartment' });
      return;
    }
    const { timings, frames, messages, wireOffset, baudRate } = board.definition;
    // A board known to be silent is asked first: a pulse nobody can watch is not given [DV11].
    if (board.silent && !(await poll(board, 0, request.lock))) {
      resolve({ outcome: 'failed', reason: isUp() ? 'board-silent' : 'line-down' });
      return;
    }
    const bytes = encode(frames, messages.unlock, {
      numbers: { ...messages.unlockNumbers, address: request.board, lock: request.lock + wireOffset },
    });
    const onTheLineMs = (bytes.length * 10_000) / baudRate;
    if (clock.now() + onTheLineMs >= request.expiresAt) {
      resolve({ outcome: 'refused', reason: 'expired' });
      return;
    }
    counts.unlocks += 1;
    listener.onUnlock(request.board, request.lock);
    const result = await send(bytes, board);
    const now = clock.monotonic();
    if (result === 'not-written') {
      resolve({ outcome: 'failed', reason: 'line-down' });
      return;
    }
    quietUntil = now + timings.paceAfterUnlockMs;
    board.nextPollAt = quietUntil;
    flight = {
      ...waiting,
      deadline: now + timings.openTimeoutMs,
      interrupted: result === 'interrupted',
      answeredAt: undefined,
    };
  }

  // ---- what comes next ----------------------------------------------------------------

  /** The door was not seen open in time: closed for sure, or nobody knows. */
  function giveUpWhenDue(): void {
    if (flight === undefined) return;
    // Without any answer the bytes may still be on their way through a network: past the expiry they are taken back [DV8].
    const unheardAndExpired = flight.answeredAt === undefined && clock.now() >= flight.request.expiresAt;
    if (clock.monotonic() < flight.deadline && !unheardAndExpired) return;
    const fresh = flight.answeredAt !== undefined && clock.monotonic() - flight.answeredAt <= FRESH_MS;
    if (fresh && !flight.interrupted) {
      land({ outcome: 'failed', reason: 'door-did-not-open', position: 'closed' });
      return;
    }
    const up = isUp();
    if (up) transport.discard();
    land({
      outcome: 'unknown',
      reason: up && !flight.interrupted ? 'board-silent' : 'line-down',
      position: 'unknown',
    });
  }

  function failWaiting(result: LineResult): void {
    for (const waiting of unlocks.splice(0)) waiting.resolve(result);
    for (const query of queries.splice(0)) query.resolve(false);
  }

  /** The poll that is due first; silent boards wait until no living one is due [DV12]. */
  function nextPoll(): BoardRun | undefined {
    const now = clock.monotonic();
    const first = (list: readonly BoardRun[]): BoardRun | undefined =>
      list.reduce<BoardRun | undefined>(
        (best, board) => (best === undefined || board.nextPollAt < best.nextPollAt ? board : best),
        undefined,
      );
    const all = [...boards.values()];
    const living = first(all.filter((board) => !board.silent || flight?.request.board === board.address));
    if (living !== undefined && living.nextPollAt <= now) return living;
    const silent = first(all.filter((board) => board.silent && flight?.request.board !== board.address));
    if (silent !== undefined && (living === undefined || silent.nextPollAt < living.nextPollAt))
      return silent;
    return living;
  }

  async function step(): Promise<void> {
    giveUpWhenDue();
    const now = clock.monotonic();
    const untilDeadline = flight === undefined ? Number.POSITIVE_INFINITY : flight.deadline - now;
    if (!isUp()) return nap(Math.min(untilDeadline, 1_000));
    if (quietUntil > now) {
      const left = quietUntil - now;
      await new Promise<void>((resolve) => {
        clock.after(left, resolve);
      });
      return;
    }
    const unlock = flight === undefined ? unlocks.shift() : undefined;
    if (unlock !== undefined) return pulse(unlock);
    const query = queries.shift();
    if (query !== undefined) {
      const board = boards.get(query.board);
      query.resolve(
        board !== undefined && (await poll(board, board.definition.timings.queryRetries, query.lock)),
      );
      return;
    }
    const board = nextPoll();
    const wait = board === undefined ? 1_000 : board.nextPollAt - now;
    if (board === undefined || wait > 0) return nap(Math.min(wait, untilDeadline));
    await poll(board, board.silent ? 0 : board.definition.timings.queryRetries);
  }

  async function run(): Promise<void> {
    while (running()) await step();
  }

  function changed(state: TransportState): void {
    if (state.name === 'open') {
      decoder.flush();
      for (const board of boards.values()) board.nextPollAt = clock.monotonic();
    } else {
      failWaiting({ outcome: 'failed', reason: 'line-down' });
      awaiting?.end(false);
      for (const board of boards.values()) listener.onLost(board.address);
    }
    listener.onLine(state);
    wake();
  }

  return {
    start: () => {
      transport.start({
        onBytes: (chunk) => {
          if (lately.length < MOST_SHOWN) lately.push(...chunk.subarray(0, MOST_SHOWN - lately.length));
          hear(decoder.push(chunk));
        },
        onState: changed,
      });
      loop = run();
    },
    unlock: (request) =>
      new Promise((resolve) => {
        if (stopped || !isUp()) {
          resolve({ outcome: 'failed', reason: 'line-down' });
          return;
        }
        unlocks.push({ request, resolve });
        wake();
      }),
    query: (board, lock) =>
      new Promise((resolve) => {
        if (stopped || !isUp()) {
          resolve(false);
          return;
        }
        queries.push({ board, lock, resolve });
        wake();
      }),
    isGarbled: (address) => boards.get(address)?.garbled === true,
    unreadable: (address) => {
      const board = boards.get(address);
      return board?.garbled === true ? board.unreadable : undefined;
    },
    stats: () => {
      const { frames, badBytes } = decoder.stats();
      const silentBoards = [...boards.values()].filter((board) => board.silent).map((board) => board.address);
      const answerMs = answerTimes.summary();
      return { state: transport.state().name, frames, badBytes, ...counts, answerMs, silentBoards };
    },
    stop: async () => {
      stopped = true;
      failWaiting({ outcome: 'failed', reason: 'restarted' });
      land({ outcome: 'unknown', reason: 'restarted', position: 'unknown' });
      wake();
      await transport.stop();
      await loop;
    },
  };
}

/** The wired locks of a board that is asked lock by lock, in order. */
function roundOf(board: LineBoard): readonly number[] {
  const { scope, capacity } = board.definition;
  if (scope === 'board') return [];
  return board.locks ?? Array.from({ length: capacity }, (_, index) => index + 1);
}

function nextOfRound(board: BoardRun): number | undefined {
  const lock = board.round[board.turn % board.round.length];
  board.turn = (board.turn + 1) % Math.max(1, board.round.length);
  return lock;
}

/** Why what came after a question is no frame, its own echo left out [DV10] [DV49]. */
function unreadableBytes(
  table: LockBoardDefinition['frames'],
  came: readonly number[],
  request: Uint8Array,
): Unreadable | undefined {
  const echoed = request.every((byte, index) => byte === came[index]);
  const bytes = Uint8Array.from(echoed ? came.slice(request.length) : came);
  const refusal = bytes.length === 0 ? undefined : whyNotAFrame(table, bytes);
  return refusal && { bytes: hexOf(bytes), reason: refusal.reason, at: refusal.at };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
