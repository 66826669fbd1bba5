import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { barePort } from '../../../devices/commissioning/bare-port.ts';
import { questions } from '../../../devices/commissioning/find-boards.ts';
import { newDefinition } from '../../../devices/commissioning/new-definition.ts';
import { closedBits, movedBetween } from '../../../devices/commissioning/polarity.rules.ts';
import { serialPorts } from '../../../devices/commissioning/ports.ts';
import { NotWritten, writeDevice } from '../../../devices/commissioning/write-config.ts';
import { definitions } from '../../../devices/definitions/catalogue.ts';
import { createDecoder } from '../../../devices/frames/decoder.ts';
import { MODELS } from '../../../simulators/boards/codec.ts';
import { codecOf } from '../../../simulators/boards/codecs.ts';

const boards = definitions.flatMap((each) => (each.kind === 'lock-board' ? [each] : []));
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'commissioning-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('commissioning rules', () => {
  test('[DV40] over every model and address: what a search sends is a query to its own model, and moves a lock on no board at all', () => {
    const asked = questions(boards, 247);
    expect(asked.length).toBeGreaterThan(300);
    for (const { request, definitions: models } of asked) {
      for (const definition of models) {
        const decoder = createDecoder([definition.frames]);
        const [frame] = [...decoder.push(request), ...decoder.flush()];
        expect(frame?.shape).toBe(definition.messages.query);
      }
      // As every simulated board hears it, by a codec of its own.
      for (const model of MODELS) {
        const reader = codecOf(model).createReader();
        const heard = [...request].flatMap((byte) => reader.push(byte) ?? []);
        expect(heard.filter((each) => each.kind.startsWith('unlock'))).toEqual([]);
      }
    }
  });

  test('[DV41] one door that moved decides; several or none decide nothing; a shut door with the other bit is noted', () => {
    const shut = new Map<number, 0 | 1 | undefined>([
      [1, 0],
      [2, 0],
      [3, 1],
      [4, undefined],
    ]);
    const after = (...changed: readonly [number, 0 | 1][]) => new Map([...shut, ...changed]);
    expect(movedBetween(shut, after())).toEqual({ what: 'nothing' });
    expect(movedBetween(shut, after([2, 1]))).toEqual({ what: 'one', lock: 2, bit: 1 });
    expect(movedBetween(shut, after([2, 1], [1, 1]))).toEqual({ what: 'several', locks: [1, 2] });
    // A lock that could not be read before says nothing about a hand.
    expect(movedBetween(shut, after([4, 1]))).toEqual({ what: 'nothing' });
    expect(closedBits(1, shut, [1, 2, 3])).toEqual({ usual: 0, reversed: [3] });
    expect(closedBits(0, shut, [3])).toEqual({ usual: 1, reversed: [] });
  });

  test('[DV43] an entry takes the place of one of its id, the rest stays; what could not start is not written', () => {
    const file = join(folder, 'gateway.json');
    const before = {
      hall: 7,
      dataDir: 'data',
      credentials: 'c.json',
      devices: [
        {
          id: 'scanner-1',
          definition: 'generic-line-scanner',
          transport: { kind: 'serial', path: '/dev/a' },
        },
        { id: 'bank-a', definition: 'wkly', transport: { kind: 'serial', path: '/dev/b' } },
      ],
    };
    writeFileSync(file, JSON.stringify(before));
    const compartments = [{ number: 1, size: 'small' as const, board: 0, lock: 1, column: 1, row: 1 }];
    const transport = { kind: 'serial' as const, path: '/dev/b' };
    const backup = writeDevice(file, { id: 'bank-a', definition: 'kerong-cu48', transport, compartments });
    const written = JSON.parse(readFileSync(file, 'utf8')) as typeof before;
    expect(written.devices.map((each) => [each.id, each.definition])).toEqual([
      ['scanner-1', 'generic-line-scanner'],
      ['bank-a', 'kerong-cu48'],
    ]);
    expect(written.hall).toBe(7);
    expect(JSON.parse(readFileSync(backup, 'utf8'))).toEqual(before);
    // What the wires do not tell, somebody had written: it stays.
    const wide = { ...compartments[0], size: 'large', height: 2 };
    const [scanner, bank] = written.devices;
    writeFileSync(
      file,
      JSON.stringify({ ...written, devices: [scanner, { ...bank, compartments: [wide] }] }),
    );
    writeDevice(file, {
      id: 'bank-a',
      definition: 'kerong-cu48',
      transport,
      compartments: [...compartments, { number: 2, size: 'small', board: 0, lock: 2, column: 1, row: 2 }],
    });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      devices: [
        {},
        {
          compartments: [
            { size: 'large', height: 2 },
            { number: 2, size: 'small' },
          ],
        },
      ],
    });
    const text = readFileSync(file, 'utf8');
    for (const wrong of [
      { id: 'bank-a', definition: 'kerong-cu99', transport, compartments },
      { id: 'BANK', definition: 'kerong-cu48', transport, compartments },
      {
        id: 'bank-b',
        definition: 'kerong-cu48',
        transport: { kind: 'serial' as const, path: '/dev/a' },
        compartments,
      },
    ])
      expect(() => writeDevice(file, wrong)).toThrow(NotWritten);
    expect(() => writeDevice(join(folder, 'no.json'), { id: 'x', definition: 'wkly', transport })).toThrow(
      NotWritten,
    );
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('[DV44] a skeleton is three files; a second time, and odd names, are refused', () => {
    for (const each of ['devices/frames', 'devices/definitions', 'tests/vectors'])
      mkdirSync(join(folder, each), { recursive: true });
    const told = newDefinition('acme-l24', folder);
    expect(told.join('\n')).toContain('acme-l24.device.ts');
    expect(readFileSync(join(folder, 'devices/definitions/acme-l24.device.ts'), 'utf8')).toContain(
      'export const acmeL24:',
    );
    expect(existsSync(join(folder, 'tests/vectors/acme-l24.json'))).toBe(true);
    expect(() => newDefinition('acme-l24', folder)).toThrow(/is there already/);
    for (const odd of ['Acme', 'a b', '../x', 'a--b', ''])
      expect(() => newDefinition(odd, folder)).toThrow(/no name/);
  });

  test('[DV80] ports are listed by the name that stays, and bare ones only where no such name is', () => {
    const dev = join(folder, 'dev');
    const sys = join(folder, 'sys');
    mkdirSync(join(dev, 'serial/by-id'), { recursive: true });
    for (const name of ['ttyUSB0', 'ttyUSB1', 'ttyS0', 'ttyS1']) {
      writeFileSync(join(dev, name), '');
      mkdirSync(join(sys, name, name === 'ttyS1' ? 'device' : 'device/driver'), { recursive: true });
    }
    symlinkSync('../../ttyUSB1', join(dev, 'serial/by-id/usb-RS485'));
    expect(serialPorts(dev, sys)).toEqual([
      { name: join(dev, 'serial/by-id/usb-RS485'), port: join(dev, 'ttyUSB1') },
      { name: join(dev, 'ttyS0'), port: join(dev, 'ttyS0') },
      { name: join(dev, 'ttyUSB0'), port: join(dev, 'ttyUSB0') },
    ]);
    expect(serialPorts(join(folder, 'none'), join(folder, 'none'))).toEqual([]);
  });

  test('[DV48] only a name that goes with the socket is warned of, with the name that stays where there is one', () => {
    const known = () => [{ name: '/dev/serial/by-id/usb-A', port: '/dev/ttyUSB0' }];
    const of = (path: string) => barePort({ kind: 'serial', path }, known);
    expect(of('/dev/ttyUSB0')).toEqual({ barePort: '/dev/ttyUSB0', stablePort: '/dev/serial/by-id/usb-A' });
    expect(of('/dev/ttyACM1')).toEqual({ barePort: '/dev/ttyACM1' });
    for (const good of ['/dev/serial/by-id/usb-A', '/dev/ttyS0', '/dev/ttyAMA0', '/tmp/ttyUSB0'])
      expect(of(good)).toBeUndefined();
    expect(barePort({ kind: 'tcp', host: '/dev/ttyUSB0', port: 1 }, known)).toBeUndefined();
    // A bare port that has no name of its own is listed under its bare name: that is none to write.
    expect(
      barePort({ kind: 'serial', path: '/dev/ttyUSB0' }, () => [
        { name: '/dev/ttyUSB0', port: '/dev/ttyUSB0' },
      ]),
    ).toEqual({ barePort: '/dev/ttyUSB0' });
  });
});
