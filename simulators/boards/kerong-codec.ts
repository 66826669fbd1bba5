/**
 * KERONG CU48 frames as the board sees them, written by hand from tests/vectors/kerong-cu48.json.
 * It shares nothing with the gateway's frame tables: a wrong table must not cancel itself out.
 */

export type Generation = 'cu48' | 'cu48-ir';

export interface Heard {
  readonly kind: 'query' | 'unlock' | 'unlock-many' | 'other';
  readonly board: number;
  /** From 1; 0 where the frame names none. */
  readonly lock: number;
  readonly generation: Generation;
  readonly bytes: readonly number[];
}

/** Commands of six bytes: 02 ADDR LOCK CMD 03 SUM. */
const COMMANDS: Readonly<
  Record<number, { readonly kind: 'query' | 'unlock'; readonly generation: Generation }>
> = {
  0x50: { kind: 'query', generation: 'cu48' },
  0x51: { kind: 'unlock', generation: 'cu48' },
  0x60: { kind: 'query', generation: 'cu48-ir' },
  0x61: { kind: 'unlock', generation: 'cu48-ir' },
};

export interface RequestReader {
  /** Takes one byte as it arrives; a request when this byte completes one. */
  push(byte: number): Heard | undefined;
}

/** Reads requests byte by byte; a wrong sum moves the window on by one byte. */
export function createRequestReader(): RequestReader {
  let window: number[] = [];
  return {
    push: (byte) => {
      window = [...window, byte].slice(-6);
      const heard = understand(window);
      if (heard !== undefined) window = [];
      return heard;
    },
  };
}

function understand(window: readonly number[]): Heard | undefined {
  const [start, board, lock, command, end, sum] = window;
  if (start !== 0x02 || board === undefined || lock === undefined || command === undefined || end !== 0x03)
    return undefined;
  if (((start + board + lock + command + end) & 0xff) !== sum) return undefined;
  const known = COMMANDS[command];
  if (known === undefined) return undefined;
  const { kind, generation } = known;
  const bytes = [...window];
  if (kind === 'query')
    return { kind: board > 0x09 || lock !== 0 ? 'other' : 'query', board, lock: 0, generation, bytes };
  if (board === 0x0a || lock === 0x30) return { kind: 'unlock-many', board, lock: 0, generation, bytes };
  if (board > 0x09 || lock > 0x2f) return { kind: 'other', board, lock: 0, generation, bytes };
  return { kind: 'unlock', board, lock: lock + 1, generation, bytes };
}

/**
 * A status reply. `bits[0]` is lock 1; `items` only for the newer generation.
 * 12 bytes: 02 ADDR 00 65 D1..D6 03 SUM; 18 bytes: 02 ADDR 00 75 H1..H6 I1..I6 03 SUM.
 */
export function statusReply(
  generation: Generation,
  board: number,
  bits: readonly boolean[],
  items: readonly boolean[],
): number[] {
  const body =
    generation === 'cu48'
      ? [0x02, board, 0x00, 0x65, ...pack(bits), 0x03]
      : [0x02, board, 0x00, 0x75, ...pack(bits), ...pack(items), 0x03];
  return [...body, body.reduce((sum, byte) => (sum + byte) & 0xff, 0)];
}

function pack(bits: readonly boolean[]): number[] {
  return [0, 1, 2, 3, 4, 5].map((index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].reduce((byte, bit) => byte + (bits[index * 8 + bit] === true ? 2 ** bit : 0), 0),
  );
}
