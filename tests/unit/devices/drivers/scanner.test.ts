import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { genericLineScanner } from '../../../../devices/definitions/generic-line-scanner.device.ts';
import { createLineScanner } from '../../../../devices/drivers/scanner.ts';
import { scanBytes } from '../../../../simulators/scanner/scanner.ts';
import { hexBytes } from '../../../support/hex.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';
import vectors from '../../../vectors/scanner.json';

function scanner() {
  const clock = createVirtualClock();
  return { clock, scanner: createLineScanner(genericLineScanner, clock) };
}
const text = (line: string): Uint8Array => new TextEncoder().encode(line);

describe('the line scanner', () => {
  test.each(vectors.lines)('[DV14] $name', ({ hex, codes }) => {
    expect(scanner().scanner.push(hexBytes(hex))).toEqual(codes);
    const byByte = scanner().scanner;
    expect([...hexBytes(hex)].flatMap((byte) => byByte.push(Uint8Array.of(byte)))).toEqual(codes);
  });

  test('[DV14] any readable code comes through, acknowledged or not, however it is cut', () => {
    const code = fc
      .string({ minLength: 1, maxLength: 100, unit: 'grapheme' })
      .filter((each) => ![...each].some((char) => char < ' ' || char === '\u007f'));
    fc.assert(
      fc.property(
        code,
        fc.boolean(),
        fc.constantFrom('cr' as const, 'lf' as const, 'crlf' as const),
        fc.integer({ min: 1, max: 7 }),
        (wanted, ack, tail, size) => {
          const { scanner: reader } = scanner();
          const bytes = scanBytes(wanted, { baudRate: 9_600, tail, ack });
          const found: string[] = [];
          for (let at = 0; at < bytes.length; at += size)
            found.push(...reader.push(bytes.slice(at, at + size)));
          expect(found).toEqual([wanted]);
        },
      ),
    );
  });

  test('[DV14] a line too long is dropped and the next code is whole', () => {
    const { scanner: reader } = scanner();
    expect(reader.push(text('x'.repeat(513)))).toEqual([]);
    expect(reader.push(text('y\rnext\r'))).toEqual(['next']);
    expect(reader.push(text(`${'z'.repeat(512)}\r`))).toEqual(['z'.repeat(512)]);
    expect(reader.stats()).toEqual({ scans: 2, repeats: 0, dropped: 1, acks: 0 });
  });

  test('[DV14] half a code is forgotten after half a second, or when the line is lost', () => {
    const { clock, scanner: reader } = scanner();
    reader.push(text('half'));
    clock.advance(501);
    expect(reader.push(text('whole\r'))).toEqual(['whole']);
    reader.push(text('half'));
    reader.reset();
    expect(reader.push(text('other\r'))).toEqual(['other']);
    expect(reader.stats().dropped).toBe(2);
  });

  test('[DV15] a code held in view is one scan; after two seconds without it, it is a new one', () => {
    const { clock, scanner: reader } = scanner();
    const found: string[] = [];
    for (let time = 0; time < 6_000; time += 500) {
      found.push(...reader.push(text('UH1:A\r')));
      clock.advance(500);
    }
    expect(found).toEqual(['UH1:A']);
    expect(reader.push(text('UH1:B\rUH1:A\r'))).toEqual(['UH1:B', 'UH1:A']);
    clock.advance(2_000);
    expect(reader.push(text('UH1:A\r'))).toEqual(['UH1:A']);
    expect(reader.stats().repeats).toBe(11);
  });
});
