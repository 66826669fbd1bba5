import { join } from 'node:path';
import type { CentralConfig, CompartmentConfig, HallConfig, Transport } from '../../contract/config.ts';
import type { z } from 'zod';

/**
 * The demonstration hall: what `npm start`, the story, the bench and the end-to-end tests
 * run. Only configuration; members, sessions and services are seeded by central.
 */

export const DEMO_HALL = 1;
export const DEMO_ENROL_CODE = 'DEMO-HALL-0001';
export const DEMO_STAFF = { name: '刘敏', password: 'demo-hall-2026', role: 'manager' } as const;
export const demoHallName = { zh: '城北职工服务中心', en: 'City North Workers’ Hall' };

type HallInput = z.input<typeof import('../../contract/config.ts').HallConfig>;
type CentralInput = z.input<typeof import('../../contract/config.ts').CentralConfig>;

export interface DemoPorts {
  readonly hall: number;
  readonly mqtt: number;
  readonly central: number;
}

/** Cabinet A, 21 compartments in four columns: 1-12 small, 13-18 medium, 19-21 large and two rows high. Board 0. */
export function bankA(): CompartmentConfig[] {
  const doors: CompartmentConfig[] = [];
  for (let number = 1; number <= 18; number += 1) {
    const column = Math.ceil(number / 6);
    doors.push({
      number,
      size: number <= 12 ? 'small' : 'medium',
      board: 0,
      lock: number,
      column,
      row: number - (column - 1) * 6,
      height: 1,
    });
  }
  for (let number = 19; number <= 21; number += 1) {
    doors.push({
      number,
      size: 'large',
      board: 0,
      lock: number,
      column: 4,
      row: (number - 19) * 2 + 1,
      height: 2,
    });
  }
  return doors;
}

/** Cabinet B, 8 small compartments on a board of the newer generation with infrared. Board 1. */
export function bankB(): CompartmentConfig[] {
  return Array.from({ length: 8 }, (_, index) => ({
    number: 31 + index,
    size: 'small' as const,
    board: 1,
    lock: index + 1,
    column: Math.floor(index / 4) + 1,
    row: (index % 4) + 1,
    height: 1,
  }));
}

export interface DemoLines {
  readonly bankA: Transport;
  readonly bankB: Transport;
  readonly scanner: Transport;
  readonly printer: Transport;
}

/** Configuration of the demo hall in `dir`. `centralUrl` is where the cable to central begins. */
export function demoHallConfig(
  dir: string,
  ports: DemoPorts,
  lines: DemoLines,
  centralUrl: string,
  over: Partial<HallInput> = {},
): HallInput & Pick<HallConfig, 'hall' | 'dataDir'> {
  return {
    hall: DEMO_HALL,
    name: demoHallName,
    timeZone: 'Asia/Shanghai',
    helpPhone: '0571-8888 0110',
    dataDir: join(dir, 'hall'),
    demo: true,
    http: { port: ports.hall },
    broker: { port: ports.mqtt, bridges: [{ id: 'zigbee', prefixes: ['zigbee2mqtt'] }] },
    central: { url: centralUrl, enrolCode: DEMO_ENROL_CODE, maxBackoffMs: 20_000 },
    devices: [
      { id: 'bank-a', definition: 'kerong-cu48', transport: lines.bankA, compartments: bankA() },
      { id: 'bank-b', definition: 'kerong-cu48-ir', transport: lines.bankB, compartments: bankB() },
      { id: 'scanner-1', definition: 'generic-line-scanner', transport: lines.scanner },
      { id: 'printer-1', definition: 'escpos-printer', transport: lines.printer },
    ],
    kiosks: [
      {
        id: 'kiosk-1',
        name: { zh: '1 号机', en: 'Kiosk 1' },
        place: { zh: '1 楼大厅', en: 'Ground floor lobby' },
        panelWidthMm: 398,
        scanner: 'scanner-1',
        printer: 'printer-1',
      },
      {
        id: 'kiosk-2',
        name: { zh: '2 号机', en: 'Kiosk 2' },
        place: { zh: '3 楼电梯口', en: '3rd floor, by the lift' },
        panelWidthMm: 476,
      },
    ],
    sensors: [1, 2, 3, 4, 5, 6].flatMap((court) => [
      {
        device: `court-${String(court)}-presence`,
        topic: `zigbee2mqtt/court/${String(court)}/presence`,
        kind: 'presence' as const,
        property: 'occupancy',
        resource: court,
      },
      ...(court <= 2
        ? [
            {
              device: `court-${String(court)}-climate`,
              topic: `zigbee2mqtt/court/${String(court)}/climate`,
              kind: 'temperature' as const,
              property: 'temperature',
              resource: court,
            },
          ]
        : []),
    ]),
    map: join(import.meta.dirname, '../../hall/maps/demo-hall.json'),
    firstStaff: [DEMO_STAFF],
    ...over,
  };
}

export function demoCentralConfig(
  dir: string,
  ports: DemoPorts,
  over: Partial<CentralInput> = {},
): CentralInput & Pick<CentralConfig, 'dataDir'> {
  return {
    dataDir: join(dir, 'central'),
    demo: true,
    http: { port: ports.central },
    halls: [
      {
        hall: DEMO_HALL,
        name: demoHallName,
        helpPhone: '0571-8888 0110',
        enrolCode: DEMO_ENROL_CODE,
      },
    ],
    ...over,
  };
}
