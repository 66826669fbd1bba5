import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gm65Scanner } from '../../../../devices/definitions/gm65-scanner.device.ts';
import { createLineScanner } from '../../../../devices/drivers/scanner.ts';
import { GM65_DONE, GM65_TRIGGER, gm65Write } from '../../../../devices/frames/gm65.ts';
import { createEngine } from '../../../../simulators/scanner/gm65.ts';
import { hexBytes } from '../../../support/hex.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';
import vectors from '../../../vectors/gm65.json';

const clock = createVirtualClock();
const engine = (): { hear: (hex: string) => unknown[]; said: number[] } => {
  const said: number[] = [];
  const made = createEngine(clock, (bytes) => said.push(...bytes));
  return { said, hear: (hex) => made.hear(hexBytes(hex)) };
};

describe('GM65', () => {
  test.each(vectors.writes)('[DV60] $name', ({ address, value, hex }) => {
    expect([...gm65Write(address, value)]).toEqual([...hexBytes(hex)]);
  });

  test('[DV60] the trigger and its answer are the maker’s', () => {
    expect([...GM65_TRIGGER]).toEqual([...hexBytes(vectors.writes[0]?.hex ?? '')]);
    expect([...GM65_DONE]).toEqual([...hexBytes(vectors.answer)]);
  });

  test.each(vectors.lines)('[DV14] $name, in any pieces', ({ hex, codes, answers }) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (size) => {
        const scanner = createLineScanner(gm65Scanner, clock);
        const bytes = hexBytes(hex);
        const found: string[] = [];
        for (let at = 0; at < bytes.length; at += size)
          found.push(...scanner.push(bytes.slice(at, at + size)));
        expect(found).toEqual(codes);
        expect(scanner.stats()).toMatchObject({ answers, dropped: 0 });
      }),
    );
  });

  test.each(vectors.refused)('[DV14] refused: $name', ({ hex, codes, dropped }) => {
    const scanner = createLineScanner(gm65Scanner, clock);
    expect(scanner.push(hexBytes(hex))).toEqual(codes);
    expect(scanner.stats()).toMatchObject({ dropped, answers: 0 });
  });

  test('[DV60] the simulated engine obeys the vectors: checked, unchecked, in pieces, behind noise', () => {
    const trigger = vectors.writes[0]?.hex ?? '';
    for (const hex of [trigger, '7E 00 08 01 00 02 01 AB CD', `55 7E 12 ${trigger}`]) {
      const { said, hear } = engine();
      expect(hear(hex)).toEqual([{ report: 'triggered' }]);
      expect(said).toEqual([...hexBytes(vectors.answer)]);
    }
    for (const { hex, reason } of vectors.commandsNotObeyed)
      expect(engine().hear(hex)).toEqual([{ report: 'bad-command', reason }]);
    const { hear } = engine();
    expect(trigger.split(' ').flatMap((byte) => hear(byte))).toEqual([{ report: 'triggered' }]);
  });
});
