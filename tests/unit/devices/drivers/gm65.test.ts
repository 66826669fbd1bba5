import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { genericLineScanner } from '../../../../devices/definitions/generic-line-scanner.device.ts';
import { gm65Scanner, gm65ScannerNoCrc } from '../../../../devices/definitions/gm65-scanner.device.ts';
import { createLineScanner } from '../../../../devices/drivers/scanner.ts';
import { createScannerTrigger } from '../../../../devices/drivers/scanner-trigger.ts';
import { createDecoder } from '../../../../devices/frames/decoder.ts';
import { encode, FrameRefused } from '../../../../devices/frames/encode.ts';
import { gm65Frames } from '../../../../devices/frames/gm65.frame.ts';
import { createMemoryTransport } from '../../../../devices/transports/memory.ts';
import { createGm65, readGm65Command } from '../../../../simulators/scanner/gm65.ts';
import { hexBytes, hexText } from '../../../support/hex.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';
import vectors from '../../../vectors/gm65.json';

const ACK = hexBytes(vectors.ack);
const text = (line: string): Uint8Array => new TextEncoder().encode(line);

describe('GM65 commands', () => {
  test.each(vectors.commands.filter(({ sent }) => sent))('[DV61] $name is made byte for byte', (vector) => {
    expect(hexText(encode(gm65Frames, vector.shape ?? '', {}))).toBe(vector.hex);
  });

  test('[DV61] nothing else can be made: a save is recognised and refused, settings and refused bytes are no frame', () => {
    for (const vector of vectors.commands.filter(({ sent }) => sent !== true)) {
      const decoder = createDecoder([gm65Frames]);
      const shapes = [...decoder.push(hexBytes(vector.hex)), ...decoder.flush()].map(({ shape }) => shape);
      expect(shapes, vector.name).toEqual(vector.shape === undefined ? [] : [vector.shape]);
      if (vector.shape !== undefined)
        expect(() => encode(gm65Frames, vector.shape ?? '', {})).toThrow(FrameRefused);
    }
  });

  test.each(vectors.commands)('[DV61] the simulated scanner reads "$name" as what it is', (vector) => {
    const { hex, says: kind, crc, refused: reason } = vector;
    expect(readGm65Command([...hexBytes(hex)])).toEqual(
      reason === undefined ? { kind, crc } : { kind: 'refused', reason },
    );
  });

  test('[DV60] the acknowledgement is a frame with a true CRC, and is what the definitions strip', () => {
    const [frame] = createDecoder([gm65Frames]).push(ACK);
    expect(frame).toMatchObject({ shape: 'ack' });
    for (const definition of [gm65Scanner, gm65ScannerNoCrc]) expect(definition.acks).toEqual([[...ACK]]);
  });
});

