import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sleep } from '../../contract/ports.ts';
import { createGatewayBench } from '../support/gateway-bench.ts';
import type { GatewayBench } from '../support/gateway-bench.ts';
import { run } from '../support/mosquitto.ts';

/** Both directions: our gateway asks a pymodbus slave, and mbpoll asks our simulator and sees what our gateway did. */

let bench: GatewayBench;
let others: ChildProcess[] = [];
beforeEach(async () => {
  bench = await createGatewayBench();
});
afterEach(async () => {
  for (const child of others) child.kill('SIGKILL');
  others = [];
  await bench.stop();
});

type Told = Readonly<Record<string, unknown>> & { readonly channels?: Readonly<Record<string, boolean>> };

async function state(device: string, fits: (told: Told) => boolean, from = 0): Promise<Told> {
  const heard = await bench.far.hear(
    (each) => each.topic.endsWith(`/${device}/state`) && fits(JSON.parse(each.payload) as Told),
    8_000,
    from,
  );
  return JSON.parse(heard.payload) as Told;
}

const outcome = async (device: string, channel: number, on: boolean): Promise<string> => {
  const ended = await bench.far.outcome(bench.far.command(device, 'switch', { channel, on }));
  return [ended.outcome, ended.reason].filter(Boolean).join(' ');
};

async function pymodbus(args: readonly string[]): Promise<void> {
  const child = spawn('/usr/bin/python3', [
    join(import.meta.dirname, '../support/pymodbus-slave.py'),
    ...args,
  ]);
  others.push(child);
  let out = '';
  child.stderr.on('data', (bytes: Buffer) => {
    out += bytes.toString();
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => {
      resolve();
    });
    child.once('exit', () => {
      reject(new Error(out));
    });
  });
  await sleep(bench.far.clock, 300);
}

async function freePort(): Promise<number> {
  const gate = createServer();
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  const { port } = gate.address() as { port: number };
  await new Promise((resolve) => gate.close(resolve));
  return port;
}

const readings = [
  { quantity: 'temperature', from: 'input', register: 1, type: 'int16', scale: 0.1, min: -40, max: 85 },
  { quantity: 'humidity', from: 'input', register: 2, type: 'uint16', scale: 0.1, min: 0, max: 100 },
  { quantity: 'energy', from: 'input', register: 10, type: 'uint32', scale: 0.01, min: 0, max: 1e7 },
];

