import type { PrinterDefinition } from './definition.ts';

/**
 * A receipt printer for 80 mm paper (576 dots) that speaks ESC/POS with a Chinese font:
 * Epson TM with Chinese ROM, Xprinter, Gprinter, SNBC, Sunmi and most others.
 */
export const escposPrinter: PrinterDefinition = {
  kind: 'escpos-printer',
  id: 'escpos-printer',
  maker: 'generic',
  model: 'ESC/POS 80 mm',
  baudRate: 19_200,
  columns: 48,
  // A locker grant is version 7 to 10 (45 to 57 modules): 342 dots at most, about 43 mm.
  qrDots: 6,
  qrAs: 'command',
  status: 'real-time',
  timings: {
    statusTimeoutMs: 500,
    // Trouble is to be known within 5 s, two lost answers of half a second included.
    pollMs: 3_500,
    printPollMs: 300,
    // The hall waits 20 s for the outcome.
    printTimeoutMs: 15_000,
  },
};

/** The same for 58 mm paper (384 dots). */
export const escposPrinter58: PrinterDefinition = {
  ...escposPrinter,
  id: 'escpos-printer-58',
  model: 'ESC/POS 58 mm',
  columns: 32,
};

/** A cheap 58 mm printer without a command for QR codes: they are sent as pictures. 57 modules and the rim must fit 384 dots. */
export const escposPrinter58Plain: PrinterDefinition = {
  ...escposPrinter58,
  id: 'escpos-printer-58-plain',
  model: 'ESC/POS 58 mm, no QR command',
  qrDots: 5,
  qrAs: 'picture',
};

/** One that cannot answer: a write-only device file or a cable without a return wire. Paper and cover stay unknown. */
export const escposPrinterMute: PrinterDefinition = {
  ...escposPrinter,
  id: 'escpos-printer-mute',
  model: 'ESC/POS 80 mm, no answers',
  status: 'none',
};
