import type { LockReadingForm } from '../definitions/definition.ts';
import type { DecodedFrame } from '../frames/frame-table.ts';

/** The bit each lock of a board shows, by lock number from 1; undefined where the board itself cannot tell. A lock that is not in it was not looked at. */
export type LockBits = ReadonlyMap<number, 0 | 1 | undefined>;

/** True when the lock's bit is not the one that means closed [DV20]. */
export function isOpen(bit: 0 | 1, closedBit: 0 | 1): boolean {
  return bit !== closedBit;
}

/** What a status or a push says. `wireOffset` is what the wire adds to a lock number. */
export function lockBits(form: LockReadingForm, frame: DecodedFrame, wireOffset: number): LockBits {
  const bitOf = (value: number | undefined): 0 | 1 | undefined =>
    value === form.one ? 1 : value === form.zero ? 0 : undefined;
  switch (form.as) {
    case 'one-lock':
      return new Map([[(frame.numbers.lock ?? 0) - wireOffset, bitOf(frame.numbers.state)]]);
    case 'bytes':
      return new Map([...(frame.bytes[form.field] ?? [])].map((byte, index) => [index + 1, bitOf(byte)]));
    case 'bits':
      return new Map(
        [...(frame.bytes[form.field] ?? [])].flatMap((byte, index) =>
          EIGHT.map((bit) => [index * 8 + bit + 1, bitOf((byte >> bit) & 1)] as const),
        ),
      );
  }
}

const EIGHT = [0, 1, 2, 3, 4, 5, 6, 7] as const;
