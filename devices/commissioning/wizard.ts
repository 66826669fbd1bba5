import type { QuestionWord, ToldWord, WordValues } from '../../contract/commissioning.ts';
import type { Clock, Millis } from '../../contract/ports.ts';
import type { LockBoardDefinition } from '../definitions/definition.ts';
import type { LockBits } from '../drivers/lock-bits.ts';
import type { Transport } from '../transports/transport.ts';
import { WentAway } from './find-boards.ts';
import type { FoundBoard } from './find-boards.ts';
import { closedBits, movedBetween } from './polarity.rules.ts';
import {
  boardsChanged,
  closedBitOf,
  doorsOf,
  forgetBoard,
  locksOf,
  nextNumber,
  numbersTaken,
  usualBit,
  withBoard,
} from './progress.rules.ts';
import type { BoardProgress, Progress } from './progress.rules.ts';
import { watch } from './watch.ts';

/** How the wizard speaks with the installer: in words and values, which a terminal or a page puts into sentences. */
export interface Talk {
  tell(word: ToldWord, values?: WordValues): void;
  /** One answer; rejects when the installer went away. */
  ask(word: QuestionWord, values?: WordValues): Promise<string>;
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

export interface WizardParts {
  readonly boards: readonly FoundBoard[];
  /** Name of the line in progress that is kept. */
  readonly line: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly talk: Talk;
  /** What the bank is likely called. */
  readonly suggested?: string | undefined;
  /** How far an earlier run came. */
  readonly before?: Progress | undefined;
  /** Called after every step that should outlive a stop [DV45]. */
  readonly keep?: (progress: Progress) => void;
  readonly onPulse?: () => void;
  /** The installer went away: whatever waits for a door ends. */
  readonly gone?: () => boolean;
  readonly doorWaitMs?: Millis;
}

const DOOR_WAIT_MS: Millis = 60_000;
const EXPIRES_MS: Millis = 5_000;

/**
 * From found boards to proved doors [DV41] [DV42]: numbers doors, learns from one door that a hand opened which bit means
 * closed, then opens each door once, one at a time, each on the installer's word, and never again by itself. It goes on
 * where an earlier run was stopped, if the boards are still the same [DV45].
 */
export async function commission(parts: WizardParts): Promise<Commissioned> {
  const { boards, clock, talk } = parts;
  const [first] = boards;
  if (first === undefined) throw new RangeError('no boards');
  const doorWait = parts.doorWaitMs ?? DOOR_WAIT_MS;
  const line = watch(parts.transport, boards, clock, parts.onPulse);
  let progress: Progress = {
    line: parts.line,
    boards: boards.map(({ definition, address, baudRate }) => ({
      definition: definition.id,
      address,
      baudRate,
    })),
    results: {},
  };
  const advance = (next: Progress): void => {
    progress = next;
    parts.keep?.(next);
  };
  const boardAt = (address: number): BoardProgress | undefined =>
    progress.boards.find((each) => each.address === address);

  async function number(word: QuestionWord, values: WordValues, from: number, to: number, usual: number) {
    for (;;) {
      const typed = (await talk.ask(word, { ...values, value: usual, from, to })).trim();
      const value = typed === '' ? usual : Number(typed);
      if (Number.isInteger(value) && value >= from && value <= to) return value;
      talk.tell('badNumber', { from, to });
    }
  }

  async function id(): Promise<string> {
    for (;;) {
      const value = parts.suggested ?? 'bank-a';
      const typed = (await talk.ask('askId', { value })).trim() || value;
      if (/^[a-z0-9-]{1,32}$/.test(typed)) return typed;
      talk.tell('badId');
    }
  }

  /** Until `look` finds something in the bits of a board, or time is up. */
  async function until<T>(address: number, look: (bits: LockBits) => T | undefined): Promise<T | undefined> {
    const end = clock.monotonic() + doorWait;
    for (;;) {
      if (parts.gone?.() === true) throw new WentAway();
      const seen = look(line.bits(address));
      if (seen !== undefined || clock.monotonic() > end) return seen;
      await pause(clock, 50);
    }
  }

  /** Goes on with what an earlier run kept, if the boards are those of now and the installer wants to. */
  async function recall(): Promise<void> {
    const { before } = parts;
    if (before === undefined) return;
    const changed = boardsChanged(before, progress.boards);
    if (changed !== undefined) {
      talk.tell('boardsChanged', changed);
      await talk.ask('anew');
      return;
    }
    const proved = Object.keys(before.results).length;
    const typed = await talk.ask('goOn', { bank: before.bank ?? '', proved, doors: doorsOf(before).length });
    if (typed.trim().toLowerCase() === 'n') return;
    progress = before;
    for (const board of before.boards) if (board.switches !== undefined) await sameSwitches(board);
  }

  /** Another board of the same model shows itself by its shut doors [DV45]. */
  async function sameSwitches(board: BoardProgress): Promise<void> {
    const { address } = board;
    await talk.ask('shutAll', { address });
    await line.fresh(address);
    const bits = line.bits(address);
    const odd = locksOf(board).filter((lock) => bits.get(lock) !== closedBitOf(board, lock));
    if (odd.length === 0) return;
    talk.tell('doorsChanged', { address, locks: odd.join(', ') });
    advance(forgetBoard(progress, address));
  }

  async function numbering(address: number, capacity: number): Promise<void> {
    const doors = await number('askDoors', { address, locks: capacity }, 1, capacity, capacity);
    const usual = nextNumber(progress);
    let start = await number('askFirst', { address }, 1, 65_535 - doors, usual);
    while (numbersTaken(progress, address, start, doors)) {
      talk.tell('badNumber', { from: usual, to: 65_535 - doors });
      start = await number('askFirst', { address }, usual, 65_535 - doors, usual);
    }
    const rows = await number('askRows', { address }, 1, doors, Math.min(doors, 6));
    advance(withBoard(progress, address, { numbering: { doors, first: start, rows } }));
  }

  /** One door opened by hand, or by one unlock the installer asked for, says which bit means closed. */
  async function learn(address: number, locks: readonly number[], start: number): Promise<void> {
    for (;;) {
      await talk.ask('shutAll', { address });
      await line.fresh(address);
      const shut = line.bits(address);
      const [trial = 1] = locks;
      const values = { address, lock: trial, compartment: start + trial - 1 };
      const typed = (await talk.ask('openOne', values)).trim().toLowerCase();
      // The meaning of the bits is not known yet: what opened is judged by what changed, not by the driver's word.
      if (typed === 'y') void line.unlock(address, trial, 1, EXPIRES_MS);
      talk.tell('waiting');
      const moved = await until(address, (bits) => {
        const seen = movedBetween(shut, bits);
        return seen.what === 'nothing' ? undefined : seen;
      });
      if (moved === undefined) talk.tell('nothing');
      else if (moved.what === 'several') talk.tell('several', { locks: moved.locks.join(', ') });
      else if (moved.what === 'one') {
        const switches = closedBits(moved.bit, shut, locks);
        talk.tell('polarity', { address, bit: switches.usual });
        if (switches.reversed.length > 0) talk.tell('reversed', { locks: switches.reversed.join(', ') });
        talk.tell('shutIt');
        await until(address, (bits) => (bits.get(moved.lock) === shut.get(moved.lock) ? true : undefined));
        advance(withBoard(progress, address, { switches }));
        return;
      }
    }
  }

  type Plan = Omit<ProvedDoor, 'result'>;

  async function prove(door: Plan, all: readonly Plan[]): Promise<ProvedDoor['result']> {
    const named = { compartment: door.number, address: door.board, lock: door.lock };
    for (;;) {
      const typed = (await talk.ask('prove', named)).trim().toLowerCase();
      if (typed === 's') return 'skipped';
      if (typed === 'f') return 'faulty';
      await line.fresh(door.board);
      const before = line.bits(door.board);
      const result = await line.unlock(door.board, door.lock, door.closedBit, EXPIRES_MS);
      if (result.outcome === 'done') {
        talk.tell('opened', named);
        const shut = await until(door.board, (bits) =>
          bits.get(door.lock) === door.closedBit ? true : undefined,
        );
        talk.tell(shut === true ? 'proved' : 'notShut', named);
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
          ? await talk.ask('failed', { ...named, reason: result.reason ?? result.outcome })
          : await talk.ask('wrongDoor', { ...named, other: other.number });
      if (answer.trim().toLowerCase() !== 'r') return 'faulty';
    }
  }

  try {
    await line.ready;
    await recall();
    if (progress.bank === undefined) advance({ ...progress, bank: await id() });
    for (const { address, definition } of boards) {
      if (boardAt(address)?.numbering === undefined) await numbering(address, definition.capacity);
      const board = boardAt(address);
      if (board?.switches === undefined && board?.numbering !== undefined)
        await learn(address, locksOf(board), board.numbering.first);
    }
    const plans = doorsOf(progress);
    for (const plan of plans) {
      if (progress.results[String(plan.number)] !== undefined) continue;
      const result = await prove(plan, plans);
      advance({ ...progress, results: { ...progress.results, [String(plan.number)]: result } });
    }
    return {
      id: progress.bank ?? '',
      definition: first.definition,
      closedBit: usualBit(progress),
      doors: doorsOf(progress).map((door) => ({ ...door, result: door.result ?? 'skipped' })),
    };
  } finally {
    await line.stop();
  }
}

function pause(clock: Clock, ms: Millis): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
