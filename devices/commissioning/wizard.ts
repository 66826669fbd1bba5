import type { Clock, Millis } from '../../contract/ports.ts';
import type { LockBoardDefinition } from '../definitions/definition.ts';
import type { LockBits } from '../drivers/lock-bits.ts';
import { createLockLine } from '../drivers/lock-line.ts';
import type { LineResult, LockLine } from '../drivers/lock-line.ts';
import type { Transport } from '../transports/transport.ts';
import type { FoundBoard } from './find-boards.ts';
import { closedBits, movedBetween } from './polarity.rules.ts';
import { say } from './words.ts';
import type { Language, Word } from './words.ts';

/** How the wizard speaks with the installer. */
export interface Talk {
  readonly language: Language;
  tell(text: string): void;
  /** One line typed; rejects when the installer went away. */
  ask(question: string): Promise<string>;
}

export interface ProvedDoor {
  readonly number: number;
  readonly board: number;
  readonly lock: number;
  readonly closedBit: 0 | 1;
  readonly column: number;
  readonly row: number;
  readonly result: 'ok' | 'skipped' | 'faulty';
}

export interface Commissioned {
  readonly id: string;
  readonly definition: LockBoardDefinition;
  /** The bit most doors show when closed; doors that differ carry their own. */
  readonly closedBit: 0 | 1;
  readonly doors: readonly ProvedDoor[];
}

const DOOR_WAIT_MS: Millis = 60_000;
const EXPIRES_MS: Millis = 5_000;

/**
 * From found boards to proved doors [DV41] [DV42]: numbers doors, learns from one door that a hand opened which bit means
 * closed, then opens each door once, one at a time, each on the installer's word, and never again by itself.
 */
