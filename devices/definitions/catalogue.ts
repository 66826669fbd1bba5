import { board8a12, board8a24, board8a32 } from './board-8a.device.ts';
import type { Definition } from './definition.ts';
import {
  escposPrinter,
  escposPrinter58,
  escposPrinter58Plain,
  escposPrinterMute,
} from './escpos-printer.device.ts';
import { genericLineScanner } from './generic-line-scanner.device.ts';
import { gm65Scanner, gm65ScannerNoCrc } from './gm65-scanner.device.ts';
import { kerongCu16 } from './kerong-cu16.device.ts';
import { kerongCu48 } from './kerong-cu48.device.ts';
import { kerongCu48Ir } from './kerong-cu48-ir.device.ts';
import { modbusRenke, modbusXyMd02 } from './modbus-climate.device.ts';
import { modbusRegisters } from './modbus-registers.device.ts';
import { modbusRelay16, modbusRelay4, modbusRelay8 } from './modbus-relay.device.ts';
import { modbusRelayLock } from './modbus-relay-lock.device.ts';
import { pcscCard } from './pcsc-card.device.ts';
import { samVIdCardReader } from './sam-v-id-card-reader.device.ts';
import { winnsen } from './winnsen.device.ts';
import { wkly, wklyByLock } from './wkly.device.ts';

/** Every model this gateway knows, by the name used in the configuration. */
export const definitions: readonly Definition[] = [
  kerongCu48,
  kerongCu48Ir,
  kerongCu16,
  board8a12,
  board8a24,
  board8a32,
  wkly,
  wklyByLock,
  winnsen,
  modbusRelayLock,
  modbusRelay4,
  modbusRelay8,
  modbusRelay16,
  modbusXyMd02,
  modbusRenke,
  modbusRegisters,
  genericLineScanner,
  gm65Scanner,
  gm65ScannerNoCrc,
  pcscCard,
  escposPrinter,
  escposPrinter58,
  escposPrinter58Plain,
  escposPrinterMute,
  samVIdCardReader,
];

/** The definition of that name, or undefined. */
export function findDefinition(id: string): Definition | undefined {
  return definitions.find((each) => each.id === id);
}
