/** What door switches tell before and after a hand moved one door. Pure [DV41]. */

type Bits = ReadonlyMap<number, 0 | 1 | undefined>;

export type Moved =
  | { readonly what: 'nothing' }
  /** One lock changed: the bit it shows now means what the hand just did. */
  | { readonly what: 'one'; readonly lock: number; readonly bit: 0 | 1 }
  | { readonly what: 'several'; readonly locks: readonly number[] };

/** Locks whose bit differs between two looks. */
export function movedBetween(before: Bits, after: Bits): Moved {
  const changed = [...after].flatMap(([lock, bit]) => {
    const was = before.get(lock);
    return bit !== undefined && was !== undefined && bit !== was ? [{ lock, bit }] : [];
  });
  const [only] = changed;
  if (only === undefined) return { what: 'nothing' };
  return changed.length === 1
    ? { what: 'one', ...only }
    : { what: 'several', locks: changed.map((each) => each.lock) };
}

/**
 * The bit that means closed, by lock, once one door was seen open and all others are shut: the board's usual bit is the
 * opposite of what the open door showed; a shut door that shows the other one is wired the other way round.
 * @param shut what the wired locks show with every door shut
 */
export function closedBits(
  openBit: 0 | 1,
  shut: Bits,
  locks: readonly number[],
): { readonly usual: 0 | 1; readonly reversed: readonly number[] } {
  const usual = openBit === 1 ? 0 : 1;
  return { usual, reversed: locks.filter((lock) => shut.get(lock) === openBit) };
}
