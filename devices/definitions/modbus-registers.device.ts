import type { ModbusDefinition } from './definition.ts';
import { modbusRelay8 } from './modbus-relay.device.ts';

/** Any other meter, counter or transmitter: its registers stand in the configuration, as `readings` of the device. */
export const modbusRegisters: ModbusDefinition = {
  kind: 'modbus',
  id: 'modbus-registers',
  maker: 'any',
  model: 'Modbus device described in the configuration',
  baudRate: 9_600,
  certainty: 'template',
  readings: [],
  timings: { ...modbusRelay8.timings, pollMs: 5_000 },
};
