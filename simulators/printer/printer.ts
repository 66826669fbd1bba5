import type { Clock } from '../../contract/ports.ts';
import { createEscposDecoder, type Printed, type SlipLine } from './escpos-decoder.ts';
import type { PrinterConfig, PrinterOrder, PrinterReport } from './printer.config.ts';

/** A printer: bytes in, paper and status bytes out. */
export interface SimulatedPrinter {
  receive(bytes: Uint8Array): void;
  order(order: PrinterOrder): void;
}

const DLE = 0x10;
/** DLE DC4 8 with its fixed tail clears the buffer; DLE ENQ 2 leaves an error. */
const CLEAR = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];

export function createPrinter(
  config: PrinterConfig,
  parts: {
    readonly clock: Clock;
    write(bytes: Uint8Array): void;
    readonly report: (report: PrinterReport) => void;
  },
): SimulatedPrinter {
  const { clock, report } = parts;
  const decoder = createEscposDecoder();
  let { paper, cover, linesLeft } = config;
  let cutterStuck = false;
  let power = true;
  let buffer: Uint8Array<ArrayBuffer> = new Uint8Array();
  let early: number[] = [];
  let busy = false;
  let wasStopped: string | undefined;
  let slip: { lines: SlipLine[]; qr: { data: string; dots: number; level: string }[]; rasters: object[] } =
    emptySlip();

  function emptySlip(): typeof slip {
    return { lines: [], qr: [], rasters: [] };
  }

  /** Why the paper does not move, or undefined. */
  function stop(): 'paper' | 'cover' | 'cutter' | 'power' | undefined {
    if (!power) return 'power';
    if (cover === 'open') return 'cover';
    if (paper === 'out') return 'paper';
    return cutterStuck ? 'cutter' : undefined;
  }

  /** DLE EOT n: one status byte, at once. */
  function answer(kind: number): void {
    if (!power) return;
    const fixed = 0x12;
    const values: Record<number, number> = {
      1: fixed | (stop() === undefined ? 0 : 0x08),
      2: fixed | (cover === 'open' ? 0x04 : 0) | (paper === 'out' ? 0x20 : 0) | (cutterStuck ? 0x40 : 0),
      3: fixed | (cutterStuck ? 0x08 : 0),
      4: fixed | (paper === 'ok' ? 0 : 0x0c) | (paper === 'out' ? 0x60 : 0),
    };
    const value = values[kind];
    if (value !== undefined) parts.write(Uint8Array.of(value));
  }

  /** Takes real-time commands out of the stream as it arrives, in the middle of anything. */
  function hear(byte: number): void {
    early.push(byte);
    for (;;) {
      const [first, second] = early;
      if (first === undefined) return;
      if (first !== DLE) {
        buffer = Uint8Array.of(...buffer, ...early.splice(0, 1));
        continue;
      }
      if (second === undefined) return;
      if (second === 0x04 || second === 0x05) {
        if (early.length < 3) return;
        const [, , kind = 0] = early.splice(0, 3);
        if (second === 0x04) answer(kind);
        continue;
      }
      if (CLEAR.every((each, index) => early[index] === each)) {
        early.splice(0, CLEAR.length);
        report({ report: 'cleared', bytes: buffer.length, t: clock.monotonic() });
        buffer = new Uint8Array();
        decoder.reset();
        slip = emptySlip();
        continue;
      }
      if (early.length < CLEAR.length && early.every((each, index) => each === CLEAR[index])) return;
      buffer = Uint8Array.of(...buffer, ...early.splice(0, 1));
    }
  }

  /** Puts what is complete on the paper, a line at a time, until something stops it. */
  function work(): void {
    if (busy) return;
    for (;;) {
      const why = stop();
      if (why !== undefined) {
        if (buffer.length > 0 && wasStopped !== why) report({ report: 'stopped', why, t: clock.monotonic() });
        wasStopped = buffer.length > 0 ? why : undefined;
        return;
      }
      wasStopped = undefined;
      const step = decoder.next(buffer);
      if (step === undefined) return;
      buffer = buffer.slice(step.used);
      if (step.printed === undefined) continue;
      const rows = put(step.printed);
      if (rows === 0) continue;
      busy = true;
      clock.after(rows * config.lineMs, () => {
        busy = false;
        if (linesLeft !== null) {
          linesLeft = Math.max(0, linesLeft - rows);
          if (linesLeft === 0) paper = 'out';
        }
        work();
      });
      return;
    }
  }

  /** @returns rows of paper it took */
  function put(printed: Printed): number {
    const t = clock.monotonic();
    switch (printed.what) {
      case 'line':
        slip.lines.push(printed.line);
        report({ report: 'line', text: printed.line.text, t });
        return 1;
      case 'qr':
        slip.qr.push({ data: printed.data, dots: printed.dots, level: printed.level });
        return 8;
      case 'raster':
        slip.rasters.push({
          width: printed.width,
          height: printed.height,
          data: Buffer.from(printed.data).toString('base64'),
        });
        return 1;
      case 'feed':
        return 0;
      case 'cut':
        report({ report: 'slip', ...slip, t } as PrinterReport);
        slip = emptySlip();
        return 0;
      case 'paper-query':
        parts.write(Uint8Array.of(paper === 'ok' ? 0x00 : 0x03));
        return 0;
      case 'unreadable':
        report({ report: 'unreadable', hex: printed.hex, t });
        return 0;
    }
  }

  return {
    receive: (bytes) => {
      if (!power) return;
      for (const byte of bytes) hear(byte);
      work();
    },
    order: (order) => {
      switch (order.do) {
        case 'paper':
          paper = order.is;
          linesLeft = order.linesLeft;
          break;
        case 'cover':
          cover = order.is;
          break;
        case 'cutter':
          cutterStuck = order.stuck;
          break;
        case 'power':
          power = order.on;
          if (!power) {
            buffer = new Uint8Array();
            early = [];
            decoder.reset();
            slip = emptySlip();
          }
          break;
      }
      work();
    },
  };
}
