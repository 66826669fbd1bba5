import type { Definition } from './definition.ts';
import { escposPrinter, escposPrinter58, escposPrinterMute } from './escpos-printer.device.ts';
import { genericLineScanner } from './generic-line-scanner.device.ts';
import { kerongCu48 } from './kerong-cu48.device.ts';
import { kerongCu48Ir } from './kerong-cu48-ir.device.ts';

/** Every model this gateway knows, by the name used in the configuration. */
export const definitions: readonly Definition[] = [
  kerongCu48,
  kerongCu48Ir,
  genericLineScanner,
  escposPrinter,
  escposPrinter58,
  escposPrinterMute,
];

/** The definition of that name, or undefined. */
export function findDefinition(id: string): Definition | undefined {
  return definitions.find((each) => each.id === id);
}
