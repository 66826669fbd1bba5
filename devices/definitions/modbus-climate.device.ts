import type { ModbusDefinition, RegisterReading } from './definition.ts';
import { modbusRelay8 } from './modbus-relay.device.ts';

const temperature: Omit<RegisterReading, 'from' | 'register'> = {
  quantity: 'temperature',
  unit: '°C',
  type: 'int16',
  scale: 0.1,
  min: -40,
  max: 85,
};
const humidity: Omit<RegisterReading, 'from' | 'register'> = {
  quantity: 'humidity',
  unit: '%',
  type: 'uint16',
  scale: 0.1,
  min: 0,
  max: 100,
};
const timings = { ...modbusRelay8.timings, pollMs: 5_000 };

/** XY-MD02 and other transmitters with an SHT20: input registers 1 and 2 (public drivers). */
export const modbusXyMd02: ModbusDefinition = {
  kind: 'modbus',
  id: 'modbus-xy-md02',
  maker: 'generic',
  model: 'XY-MD02 temperature and humidity',
  baudRate: 9_600,
  certainty: 'verified',
  readings: [
    { ...temperature, from: 'input', register: 1 },
    { ...humidity, from: 'input', register: 2 },
  ],
  timings,
};

/** Renke and many white wall transmitters: holding registers 0 and 1, 4800 baud. Known by use, no document found: check yours. */
export const modbusRenke: ModbusDefinition = {
  ...modbusXyMd02,
  id: 'modbus-renke-climate',
  maker: 'Renke and others',
  model: 'wall transmitter, temperature and humidity',
  baudRate: 4_800,
  certainty: 'template',
  readings: [
    { ...humidity, from: 'holding', register: 0 },
    { ...temperature, from: 'holding', register: 1 },
  ],
};
