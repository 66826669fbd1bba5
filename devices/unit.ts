import type { Clock, Ids } from '../contract/ports.ts';
import type { Command, DeviceEvent } from '../contract/messages.ts';
import type { PcscStats } from './cards/pcsc-reader.ts';
import type { LineResult, LineStats } from './drivers/lock-line.ts';
import type { ScannerStats } from './drivers/scanner.ts';
import type { PlannedLine } from './gateway.config.ts';
import type { ModbusStats } from './modbus/modbus-line.ts';
import type { IdReaderStats } from './idcard/id-reader-line.ts';
import type { Log } from './log.ts';
import type { Glyphs } from './printers/font/font-file.ts';
import type { PrinterStats } from './printers/printer-line.ts';
import type { Transport, TransportState } from './transports/transport.ts';

/** One device as the hall knows it. */
export interface Unit {
  readonly id: string;
  /** Does the command once; the expiry has been checked and is checked again at the line. */
  execute(command: Command): Promise<LineResult>;
  publishState(): void;
}

/** What a unit says to the hall. */
export interface UnitOutput {
  state(state: object): void;
  event(event: DeviceEvent): void;
}

/** What is needed to build the units of one line. */
export interface UnitParts {
  readonly transport: Transport;
  readonly line: PlannedLine;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Draws characters a printer's font lacks. */
  readonly glyphs?: Glyphs | undefined;
  /** Keys of the hashes of ID numbers, the newest first; none = no ID card is read. */
  readonly idKeys?: () => readonly Uint8Array[];
  output(device: string): UnitOutput;
}

export type LineReport =
  | {
      readonly key: string;
      readonly devices: readonly string[];
      readonly kind: 'lock-board';
      readonly stats: LineStats;
    }
  | {
      readonly key: string;
      readonly devices: readonly string[];
      readonly kind: 'line-scanner';
      readonly state: TransportState['name'];
      readonly stats: ScannerStats;
    }
  | {
      readonly key: string;
      readonly devices: readonly string[];
      readonly kind: 'escpos-printer';
      readonly state: TransportState['name'];
      readonly stats: PrinterStats;
    }
  | {
      readonly key: string;
      readonly devices: readonly string[];
      readonly kind: 'pcsc-card';
      readonly state: TransportState['name'];
      readonly stats: PcscStats;
    }
  | {
      readonly key: string;
      readonly devices: readonly string[];
      readonly kind: 'id-card-reader';
      readonly state: TransportState['name'];
      readonly stats: IdReaderStats;
    }
  | {
      readonly key: string;
      readonly devices: readonly string[];
      readonly kind: 'modbus';
      readonly stats: ModbusStats;
    };

/** The devices that share one line, with its life. */
export interface LineUnits {
  readonly units: readonly Unit[];
  start(): void;
  report(): LineReport;
  stop(): Promise<void>;
}
