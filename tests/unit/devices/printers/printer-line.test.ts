import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { PrintJob } from '../../../../contract/messages.ts';
import { escposPrinter, escposPrinterMute } from '../../../../devices/definitions/escpos-printer.device.ts';
import type { LineResult } from '../../../../devices/drivers/lock-line.ts';
import { createPrinterLine, type PrinterLine } from '../../../../devices/printers/printer-line.ts';
import { slipBytes } from '../../../../devices/printers/slip-bytes.ts';
import { createMemoryTransport, type MemoryTransport } from '../../../../devices/transports/memory.ts';
import type { WriteResult } from '../../../../devices/transports/transport.ts';
import {
  PrinterConfig,
  PrinterOrder,
  type PrinterReport,
} from '../../../../simulators/printer/printer.config.ts';
import { createPrinter, type SimulatedPrinter } from '../../../../simulators/printer/printer.ts';
import { createVirtualClock, type VirtualClock } from '../../../support/virtual-clock.ts';

/** The driver against the simulated printer, on a clock cranked by hand. */
let clock: VirtualClock;
let transport: MemoryTransport;
let printer: SimulatedPrinter;
let line: PrinterLine;
let reports: PrinterReport[];
let conditions: string[];
let writeEnds: ((bytes: Uint8Array) => WriteResult | Promise<WriteResult>) | undefined;

function build(config: Partial<z.input<typeof PrinterConfig>> = {}, definition = escposPrinter): void {
  clock = createVirtualClock();
  reports = [];
  conditions = [];
  writeEnds = undefined;
  transport = createMemoryTransport((bytes) => {
    if (writeEnds !== undefined) return writeEnds(bytes);
    printer.receive(bytes);
    return 'written';
  });
  printer = createPrinter(PrinterConfig.parse({ transport: { kind: 'tcp', port: 0 }, ...config }), {
    clock,
    write: (bytes) => {
      transport.feed(bytes);
    },
    report: (report) => reports.push(report),
  });
  line = createPrinterLine({
    transport,
    definition,
    clock,
    onCondition: () => {
      const { paper, cover, error = '-' } = line.condition();
      conditions.push(`${paper} ${cover} ${error}`);
    },
  });
}

beforeEach(() => {
  build();
});
afterEach(async () => {
  await line.stop();
});

const order = (what: z.input<typeof PrinterOrder>): void => {
  printer.order(PrinterOrder.parse(what));
};
const bytesOf = (text: string, rows = 10): Uint8Array =>
  slipBytes(
    PrintJob.parse({
      lines: Array.from({ length: rows }, (_, row) => ({
        kind: 'text',
        text: `${text} ${String(row)}`,
        size: 'normal',
        align: 'left',
      })),
    }),
    escposPrinter,
  ).bytes;
const print = (text = '号柜', rows = 10): { result(): LineResult | undefined } => {
  let result: LineResult | undefined;
  void line.print(bytesOf(text, rows), clock.now() + 5_000).then((ended) => {
    result = ended;
  });
  return { result: () => result };
};
const slips = (): (string | undefined)[] =>
  reports.flatMap((report) => (report.report === 'slip' ? [report.lines[0]?.text] : []));
const run = async (ms: number): Promise<void> => {
  for (let step = 0; step < ms; step += 10) await clock.advanceAsync(10);
};