describe('what a GM65 sends', () => {
  test('[DV60] in any pieces: every acknowledgement is counted, every code is whole, none holds an acknowledgement', () => {
    const code = fc
      .string({ minLength: 1, maxLength: 40 })
      .filter((each) => ![...each].some((char) => char < ' ' || char === '\u007f'));
    fc.assert(
      fc.property(
        fc.uniqueArray(code, { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 }),
        fc.constantFrom(0, 1, 2),
        (codes, pieces, acks) => {
          const scanner = createLineScanner(gm65Scanner, createVirtualClock());
          const bytes = codes.flatMap((each) => [
            ...Array.from({ length: acks }, () => [...ACK]).flat(),
            ...text(`${each}\r`),
          ]);
          const found: string[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const size = pieces[turn % pieces.length] ?? 1;
            found.push(...scanner.push(Uint8Array.from(bytes.slice(at, at + size))));
            at += size;
          }
          expect(found).toEqual(codes);
          expect(scanner.stats()).toMatchObject({ acks: acks * codes.length, dropped: 0 });
        },
      ),
    );
  });

  test('[DV60] by exact match, not by length: seven other bytes in its place stay, and make no code', () => {
    const scanner = createLineScanner(gm65Scanner, createVirtualClock());
    expect(scanner.push(text('7654321UH1:A\r'))).toEqual(['7654321UH1:A']);
    expect(scanner.push(hexBytes('02 00 00 01 00 33 32 41 0D'))).toEqual([]);
    // Inside a code it is not stripped either: the code is spoilt and said to be so.
    expect(scanner.push(Uint8Array.from([...text('AB'), ...ACK, ...text('CD\r')]))).toEqual([]);
    expect(scanner.stats()).toMatchObject({ dropped: 2, acks: 0 });
    expect(scanner.droppedInARow()).toBe(2);
    expect(scanner.push(text('next\r'))).toEqual(['next']);
    expect(scanner.droppedInARow()).toBe(0);
  });

  test('[DV60] an acknowledgement long before its code does not hold it up', () => {
    const clock = createVirtualClock();
    const scanner = createLineScanner(gm65Scanner, clock);
    scanner.push(ACK.slice(0, 3));
    scanner.push(ACK.slice(3));
    clock.advance(4_000);
    expect(scanner.push(text('late\r'))).toEqual(['late']);
    expect(scanner.stats().dropped).toBe(0);
  });

  test('[DV62] the tail is what the scanner is set to: a tab, or nothing but a silence', () => {
    const tab = createLineScanner({ ...genericLineScanner, tail: 'tab' }, createVirtualClock());
    expect(tab.push(text('one\ttwo\t'))).toEqual(['one', 'two']);
    expect(tab.settle()).toEqual([]);
    const none = createLineScanner({ ...gm65Scanner, tail: 'none' }, createVirtualClock());
    expect(none.push(Uint8Array.from([...ACK, ...text('on')]))).toEqual([]);
    expect(none.push(text('e'))).toEqual([]);
    expect(none.settle()).toEqual(['one']);
    expect(none.settle()).toEqual([]);
  });
});

describe('a told scanner', () => {
  function told(answers: boolean) {
    const clock = createVirtualClock(1_000_000);
    const simulated = createGm65();
    const said: string[] = [];
    const transport = createMemoryTransport((bytes) => {
      said.push(...simulated.take(bytes).map(({ kind }) => kind));
      if (answers) trigger.acknowledged();
      return 'written';
    });
    transport.start({ onBytes: () => undefined, onState: () => undefined });
    const trigger = createScannerTrigger(
      transport,
      { frames: gm65Frames, message: 'trigger', ackWithinMs: 500 },
      clock,
    );
    return { clock, said, transport, trigger };
  }

  test('[DV61] one telling is one trigger, and nothing else ever leaves', async () => {
    const { clock, said, trigger } = told(true);
    const both = [trigger.look(clock.now() + 5_000), trigger.look(clock.now() + 5_000)];
    expect(await Promise.all(both)).toEqual([{ outcome: 'done' }, { outcome: 'done' }]);
    expect(said).toEqual(['trigger', 'trigger']);
    expect(await trigger.look(clock.now())).toEqual({ outcome: 'refused', reason: 'expired' });
    expect(said).toHaveLength(2);
  });

  test('[DV61] [DV62] one that does not answer is silent until it does; a pulled one is down', async () => {
    const { clock, said, transport, trigger } = told(false);
    const mute = trigger.look(clock.now() + 5_000);
    for (let step = 0; step < 20; step += 1) await Promise.resolve();
    clock.advance(500);
    expect(await mute).toEqual({ outcome: 'failed', reason: 'board-silent' });
    expect(said).toEqual(['trigger']);
    expect(trigger.silent()).toBe(true);
    trigger.heard();
    expect(trigger.silent()).toBe(false);
    transport.unplug('cable');
    expect(await trigger.look(clock.now() + 5_000)).toEqual({ outcome: 'failed', reason: 'line-down' });
  });
});
