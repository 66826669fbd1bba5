/**
 * A protocol as the board speaks it, written by hand from tests/vectors. Codecs share nothing with the gateway's
 * frame tables: a wrong table must not cancel itself out.
 */

export const MODELS = [
  'cu48',
  'cu48-ir',
  'cu16',
  '8a-12',
  '8a-24',
  '8a-32',
  'wkly',
  'winnsen',
  'modbus-relay',
] as const;
export type Model = (typeof MODELS)[number];

export interface Heard {
  readonly kind: 'query' | 'unlock' | 'unlock-many' | 'other';
  /** Address on the wire; `everyBoard` when the frame speaks to all of them. */
  readonly board: number;
  readonly everyBoard?: true;
  /** From 1; 0 = the whole board, or none named. */
  readonly lock: number;
  /** Models that understand this request. */
  readonly models: readonly Model[];
  readonly bytes: readonly number[];
}

export interface RequestReader {
  /** Takes one byte as it arrives; a request when this byte completes one. */
  push(byte: number): Heard | undefined;
}

/** What a board says of itself: `bits[0]` is lock 1, as the door switch shows it. */
export interface Shown {
  readonly model: Model;
  readonly address: number;
  readonly bits: readonly boolean[];
  readonly items: readonly boolean[];
}

export interface BoardCodec {
  readonly models: readonly Model[];
  createReader(): RequestReader;
  /** Reply to a query about one lock, or about the whole board when `lock` is 0. */
  status(shown: Shown, lock: number, request: readonly number[]): number[];
  /** What this board says after an unlock; left out where it never says anything. */
  readonly unlockReply?: (shown: Shown, lock: number, request: readonly number[]) => number[];
  /** Unasked word about a lock that moved; `header` where makers differ. */
  readonly push?: (shown: Shown, lock: number, header: number | undefined) => number[];
}

/**
 * Reads requests byte by byte: whenever the last bytes are a whole request it is taken, whatever noise stood before it.
 * @param lengths of requests, longest first
 */
export function windowReader(
  lengths: readonly number[],
  understand: (bytes: readonly number[]) => Heard | undefined,
): RequestReader {
  const longest = Math.max(...lengths);
  let held: number[] = [];
  return {
    push: (byte) => {
      held = [...held, byte].slice(-longest);
      for (const length of lengths) {
        if (held.length < length) continue;
        const heard = understand(held.slice(-length));
        if (heard === undefined) continue;
        held = [];
        return heard;
      }
      return undefined;
    },
  };
}

/** Eight flags a byte, the lowest bit first. */
export function packBits(bits: readonly boolean[], bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].reduce((byte, bit) => byte + (bits[index * 8 + bit] === true ? 2 ** bit : 0), 0),
  );
}

export const sumOf = (bytes: readonly number[]): number =>
  bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0);
export const xorOf = (bytes: readonly number[]): number => bytes.reduce((check, byte) => check ^ byte, 0);
