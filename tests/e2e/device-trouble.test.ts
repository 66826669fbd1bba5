import { createServer } from 'node:net';
import { join } from 'node:path';
import { SerialPort } from 'serialport';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { faultOf } from '../../hall/desk/devices.rules.ts';
import { startPty } from '../../simulators/pty.ts';
import { createGatewayBench, wires } from '../support/gateway-bench.ts';
import type { GatewayBench } from '../support/gateway-bench.ts';
import type { JsonProcess } from '../support/json-process.ts';

/** What a person sees when hardware fails: the real gateway, real serial ports and sockets, trouble made by hand. */

let bench: GatewayBench;
beforeEach(async () => {
  bench = await createGatewayBench();
});
afterEach(async () => {
  await bench.stop();
});

interface Told {
  readonly line?: string;
  readonly fault?: string;
  readonly silentBoards?: readonly number[];
  readonly unreadable?: { readonly bytes: string; readonly reason: string };
  readonly paper?: string;
  readonly stats?: {
    readonly frames: number;
    readonly badBytes: number;
    readonly answerMs?: { readonly p50: number };
  };
}

/** Waits until the device's newest state fits, and says how long that took. */
async function becomes(
  device: string,
  what: string,
  fits: (state: Told) => boolean,
  from: number,
): Promise<Told> {
  const at = bench.far.clock.monotonic();
  const heard = await bench.far.hear(
    (each) => each.topic.endsWith(`/${device}/state`) && fits(JSON.parse(each.payload) as Told),
    8_000,
    from,
  );
  console.log(`${device} ${what}: ${(heard.t - at).toFixed(0)} ms`);
  expect(heard.t - at).toBeLessThan(5_000);
  return JSON.parse(heard.payload) as Told;
}

const mark = (): number => bench.far.heard.length;
const path = (name: string): string => join(bench.folder, `${name}-gateway`);
const ok = (state: Told): boolean => state.line === 'ok';
const pulses = (board: JsonProcess): number => board.said.filter((said) => said.report === 'pulse').length;