export async function commission(parts: {
  readonly boards: readonly FoundBoard[];
  readonly transport: Transport;
  readonly clock: Clock;
  readonly talk: Talk;
  readonly doorWaitMs?: Millis;
}): Promise<Commissioned> {
  const { boards, clock, talk } = parts;
  const [first] = boards;
  if (first === undefined) throw new RangeError('no boards');
  const doorWait = parts.doorWaitMs ?? DOOR_WAIT_MS;
  const line = watch(parts.transport, boards, clock);
  const tell = (word: Word, values?: Readonly<Record<string, string | number>>): void => {
    talk.tell(say(talk.language, word, values));
  };
  const ask = (word: Word, values?: Readonly<Record<string, string | number>>): Promise<string> =>
    talk.ask(say(talk.language, word, values));

  async function number(
    word: Word,
    values: Readonly<Record<string, number>>,
    from: number,
    to: number,
    usual: number,
  ): Promise<number> {
    for (;;) {
      const typed = (await ask(word, { ...values, value: usual })).trim();
      const value = typed === '' ? usual : Number(typed);
      if (Number.isInteger(value) && value >= from && value <= to) return value;
      tell('badNumber', { from, to });
    }
  }

  async function id(): Promise<string> {
    for (;;) {
      const typed = (await ask('askId', { value: 'bank-a' })).trim() || 'bank-a';
      if (/^[a-z0-9-]{1,32}$/.test(typed)) return typed;
      tell('badId');
    }
  }

  /** Until `look` finds something in the bits of a board, or time is up. */
  async function until<T>(address: number, look: (bits: LockBits) => T | undefined): Promise<T | undefined> {
    const end = clock.monotonic() + doorWait;
    for (;;) {
      const seen = look(line.bits(address));
      if (seen !== undefined || clock.monotonic() > end) return seen;
      await pause(clock, 50);
    }
  }

  /** One door opened by hand, or by one unlock the installer asked for, says which bit means closed. */
  async function learn(address: number, locks: readonly number[], numberOf: (lock: number) => number) {
    for (;;) {
      await ask('shutAll', { address });
      await line.fresh(address);
      const shut = line.bits(address);
      const [trial = 1] = locks;
      const typed = (await ask('openOne', { address, compartment: numberOf(trial) })).trim().toLowerCase();
      // The meaning of the bits is not known yet: what opened is judged by what changed, not by the driver's word.
      if (typed === 'y') void line.unlock(address, trial, 1, EXPIRES_MS);
      tell('waiting');
      const moved = await until(address, (bits) => {
        const seen = movedBetween(shut, bits);
        return seen.what === 'nothing' ? undefined : seen;
      });
      if (moved === undefined) tell('nothing');
      else if (moved.what === 'several') tell('several', { locks: moved.locks.join(', ') });
      else if (moved.what === 'one') {
        const { usual, reversed } = closedBits(moved.bit, shut, locks);
        tell('polarity', { address, bit: usual });
        if (reversed.length > 0) tell('reversed', { locks: reversed.join(', ') });
        tell('shutIt');
        await until(address, (bits) => (bits.get(moved.lock) === shut.get(moved.lock) ? true : undefined));
        return { usual, reversed };
      }
    }
  }

  type Plan = Omit<ProvedDoor, 'result'>;

  async function prove(door: Plan, all: readonly Plan[]): Promise<ProvedDoor['result']> {
    for (;;) {
      const typed = (await ask('prove', { compartment: door.number })).trim().toLowerCase();
      if (typed === 's') return 'skipped';
      if (typed === 'f') return 'faulty';
      await line.fresh(door.board);
      const before = line.bits(door.board);
      const result = await line.unlock(door.board, door.lock, door.closedBit, EXPIRES_MS);
      if (result.outcome === 'done') {
        tell('opened', { compartment: door.number });
        const shut = await until(door.board, (bits) =>
          bits.get(door.lock) === door.closedBit ? true : undefined,
        );
        tell(shut === true ? 'proved' : 'notShut', { compartment: door.number });
        return shut === true ? 'ok' : 'skipped';
      }
      await line.fresh(door.board);
      const moved = movedBetween(before, line.bits(door.board));
      const other =
        moved.what === 'one'
          ? all.find((each) => each.board === door.board && each.lock === moved.lock)
          : undefined;
      const answer =
        other === undefined
          ? await ask('failed', { compartment: door.number, reason: result.reason ?? result.outcome })
          : await ask('wrongDoor', { compartment: door.number, other: other.number });
      if (answer.trim().toLowerCase() !== 'r') return 'faulty';
    }
  }

  try {
    await line.ready;
    const bank = await id();
    const plans: Plan[] = [];
    let next = 1;
    let column = 1;
    const bitsOfBank: (0 | 1)[] = [];
    for (const board of boards) {
      const { address, definition } = board;
      const doors = await number(
        'askDoors',
        { address, locks: definition.capacity },
        1,
        definition.capacity,
        definition.capacity,
      );
      const start = await number('askFirst', { address }, 1, 65_535 - doors, next);
      const rows = await number('askRows', {}, 1, doors, Math.min(doors, 6));
      const locks = Array.from({ length: doors }, (_, index) => index + 1);
      const { usual, reversed } = await learn(address, locks, (lock) => start + lock - 1);
      bitsOfBank.push(usual);
      for (const lock of locks)
        plans.push({
          number: start + lock - 1,
          board: address,
          lock,
          closedBit: reversed.includes(lock) ? (usual === 1 ? 0 : 1) : usual,
          column: column + Math.floor((lock - 1) / rows),
          row: ((lock - 1) % rows) + 1,
        });
      next = start + doors;
      column += Math.ceil(doors / rows);
    }
    const doors: ProvedDoor[] = [];
    for (const plan of plans) doors.push({ ...plan, result: await prove(plan, plans) });
    const usual = bitsOfBank.filter((bit) => bit === 1).length * 2 >= bitsOfBank.length ? 1 : 0;
    return { id: bank, definition: first.definition, closedBit: usual, doors };
  } finally {
    await line.stop();
  }
}

/** The report an installer keeps: every door with what was seen. */
export function reportOf(done: Commissioned, language: Language, at: string): string {
  const lines = done.doors.map((door) =>
    say(language, 'result', {
      compartment: door.number,
      address: door.board,
      lock: door.lock,
      result: say(language, door.result),
    }),
  );
  return [
    `${say(language, 'report')} ${at}`,
    `${done.id}: ${done.definition.maker} ${done.definition.model}`,
    ...lines,
  ].join('\n');
}

function pause(clock: Clock, ms: Millis): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

interface Watch {
  readonly ready: Promise<void>;
  bits(address: number): LockBits;
  /** One new look at the whole board. */
  fresh(address: number): Promise<void>;
  unlock(address: number, lock: number, closedBit: 0 | 1, lifeMs: Millis): Promise<LineResult>;
  stop(): Promise<void>;
}

/** The ordinary scheduler of the gateway: its rules hold here too, a second pulse included. */
function watch(transport: Transport, boards: readonly FoundBoard[], clock: Clock): Watch {
  const seen = new Map<number, Map<number, 0 | 1 | undefined>>();
  let opened: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    opened = resolve;
  });
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
      onUnlock: () => undefined,
      onLost: () => undefined,
      onLine: (state) => {
        if (state.name === 'open') opened();
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
    stop: () => line.stop(),
  };
}
