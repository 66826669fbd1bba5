/** The text of a receipt's QR, and the numbers people type. Pure. */

const PREFIX = 'UHR:';

export interface ReceiptCode {
  readonly number: string;
  readonly queryCode: string;
}

/** `UHR:<number>:<query code>`: what a receipt's QR says. */
export function receiptText(code: ReceiptCode): string {
  return `${PREFIX}${code.number}:${code.queryCode}`;
}

/** Reads a receipt's QR; undefined when it is something else [KB8]. */
export function readReceiptText(text: string): ReceiptCode | undefined {
  const match = /^UHR:([A-Z0-9-]{1,24}):(\d{4,16})$/.exec(text.trim());
  const [, number, queryCode] = match ?? [];
  return number === undefined || queryCode === undefined ? undefined : { number, queryCode };
}

/** What stands before every number of a hall, e.g. `H1-`. */
export function numberPrefix(hall: number): string {
  return `H${hall.toString(36).toUpperCase()}-`;
}

/** Twelve typed digits -> the number as the receipt shows it: `202611240007` -> `H1-20261124-0007` [KB8]. */
export function numberFromDigits(hall: number, digits: string): string {
  return `${numberPrefix(hall)}${digits.slice(0, 8)}${digits.length > 8 ? `-${digits.slice(8, 12)}` : ''}`;
}
