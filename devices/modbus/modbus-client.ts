import * as modbusSerial from 'modbus-serial';
import type { ModbusRTU as Library } from 'modbus-serial/ModbusRTU.js';
import type { Unreadable } from '../../contract/messages.ts';
import type { Millis } from '../../contract/ports.ts';
import type { Transport } from '../transports/transport.ts';
import { ModbusPort } from './modbus-port.ts';

/** modbus-serial is CommonJS: what Node gives as its default export is the class itself. */
const ModbusRTU = modbusSerial.default as unknown as new (port: ModbusPort) => Library;

export type ModbusAnswer<T> =
  | { readonly ok: true; readonly value: T }
  /** `exception`: the device answered, and said no. */
  | { readonly ok: false; readonly exception: boolean };

/** One question at a time to the devices of one line. */
export interface ModbusClient {
  /** @param work one call of the functions below */
  ask<T>(unit: number, timeout: Millis, work: () => Promise<T>): Promise<ModbusAnswer<T>>;
  coils(first: number, count: number): Promise<boolean[]>;
  registers(from: 'holding' | 'input', first: number, count: number): Promise<number[]>;
  writeCoil(coil: number, on: boolean): Promise<void>;
  push(chunk: Uint8Array): void;
  badBytes(): number;
  /** Why what came last is no answer [DV49]. */
  unreadable(): Unreadable | undefined;
}

export function createModbusClient(transport: Transport, framing: 'rtu' | 'tcp'): ModbusClient {
  const port = new ModbusPort(transport, framing);
  const library = new ModbusRTU(port);
  library.open();
  return {
    ask: async (unit, timeout, work) => {
      library.setID(unit);
      library.setTimeout(timeout);
      try {
        return { ok: true, value: await work() };
      } catch (error) {
        const code = (error as { modbusCode?: unknown }).modbusCode;
        return { ok: false, exception: typeof code === 'number' };
      }
    },
    coils: async (first, count) => (await library.readCoils(first, count)).data,
    registers: async (from, first, count) =>
      (from === 'input'
        ? await library.readInputRegisters(first, count)
        : await library.readHoldingRegisters(first, count)
      ).data,
    writeCoil: async (coil, on) => {
      await library.writeCoil(coil, on);
    },
    push: (chunk) => {
      port.push(chunk);
    },
    badBytes: () => port.badBytes,
    unreadable: () => port.unreadable(),
  };
}
