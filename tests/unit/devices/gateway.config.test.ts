import { describe, expect, test } from 'vitest';
import { GatewayDevice } from '../../../contract/config.ts';
import { GatewayRefused, planLines } from '../../../devices/gateway.config.ts';

const serial = { kind: 'serial', path: '/dev/ttyUSB0' };
const wire = (number: number, board: number, lock: number, more: object = {}) => ({
  number,
  size: 'small',
  board,
  lock,
  column: 1,
  row: 1,
  ...more,
});
const device = (value: object) =>
  GatewayDevice.parse({
    id: 'bank-1',
    definition: 'kerong-cu48',
    transport: serial,
    compartments: [wire(1, 0, 1)],
    ...value,
  });

describe('planning lines', () => {
  test('[DV21] devices on one transport share a line; another transport is another line', () => {
    const lines = planLines([
      device({}),
      device({ id: 'bank-2', definition: 'kerong-cu48-ir', compartments: [wire(1, 1, 1)] }),
      device({ id: 'bank-3', transport: { kind: 'tcp', host: '10.0.0.5', port: 5_000 } }),
      device({
        id: 'scanner-1',
        definition: 'generic-line-scanner',
        transport: { kind: 'serial', path: '/dev/ttyACM0' },
        compartments: [],
      }),
    ]);
    expect(
      lines.map(({ key, baudRate, use }) => [
        key,
        baudRate,
        use.kind,
        'id' in use ? use.id : (use.kind === 'modbus' ? use.devices : use.boards).map((each) => each.id),
      ]),
    ).toEqual([
      ['serial:/dev/ttyUSB0', 19_200, 'lock-boards', ['bank-1', 'bank-2']],
      ['tcp:10.0.0.5:5000', 19_200, 'lock-boards', ['bank-3']],
      ['serial:/dev/ttyACM0', 9_600, 'scanner', 'scanner-1'],
    ]);
  });

  test('[DV20] polarity: the door, else the device, else the definition', () => {
    const closedBits = (value: object) =>
      planLines([device(value)]).flatMap(({ use }) =>
        use.kind === 'lock-boards'
          ? use.boards.flatMap((board) => board.doors.map((door) => door.closedBit))
          : [],
      );
    expect(closedBits({})).toEqual([1]);
    expect(closedBits({ closedBit: 0 })).toEqual([0]);
    expect(
      closedBits({ closedBit: 0, compartments: [wire(1, 0, 1, { closedBit: 1 }), wire(2, 0, 2)] }),
    ).toEqual([1, 0]);
  });

  test.each([
    ['[DV1] address 0A, every board', { compartments: [wire(1, 10, 1)] }, /board 10 is not within 0\.\.9/],
    ['[DV1] lock 49, past all 48', { compartments: [wire(1, 0, 49)] }, /<=48/],
    [
      '[DV21] one wire, two compartments',
      { compartments: [wire(1, 0, 1), wire(2, 0, 1)] },
      /board 0, lock 1 belongs to compartment 1 of bank-1 and to compartment 2/,
    ],
    [
      '[DV21] one compartment, two wires',
      { compartments: [wire(1, 0, 1), wire(1, 0, 2)] },
      /compartment 1 is listed twice/,
    ],
    ['[DV21] an unknown model', { definition: 'kerong-cu99' }, /no definition "kerong-cu99"/],
    ['[DV21] a board without doors', { compartments: [] }, /needs compartments/],
    ['[DV21] a scanner with doors', { definition: 'generic-line-scanner' }, /a scanner has no compartments/],
  ])('%s is refused', (_title, value, message) => {
    expect(() => planLines([device(value)])).toThrow(message);
  });

  test('[DV21] sharing refused: the same device twice, a scanner on a shared line, two rates, two models at one address', () => {
    const other = (value: object) => () => planLines([device({}), device({ id: 'bank-2', ...value })]);
    expect(() => planLines([device({}), device({})])).toThrow(GatewayRefused);
    expect(
      other({
        definition: 'generic-line-scanner',
        compartments: [],
        transport: { ...serial, baudRate: 19_200 },
      }),
    ).toThrow(/cannot share its line/);
    expect(other({ transport: { ...serial, baudRate: 9_600 }, compartments: [wire(2, 1, 1)] })).toThrow(
      /need one baud rate/,
    );
    expect(other({ definition: 'kerong-cu48-ir', compartments: [wire(2, 0, 2)] })).toThrow(
      /board 0 has two definitions/,
    );
    expect(other({ compartments: [wire(2, 0, 1)] })).toThrow(/board 0, lock 1 belongs to/);
  });

  const modbus = (value: object) =>
    device({ id: 'm-1', definition: 'modbus-relay-8', compartments: [], unit: 1, ...value });
  test.each([
    ['no address', [modbus({ unit: undefined })], /"unit", 1 to 247/],
    ['one address twice', [modbus({}), modbus({ id: 'm-2' })], /unit 1 belongs to m-1 and to m-2/],
    ['registers without readings', [modbus({ definition: 'modbus-registers' })], /needs "readings"/],
    ['Modbus TCP on a serial line', [modbus({ framing: 'tcp' })], /needs a tcp transport/],
    ['doors', [modbus({ compartments: [wire(1, 0, 1)] })], /has no compartments/],
    [
      'a lock board on the same line',
      [modbus({}), device({ id: 'bank', transport: { ...serial, baudRate: 9_600 } })],
      /another protocol/,
    ],
  ])('[DV50] a Modbus line with %s is refused', (_title, devices, message) => {
    expect(() => planLines(devices)).toThrow(message);
  });

  test('[DV51] address 0, every device, is no address', () => {
    expect(() => modbus({ unit: 0 })).toThrow(/>=1/);
  });
});
