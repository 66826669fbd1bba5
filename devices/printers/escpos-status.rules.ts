import type { PrinterState } from '../../contract/messages.ts';

/** Real-time status of ESC/POS (DLE EOT n): one byte each with four fixed bits. Pure. */

/** What a status request asks for: 2 = why it stopped, 3 = which error, 4 = paper. */
export type StatusKind = 2 | 3 | 4;

export type PrinterCondition = Pick<PrinterState, 'paper' | 'cover' | 'error'>;

/** DLE EOT n is obeyed at once, also in the middle of a slip and while the printer stands still. */
export function statusRequest(kind: StatusKind): Uint8Array {
  return Uint8Array.of(0x10, 0x04, kind);
}

/** Drops what the printer still holds in its buffer (DLE DC4 8, Epson's "clear buffer"), then leaves an error state (DLE ENQ 2). */
export const CLEAR_BUFFER = Uint8Array.of(
  ...[0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08],
  ...[0x10, 0x05, 0x02],
);

/** Bits 0 and 7 are 0, bits 1 and 4 are 1; flow control (11, 13) and line noise look different. */
export function isStatus(byte: number): boolean {
  return (byte & 0x93) === 0x12;
}

/** The answer to GS r 1 has bits 4 and 7 at 0, so it is never a real-time status. */
export function isEndMark(byte: number): boolean {
  return (byte & 0x90) === 0;
}

/** Joins the answers to one condition; `error` is there only while something is wrong. */
export function conditionOf(answers: {
  readonly cause: number;
  readonly paper: number;
  readonly error: number | undefined;
}): PrinterCondition {
  const out = (answers.paper & 0x60) !== 0 || (answers.cause & 0x20) !== 0;
  const near = (answers.paper & 0x0c) !== 0;
  const error = (answers.cause & 0x40) === 0 ? undefined : errorName(answers.error ?? 0);
  return {
    paper: out ? 'out' : near ? 'near-end' : 'ok',
    cover: (answers.cause & 0x04) === 0 ? 'closed' : 'open',
    ...(error === undefined ? {} : { error }),
  };
}

/** Why nothing can be printed now, or undefined. Paper that is nearly out still prints. */
export function faultOf(
  condition: PrinterCondition,
): 'paper-out' | 'cover-open' | 'printer-error' | undefined {
  // An open cover often reports paper out as well: closing it is the first thing to do.
  if (condition.cover === 'open') return 'cover-open';
  if (condition.paper === 'out') return 'paper-out';
  return condition.error === undefined ? undefined : 'printer-error';
}

function errorName(byte: number): string {
  if ((byte & 0x08) !== 0) return 'cutter';
  if ((byte & 0x20) !== 0) return 'unrecoverable';
  return (byte & 0x40) !== 0 ? 'overheated' : 'error';
}
