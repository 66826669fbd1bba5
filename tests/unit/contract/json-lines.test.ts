import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createJsonLines } from '../../../contract/json-lines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('JSON, one value a line', () => {
  test('[SY13] any values come through whole, however the stream is cut, in the middle of a character too', () => {
    const values = fc.array(
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.dictionary(fc.string(), fc.boolean())),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 9 }), (wanted, size) => {
        const heard: unknown[] = [];
        const lines = createJsonLines(10_000, (value) => heard.push(value));
        const stream = bytes(wanted.map((value) => `${JSON.stringify(value)}\n`).join(''));
        for (let at = 0; at < stream.length; at += size)
          expect(lines.push(stream.slice(at, at + size))).toBe(true);
        expect(JSON.stringify(heard)).toBe(JSON.stringify(wanted));
      }),
    );
  });

  test('[SY13] what is not JSON is told as undefined; a line too long ends the stream for good', () => {
    const heard: unknown[] = [];
    const lines = createJsonLines(20, (value) => heard.push(value));
    expect(lines.push(bytes('nonsense\n{"a":1}\n'))).toBe(true);
    expect(lines.push(bytes('x'.repeat(15)))).toBe(true);
    expect(lines.push(bytes('x'.repeat(15)))).toBe(false);
    expect(lines.push(bytes('\n{"a":2}\n'))).toBe(false);
    expect(heard).toEqual([undefined, { a: 1 }]);
  });
});
