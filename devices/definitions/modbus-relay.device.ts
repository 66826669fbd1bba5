import type { ModbusDefinition } from './definition.ts';

/**
 * Eight relays behind coils 0 to 7: Waveshare Modbus RTU Relay (D) and most boards of its kind (maker's documentation,
 * public drivers). Functions 01 and 05 only: the coil that means every relay is never written.
 */
export const modbusRelay8: ModbusDefinition = {
  kind: 'modbus',
  id: 'modbus-relay-8',
  maker: 'Waveshare and others',
  model: 'Modbus RTU relay, 8 channels',
  baudRate: 9_600,
  certainty: 'verified',
  relay: { channels: 8, firstCoil: 0 },
  readings: [],
  timings: { pollMs: 1_000, answerTimeoutMs: 300, paceMs: 10, silentAfter: 3 },
};

export const modbusRelay4: ModbusDefinition = {
  ...modbusRelay8,
  id: 'modbus-relay-4',
  model: 'Modbus RTU relay, 4 channels',
  relay: { channels: 4, firstCoil: 0 },
};

export const modbusRelay16: ModbusDefinition = {
  ...modbusRelay8,
  id: 'modbus-relay-16',
  model: 'Modbus RTU relay, 16 channels',
  relay: { channels: 16, firstCoil: 0 },
};
