import type { CommissionedDoor, DoorResult } from '../../contract/commissioning.ts';

/** How far a wizard has come: what was found, numbered, decided and proved. Plain data, pure rules [DV45]. */

export interface BoardProgress {
  readonly definition: string;
  readonly address: number;
  readonly baudRate: number;
  readonly numbering?: { readonly doors: number; readonly first: number; readonly rows: number } | undefined;
  readonly switches?: { readonly usual: 0 | 1; readonly reversed: readonly number[] } | undefined;
}

export interface Progress {
  readonly line: string;
  readonly bank?: string | undefined;
  readonly boards: readonly BoardProgress[];
  /** By door number. */
  readonly results: Readonly<Record<string, DoorResult>>;
}

type Found = Pick<BoardProgress, 'definition' | 'address' | 'baudRate'>;

const nameOf = ({ definition, address, baudRate }: Found): string =>
  `${definition} ${String(address)} (${String(baudRate)})`;

/** Boards that were there and are not, or are and were not; undefined when nothing changed. */
export function boardsChanged(
  progress: Progress,
  found: readonly Found[],
): { readonly before: string; readonly now: string } | undefined {
  const list = (boards: readonly Found[]): string => boards.map(nameOf).sort().join(', ');
  const [before, now] = [list(progress.boards), list(found)];
  return before === now ? undefined : { before, now };
}

export function locksOf(board: BoardProgress): number[] {
  return Array.from({ length: board.numbering?.doors ?? 0 }, (_, index) => index + 1);
}

export function closedBitOf(board: BoardProgress, lock: number): 0 | 1 {
  const usual = board.switches?.usual ?? 0;
  return board.switches?.reversed.includes(lock) === true ? (usual === 1 ? 0 : 1) : usual;
}

/** Doors of a finished or half-finished numbering: columns go on from board to board. */
export function doorsOf(progress: Progress): CommissionedDoor[] {
  let column = 1;
  return progress.boards.flatMap((board) => {
    const { numbering } = board;
    if (numbering === undefined || board.switches === undefined) return [];
    const { doors, first, rows } = numbering;
    const start = column;
    column += Math.ceil(doors / rows);
    return locksOf(board).map((lock): CommissionedDoor => {
      const number = first + lock - 1;
      const result = progress.results[String(number)];
      return {
        number,
        board: board.address,
        lock,
        closedBit: closedBitOf(board, lock),
        column: start + Math.floor((lock - 1) / rows),
        row: ((lock - 1) % rows) + 1,
        ...(result === undefined ? {} : { result }),
      };
    });
  });
}

/** The first number that no earlier board has taken. */
export function nextNumber(progress: Progress): number {
  return progress.boards.reduce(
    (next, { numbering }) => (numbering === undefined ? next : numbering.first + numbering.doors),
    1,
  );
}

/** Whether these numbers are free; two doors of one number cannot be told apart at a kiosk. */
export function numbersTaken(progress: Progress, address: number, first: number, doors: number): boolean {
  return progress.boards.some(
    ({ address: other, numbering }) =>
      other !== address &&
      numbering !== undefined &&
      first < numbering.first + numbering.doors &&
      numbering.first < first + doors,
  );
}

/** One board changed; everything else stays. */
export function withBoard(progress: Progress, address: number, change: Partial<BoardProgress>): Progress {
  return {
    ...progress,
    boards: progress.boards.map((board) => (board.address === address ? { ...board, ...change } : board)),
  };
}

/** The switches of a board are to be learnt again: what was proved with the old meaning is not proved. */
export function forgetBoard(progress: Progress, address: number): Progress {
  const numbers = doorsOf(progress).flatMap((door) => (door.board === address ? [String(door.number)] : []));
  const results = Object.fromEntries(
    Object.entries(progress.results).filter(([number]) => !numbers.includes(number)),
  );
  return { ...withBoard(progress, address, { switches: undefined }), results };
}

/** The bit most boards show for a closed door. */
export function usualBit(progress: Progress): 0 | 1 {
  const bits = progress.boards.flatMap(({ switches }) => (switches === undefined ? [] : [switches.usual]));
  return bits.filter((bit) => bit === 1).length * 2 >= bits.length ? 1 : 0;
}
