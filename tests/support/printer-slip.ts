import { createEscposDecoder, type Printed } from '../../simulators/printer/escpos-decoder.ts';

/** Reads the bytes of a slip with the simulator's own decoder, to the last byte. */
export function readSlip(bytes: Uint8Array): Printed[] {
  const decoder = createEscposDecoder();
  const printed: Printed[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const step = decoder.next(rest);
    if (step === undefined) throw new Error(`an unfinished command: ${Buffer.from(rest).toString('hex')}`);
    if (step.printed !== undefined) printed.push(step.printed);
    rest = rest.slice(step.used);
  }
  return printed;
}

/** The lines of a slip as text, in order. */
export function textOf(printed: readonly Printed[]): string[] {
  return printed.flatMap((each) => (each.what === 'line' ? [each.line.text] : []));
}
