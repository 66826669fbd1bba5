import { describe, expect, test } from 'vitest';
import {
  createRequestReader,
  statusReply,
  type Generation,
  type Heard,
} from '../../../../simulators/boards/kerong-codec.ts';
import { hexBytes, hexText } from '../../../support/hex.ts';
import kerong from '../../../vectors/kerong-cu48.json';

/** The simulator's own codec against the same vectors as the gateway's, sharing no code with it. */
function read(hex: string): Heard[] {
  const reader = createRequestReader();
  return [...hexBytes(hex)].flatMap((byte) => reader.push(byte) ?? []);
}
const flags = (numbers: readonly number[]): boolean[] =>
  Array.from({ length: 48 }, (_, index) => numbers.includes(index + 1));

describe('the simulated board reads and writes the vectors', () => {
  test.each(kerong.frames.filter((vector) => ['query', 'unlock', 'unlock-many'].includes(vector.kind)))(
    '$name is heard as $kind',
    (vector) => {
      expect(read(vector.hex)).toMatchObject([
        {
          kind: vector.kind,
          board: vector.address,
          lock: 'lock' in vector ? vector.lock : 0,
          generation: vector.generation,
        },
      ]);
    },
  );

  test.each(kerong.frames.filter((vector) => vector.kind === 'status'))(
    '$name is what it answers',
    (vector) => {
      const items = 'itemsSet' in vector ? flags(vector.itemsSet) : [];
      const bits = 'bitsSet' in vector ? flags(vector.bitsSet) : [];
      expect(hexText(statusReply(vector.generation as Generation, vector.address, bits, items))).toBe(
        vector.hex,
      );
    },
  );

  test.each(kerong.bad)('$name moves nothing: $reason', (vector) => {
    expect(read(vector.hex).filter((heard) => heard.kind !== 'other')).toEqual([]);
  });

  test('noise before a request is passed over', () => {
    expect(read('02 02 00 FF 02 00 00 51 03 56')).toMatchObject([{ kind: 'unlock', board: 0, lock: 1 }]);
  });
});