describe('one printer', () => {
  test('[DV23] a slip comes out once and is done only when its last line is out', async () => {
    build({ lineMs: 50 });
    line.start();
    await run(100);
    const job = print();
    await run(300);
    expect(job.result()).toBeUndefined();
    expect(slips()).toEqual([]);
    await run(700);
    expect(job.result()).toEqual({ outcome: 'done' });
    expect(slips()).toEqual(['号柜 0']);
    expect(line.stats()).toEqual({ printed: 1, failed: 0, strayBytes: 0 });
  });

  test.each([
    [{ do: 'paper', is: 'out' }, 'paper-out', 'out closed -'],
    [{ do: 'cover', is: 'open' }, 'cover-open', 'ok open -'],
    [{ do: 'cutter', stuck: true }, 'printer-error', 'ok closed cutter'],
    [{ do: 'power', on: false }, 'printer-error', 'unknown unknown no-answer'],
  ] as const)(
    '[DV23] [DV25] %o before the slip: %s, not one byte of it is sent',
    async (what, reason, condition) => {
      line.start();
      await run(100);
      order(what);
      const job = print();
      await run(2_500);
      expect(job.result()).toEqual({ outcome: 'failed', reason });
      expect(conditions.at(-1)).toBe(condition);
      expect(reports.filter((report) => report.report === 'line' || report.report === 'slip')).toEqual([]);
    },
  );

  test('[DV23] [DV24] paper ends in the middle: named, and new paper does not bring out the rest', async () => {
    build({ lineMs: 50, linesLeft: 4 });
    line.start();
    await run(100);
    const job = print('甲');
    await run(1_000);
    expect(job.result()).toEqual({ outcome: 'failed', reason: 'paper-out' });
    expect(reports.some((report) => report.report === 'cleared' && report.bytes > 0)).toBe(true);
    order({ do: 'paper', is: 'ok' });
    await run(6_000);
    expect(slips()).toEqual([]);
    expect(conditions.at(-1)).toBe('ok closed -');
    const next = print('乙');
    await run(1_000);
    expect(next.result()).toEqual({ outcome: 'done' });
    expect(slips()).toEqual(['乙 0']);
  });

  test('[DV24] what an earlier run left in the printer is thrown away at the start', async () => {
    build({ paper: 'out' });
    printer.receive(bytesOf('昨天'));
    line.start();
    await run(200);
    order({ do: 'paper', is: 'ok' });
    await run(2_000);
    expect(slips()).toEqual([]);
  });

  test('[DV23] switched off in the middle: unknown after the longest time, and the line goes on', async () => {
    build({ lineMs: 100 });
    line.start();
    await run(100);
    const job = print('甲', 30);
    await run(500);
    order({ do: 'power', on: false });
    await run(17_000);
    expect(job.result()).toEqual({ outcome: 'unknown' });
    order({ do: 'power', on: true });
    await run(6_000);
    const next = print('乙', 3);
    await run(1_000);
    expect(next.result()).toEqual({ outcome: 'done' });
    expect(slips()).toEqual(['乙 0']);
  });

  test('[DV23] the line is lost: before the slip failed, in the middle unknown', async () => {
    build({ lineMs: 100 });
    line.start();
    await run(100);
    const first = print('甲');
    await run(300);
    transport.unplug('cable');
    await run(100);
    expect(first.result()).toEqual({ outcome: 'unknown', reason: 'line-down' });
    expect(conditions.at(-1)).toBe('unknown unknown line-down');
    const second = print('乙');
    await run(100);
    expect(second.result()).toEqual({ outcome: 'failed', reason: 'line-down' });
    transport.plug();
    await run(3_000);
    expect(slips()).toEqual([]);
    expect(conditions.at(-1)).toBe('ok closed -');
  });

  test('[DV23] two slips take turns; one whose time is over when its turn comes is not printed', async () => {
    build({ lineMs: 700 });
    line.start();
    await run(100);
    const first = print('甲');
    const second = print('乙');
    await run(20_000);
    expect(first.result()).toEqual({ outcome: 'done' });
    expect(second.result()).toEqual({ outcome: 'refused', reason: 'expired' });
    expect(slips()).toEqual(['甲 0']);
  });

  test('[DV23] a printer that takes no more bytes ends as unknown and what waits is taken back', async () => {
    line.start();
    await run(100);
    writeEnds = (bytes) => {
      if (bytes.length > 20) return new Promise<WriteResult>(() => undefined);
      printer.receive(bytes);
      return 'written';
    };
    const job = print();
    await run(16_000);
    expect(job.result()).toEqual({ outcome: 'unknown' });
    expect(transport.discards()).toBe(1);
  });

  test('[DV25] changes are known within 6 s without a slip, and said once', async () => {
    line.start();
    await run(100);
    conditions = [];
    order({ do: 'paper', is: 'near-end' });
    await run(6_000);
    order({ do: 'cover', is: 'open' });
    await run(6_000);
    order({ do: 'cover', is: 'closed' });
    order({ do: 'paper', is: 'ok' });
    await run(6_000);
    expect(conditions).toEqual(['near-end closed -', 'near-end open -', 'ok closed -']);
  });

  test('[DV25] a printer without answers prints; its paper is unknown, never "ok"', async () => {
    build({}, escposPrinterMute);
    order({ do: 'paper', is: 'ok' });
    line.start();
    const job = print();
    await run(1_000);
    expect(job.result()).toEqual({ outcome: 'done' });
    expect(slips()).toEqual(['号柜 0']);
    expect(new Set(conditions)).toEqual(new Set(['unknown unknown -']));
  });

  test.each([0x00, 0x0a, 0x60])(
    '[DV23] a stray byte %i that looks like the end mark, from a printer that fell silent, is no end',
    async (stray) => {
      line.start();
      await clock.advanceAsync(6_000);
      writeEnds = (bytes) => {
        // The slip is the only long write: it is swallowed, and nothing is answered any more.
        if (bytes.length > 40) clock.after(200, () => transport.feed(Uint8Array.of(stray)));
        return 'written';
      };
      let result: LineResult | undefined;
      void line.print(bytesOf('lost'), clock.now() + 20_000).then((ended) => {
        result = ended;
      });
      // The printer still answers the look before the slip.
      const swallow = writeEnds;
      writeEnds = (bytes) => {
        if (bytes.length > 40) writeEnds = swallow;
        else printer.receive(bytes);
        return bytes.length > 40 ? swallow(bytes) : 'written';
      };
      for (let step = 0; step < 300 && result === undefined; step += 1) await clock.advanceAsync(100);
      expect(result?.outcome).toBe('unknown');
    },
  );
});
