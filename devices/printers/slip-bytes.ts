import { BreakLine, PrinterTypes, ThermalPrinter } from 'node-thermal-printer';
import type { PrintJob } from '../../contract/messages.ts';
import type { PrinterDefinition } from '../definitions/definition.ts';
import { chineseBytes } from './chinese-text.ts';
import type { Glyphs } from './font/font-file.ts';
import { layOut, type PaperLine } from '../../contract/slip-layout.rules.ts';
import { qrPicture } from './qr-picture.ts';

/** Everything as after switching on (ESC @): nothing of the slip before is left. */
const INIT = Buffer.of(0x1b, 0x40);
/** Chinese characters on (FS &); node-thermal-printer never sends it. */
const CHINESE_ON = Buffer.of(0x1c, 0x26);
/** ESC ! sizes Latin letters, FS ! the Chinese ones; a printer needs both. */
const LATIN_SIZE = [0x1b, 0x21] as const;
const CHINESE_SIZE = [0x1c, 0x21] as const;
/** GS r 1 waits in the printer's buffer behind everything before it: its answer says that the slip is out [DV23]. */
const END_MARK = Buffer.of(0x1d, 0x72, 0x01);

/**
 * The bytes of one slip for an ESC/POS printer [DV22]: node-thermal-printer composes commands, QR code and cut;
 * text is our own GB18030, because the library knows only GB2312 and changes code pages by guess.
 * Slips end with a cut; on printers that answer, the end mark follows.
 */
export function slipBytes(
  job: PrintJob,
  definition: Pick<PrinterDefinition, 'columns' | 'qrDots' | 'qrAs' | 'status'>,
  glyphs?: Glyphs,
): { readonly bytes: Buffer; readonly missing: readonly string[] } {
  const printer = new ThermalPrinter({
    type: PrinterTypes.EPSON,
    // No interface of its own: it only composes, the bytes go over our transports.
    interface: '',
    width: definition.columns,
    breakLine: BreakLine.NONE,
  });
  const missing: string[] = [];
  printer.append(INIT);
  printer.append(CHINESE_ON);
  for (const line of layOut(job, definition.columns)) {
    if (line.kind === 'qr') {
      printer.alignCenter();
      if (definition.qrAs === 'picture') printer.append(qrPicture(line.data, definition.qrDots));
      else printQr(printer, line.data, definition.qrDots);
      printer.newLine();
      continue;
    }
    const text = chineseBytes(line.text, glyphs);
    missing.push(...text.missing);
    if (line.align === 'center') printer.alignCenter();
    else printer.alignLeft();
    printer.append(sizeBytes(line));
    printer.append(text.bytes);
    printer.newLine();
  }
  // One feed of four lines brings the last line over the knife.
  printer.cut({ verticalTabAmount: 1 });
  if (definition.status === 'real-time') printer.append(END_MARK);
  return { bytes: Buffer.from(printer.getBuffer()), missing };
}

function sizeBytes(size: Extract<PaperLine, { kind: 'text' }>): Buffer {
  const latin = (size.high === 2 ? 0x10 : 0) | (size.wide === 2 ? 0x20 : 0);
  const chinese = (size.high === 2 ? 0x08 : 0) | (size.wide === 2 ? 0x04 : 0);
  return Buffer.of(...LATIN_SIZE, latin, ...CHINESE_SIZE, chinese);
}

/** The library counts characters, the printer bytes: text beyond ASCII is handed over as its UTF-8 bytes. */
function printQr(printer: ThermalPrinter, data: string, cellSize: number): void {
  const settings = { model: 2, cellSize, correction: 'M' };
  Reflect.apply(printer.printQR.bind(printer), printer, [Buffer.from(data, 'utf8'), settings]);
}
