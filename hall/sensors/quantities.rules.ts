import type { Quantity, Reader } from './entity.rules.ts';

/** Which quantity a maker's word means, and how its unit becomes ours. A unit that is not listed is not converted by guess. */

interface Scale {
  readonly factor: number;
  readonly offset: number;
}
const times = (factor: number): Scale => ({ factor, offset: 0 });
const AS_IT_IS = times(1);

/** Ours first: the unit a value is shown and stored in. */
const UNITS: Partial<Record<Quantity, Readonly<Record<string, Scale>>>> = {
  temperature: {
    '°C': AS_IT_IS,
    C: AS_IT_IS,
    '℃': AS_IT_IS,
    '°F': { factor: 5 / 9, offset: -160 / 9 },
    F: { factor: 5 / 9, offset: -160 / 9 },
    '℉': { factor: 5 / 9, offset: -160 / 9 },
    K: { factor: 1, offset: -273.15 },
  },
  humidity: { '%': AS_IT_IS },
  co2: { ppm: AS_IT_IS },
  illuminance: { lx: AS_IT_IS, lux: AS_IT_IS },
  power: { W: AS_IT_IS, kW: times(1000), mW: times(0.001) },
  energy: { kWh: AS_IT_IS, Wh: times(0.001), MWh: times(1000) },
  voltage: { V: AS_IT_IS, mV: times(0.001) },
  current: { A: AS_IT_IS, mA: times(0.001) },
  battery: { '%': AS_IT_IS },
  pressure: { hPa: AS_IT_IS, mbar: AS_IT_IS, Pa: times(0.01), kPa: times(10) },
};

/** The number reader for a quantity in a unit, with the unit it yields; undefined for a unit we cannot convert. */
export function numberReader(
  quantity: Quantity,
  unit: string | undefined,
): { readonly reader: Reader; readonly unit: string } | undefined {
  const units = UNITS[quantity];
  if (units === undefined) return undefined;
  const [ours = ''] = Object.keys(units);
  if (unit === undefined) {
    // Per cent needs no unit to be understood; degrees and watts do.
    const single = Object.keys(units).length === 1;
    return single ? { reader: { kind: 'number', ...AS_IT_IS }, unit: ours } : undefined;
  }
  const scale = Object.hasOwn(units, unit) ? units[unit] : undefined;
  return scale === undefined ? undefined : { reader: { kind: 'number', ...scale }, unit: ours };
}

/** `device_class` of a `sensor` in Home Assistant's words. */
export const SENSOR_CLASSES: Readonly<Record<string, Quantity>> = {
  temperature: 'temperature',
  humidity: 'humidity',
  carbon_dioxide: 'co2',
  illuminance: 'illuminance',
  power: 'power',
  energy: 'energy',
  voltage: 'voltage',
  current: 'current',
  battery: 'battery',
  pressure: 'pressure',
  atmospheric_pressure: 'pressure',
};

/** `device_class` of a `binary_sensor`; `invert` where ON is the opposite of our true (contact: true = closed). */
export const BINARY_CLASSES: Readonly<
  Record<string, { readonly quantity: Quantity; readonly invert: boolean }>
> = {
  occupancy: { quantity: 'presence', invert: false },
  presence: { quantity: 'presence', invert: false },
  motion: { quantity: 'presence', invert: false },
  door: { quantity: 'contact', invert: true },
  garage_door: { quantity: 'contact', invert: true },
  window: { quantity: 'contact', invert: true },
  opening: { quantity: 'contact', invert: true },
  moisture: { quantity: 'water-leak', invert: false },
  smoke: { quantity: 'smoke', invert: false },
  gas: { quantity: 'gas', invert: false },
  carbon_monoxide: { quantity: 'gas', invert: false },
  connectivity: { quantity: 'connectivity', invert: false },
};

/** Names in `exposes` of Zigbee2MQTT. Its contact is true when closed, as ours is. */
export const ZIGBEE_NAMES: Readonly<Record<string, Quantity>> = {
  occupancy: 'presence',
  presence: 'presence',
  contact: 'contact',
  temperature: 'temperature',
  humidity: 'humidity',
  co2: 'co2',
  illuminance: 'illuminance',
  illuminance_lux: 'illuminance',
  power: 'power',
  energy: 'energy',
  voltage: 'voltage',
  current: 'current',
  battery: 'battery',
  pressure: 'pressure',
  water_leak: 'water-leak',
  smoke: 'smoke',
  gas: 'gas',
};

const YES_NO: readonly Quantity[] = ['presence', 'contact', 'water-leak', 'smoke', 'gas', 'connectivity'];

/** Is a quantity told by yes and no. */
export function isYesNo(quantity: Quantity): boolean {
  return YES_NO.includes(quantity);
}