describe('[DV80] trouble has a name within five seconds, and goes away by itself', () => {
  test('[DV80] [DV81] a lock board: no such port, silent, garbled, one of two dead, unplugged', async () => {
    await bench.gateway([
      {
        id: 'bank',
        definition: 'kerong-cu48',
        transport: { kind: 'serial', path: path('bank') },
        compartments: [...wires(0, [1, 2]), ...wires(1, [1, 2], 10)],
      },
    ]);
    await becomes('bank', 'no such port', (state) => state.fault === 'no-such-port', 0);
    let from = mark();
    let cable = await bench.cable('bank');
    const board = await bench.board('bank', {
      boards: [{ address: 0 }, { address: 1 }],
      reportQueries: false,
    });
    await becomes('bank', 'plugged in', ok, from);

    from = mark();
    board.tell({ do: 'silent', on: true, board: 1 });
    const one = await becomes('bank', 'one of two boards dead', (state) => state.line === 'silent', from);
    expect(one.silentBoards).toEqual([1]);
    from = mark();
    board.tell({ do: 'silent', on: false, board: 1 });
    await becomes('bank', 'the board is back', ok, from);

    from = mark();
    board.tell({ do: 'noise', share: 0, damage: 1 });
    const garbled = await becomes('bank', 'garbled', (state) => state.line === 'garbled', from);
    expect(faultOf(garbled)).toBe('line-garbled');
    // [DV49] a damaged byte is somewhere in it, and the bytes are those of a status that starts with 02 or with the damage.
    expect(garbled.unreadable?.bytes).toMatch(/^([0-9A-F]{2} ?)+$/);
    expect(garbled.unreadable?.reason).toMatch(/start|value|length|checksum/);
    from = mark();
    board.tell({ do: 'noise', share: 0, damage: 0 });
    const readable = await becomes('bank', 'readable again', ok, from);

    // [DV81] what the line has seen
    expect(readable.stats?.frames).toBeGreaterThan(0);
    expect(readable.stats?.badBytes).toBeGreaterThan(0);
    expect(readable.stats?.answerMs?.p50).toBeGreaterThan(0);

    from = mark();
    await cable.stop();
    await becomes('bank', 'unplugged', (state) => state.line === 'down' && state.fault !== undefined, from);
    from = mark();
    cable = await bench.cable('bank');
    await becomes('bank', 'plugged in again', ok, from);
    expect(pulses(board)).toBe(0);
  }, 60_000);

  test('[DV49] [DV80] a Modbus device whose answers are damaged says what came and that its check is wrong', async () => {
    await bench.cable('relay');
    const device = bench.program('simulators/modbus/modbus.main.ts', [
      '--json',
      JSON.stringify({
        transport: { kind: 'serial', path: join(bench.folder, 'relay-device') },
        devices: [{ unit: 7, coils: 8 }],
      }),
    ]);
    await device.hear((line) => line.report === 'ready');
    await bench.gateway([
      {
        id: 'relay',
        definition: 'modbus-relay-8',
        transport: { kind: 'serial', path: path('relay') },
        unit: 7,
      },
    ]);
    await becomes('relay', 'readable', ok, 0);
    let from = mark();
    device.tell({ do: 'damage', on: true });
    const garbled = await becomes('relay', 'damaged', (state) => state.line === 'garbled', from);
    expect(garbled.unreadable).toMatchObject({ reason: 'checksum' });
    expect(garbled.unreadable?.bytes).toMatch(/^07 01 01 /);
    from = mark();
    device.tell({ do: 'damage', on: false });
    const readable = await becomes('relay', 'readable again', ok, from);
    expect(readable.unreadable).toBeUndefined();
  }, 40_000);

  test('a port that another program holds, found again under the same name on another port', async () => {
    await startNamed('scanner');
    const other = new SerialPort({ path: path('scanner'), baudRate: 9_600 });
    await new Promise<void>((resolve, reject) => {
      other.once('open', () => {
        resolve();
      });
      other.once('error', reject);
    });
    await bench.gateway([
      {
        id: 'scanner',
        definition: 'generic-line-scanner',
        transport: { kind: 'serial', path: path('scanner') },
      },
    ]);
    const taken = await becomes('scanner', 'port taken', (state) => state.fault === 'port-taken', 0);
    expect(faultOf(taken)).toBe('port-taken');
    let from = mark();
    await new Promise((resolve) => {
      other.close(resolve);
    });
    await becomes('scanner', 'port free again', ok, from);
    // As udev does for /dev/serial/by-id: the same name, now on another port.
    from = mark();
    await stopNamed();
    await becomes('scanner', 'unplugged', (state) => state.line === 'down', from);
    from = mark();
    await startNamed('scanner');
    await becomes('scanner', 'plugged in elsewhere', ok, from);
  }, 60_000);

  test('a printer that falls silent, and a unit on the network that goes away', async () => {
    const cable = await bench.cable('printer');
    const printer = bench.program('simulators/printer/printer.main.ts', [
      '--json',
      JSON.stringify({ transport: { kind: 'serial', path: cable.b } }),
    ]);
    await printer.hear((line) => line.report === 'ready');
    const gate = createServer();
    await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
    const { port } = gate.address() as { port: number };
    await new Promise((resolve) => gate.close(resolve));
    await bench.gateway([
      { id: 'printer', definition: 'escpos-printer', transport: { kind: 'serial', path: cable.a } },
      {
        id: 'far',
        definition: 'kerong-cu48',
        transport: { kind: 'tcp', host: '127.0.0.1', port },
        compartments: wires(0, [1]),
      },
    ]);
    const refused = await becomes('far', 'refused', (state) => state.fault === 'unreachable', 0);
    expect(faultOf(refused)).toBe('unreachable');
    let from = mark();
    const board = bench.program('simulators/boards/board.main.ts', [
      '--json',
      JSON.stringify({ transport: { kind: 'tcp', port }, boards: [{ address: 0 }], reportQueries: false }),
    ]);
    await becomes('far', 'there', ok, from);
    from = mark();
    await board.stop('SIGKILL');
    await becomes('far', 'gone', (state) => state.line === 'down', from);

    await becomes('printer', 'ready', (state) => state.line === 'ok' && state.paper === 'ok', 0);
    from = mark();
    await printer.stop('SIGKILL');
    const silent = await becomes('printer', 'switched off', (state) => state.line === 'silent', from);
    expect(faultOf(silent)).toBe('line-silent');
  }, 60_000);
});

let named: { stop(): Promise<void> } | undefined;
async function startNamed(name: string): Promise<void> {
  named = await startPty(path(name), join(bench.folder, `${name}-device`), bench.far.clock);
}
async function stopNamed(): Promise<void> {
  await named?.stop();
}
afterEach(stopNamed);