describe('our gateway and independent Modbus programs', () => {
  test('[DV50] a pymodbus slave on a serial line: values read, relays switched and read back', async () => {
    const cable = await bench.cable('line');
    await pymodbus(['serial', cable.b]);
    await bench.gateway([
      {
        id: 'relay',
        definition: 'modbus-relay-8',
        transport: { kind: 'serial', path: cable.a },
        unit: 5,
        readings,
      },
    ]);
    expect(await state('relay', (told) => told.energy !== undefined)).toMatchObject({
      temperature: 23.4,
      humidity: 56.7,
      energy: 1234.56,
      line: 'ok',
    });
    expect(await outcome('relay', 3, true)).toBe('done');
    expect((await state('relay', (told) => told.channels?.['3'] === true)).channels).toMatchObject({
      '2': false,
      '4': false,
    });
    expect(await outcome('relay', 3, false)).toBe('done');
    expect(await outcome('relay', 9, true)).toBe('refused bad-arguments');
  }, 40_000);

  test('[DV50] a pymodbus slave over Modbus TCP, and mbpoll sees the relay our gateway switched', async () => {
    const port = await freePort();
    await pymodbus(['tcp', String(port)]);
    const transport = { kind: 'tcp', host: '127.0.0.1', port };
    await bench.gateway([
      { id: 'relay', definition: 'modbus-relay-8', transport, framing: 'tcp', unit: 5, readings },
    ]);
    expect(await state('relay', (told) => told.energy !== undefined)).toMatchObject({ temperature: 23.4 });
    expect(await outcome('relay', 2, true)).toBe('done');
    const seen = await run('mbpoll', [
      ...[
        '-m',
        'tcp',
        '-p',
        String(port),
        '-a',
        '5',
        '-t',
        '0',
        '-r',
        '1',
        '-c',
        '4',
        '-1',
        '-q',
        '127.0.0.1',
      ],
    ]);
    expect(seen.out.match(/\[\d\]:\s+\d/g)?.map((line) => line.replace(/\s+/, ' '))).toEqual([
      '[1]: 0',
      '[2]: 1',
      '[3]: 0',
      '[4]: 0',
    ]);
  }, 40_000);

  test('[DV53] mbpoll as master reads and switches our simulator, and so does our gateway; a stuck relay is said', async () => {
    const cable = await bench.cable('line');
    const far = await bench.cable('master');
    const devices = [
      { unit: 1, coils: 8 },
      { unit: 7, input: { 1: 65_486, 2: 481 } },
    ];
    const forMaster = bench.program('simulators/modbus/modbus.main.ts', [
      '--json',
      JSON.stringify({ transport: { kind: 'serial', path: far.b }, devices }),
    ]);
    await forMaster.hear((line) => line.report === 'ready');
    const poll = (...more: string[]) =>
      run('mbpoll', ['-m', 'rtu', '-b', '9600', '-P', 'none', '-q', '-1', ...more]);
    expect((await poll('-a', '7', '-t', '3:hex', '-r', '2', '-c', '2', far.a)).out).toMatch(
      /0xFFCE[\s\S]*0x01E1/,
    );
    await poll('-a', '1', '-t', '0', '-r', '3', far.a, '--', '1');
    expect((await poll('-a', '1', '-t', '0', '-r', '1', '-c', '4', far.a)).out).toMatch(
      /\[1\]:\s+0[\s\S]*\[2\]:\s+0[\s\S]*\[3\]:\s+1[\s\S]*\[4\]:\s+0/,
    );

    const simulator = bench.program('simulators/modbus/modbus.main.ts', [
      '--json',
      JSON.stringify({ transport: { kind: 'serial', path: cable.b }, devices }),
    ]);
    await simulator.hear((line) => line.report === 'ready');
    const transport = { kind: 'serial', path: cable.a };
    await bench.gateway([
      { id: 'lights', definition: 'modbus-relay-8', transport, unit: 1 },
      { id: 'climate', definition: 'modbus-xy-md02', transport, unit: 7 },
    ]);
    // -5.0 degrees: a signed register.
    expect(await state('climate', (told) => told.humidity !== undefined)).toMatchObject({
      temperature: -5,
      humidity: 48.1,
    });
    expect(await outcome('lights', 1, true)).toBe('done');
    simulator.tell({ do: 'stick', unit: 1, coil: 4, on: false });
    expect(await outcome('lights', 5, true)).toBe('failed relay-did-not-switch');

    // [DV52] A broken probe is not believed; the other value still is.
    let from = bench.far.heard.length;
    simulator.tell({ do: 'set', unit: 7, input: { 1: 32_767 } });
    const broken = await state('climate', (told) => told.temperature === undefined, from);
    expect(broken).toMatchObject({ humidity: 48.1, line: 'ok' });

    // One silent device leaves the other alone, and comes back by itself.
    from = bench.far.heard.length;
    simulator.tell({ do: 'silent', unit: 1, on: true });
    expect(await state('lights', (told) => told.line === 'silent', from)).toMatchObject({ channels: {} });
    expect(await outcome('lights', 1, false)).toBe('unknown board-silent');
    from = bench.far.heard.length;
    simulator.tell({ do: 'silent', unit: 1, on: false });
    await state('lights', (told) => told.line === 'ok', from);
    expect(
      simulator.said.filter((said) => said.report === 'broadcast' || said.report === 'every-relay'),
    ).toEqual([]);
  }, 60_000);
});
