import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { SerialPort } from 'serialport';
import { z } from 'zod';
import { answerPdu, crc16, createRtuReader, createTcpReader } from './slave.ts';
import type { SlaveMemory } from './slave.ts';

/**
 * Simulated Modbus devices on one line as a process: `node simulators/modbus/modbus.main.ts --json '{...}'`.
 * Orders come on standard input, reports go to standard output, one JSON object a line.
 */

const words = z.record(z.string().regex(/^\d+$/), z.number().int().min(0).max(65_535));
const Config = z.strictObject({
  transport: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('serial'), path: z.string() }),
    z.strictObject({ kind: z.literal('tcp'), port: z.number(), framing: z.enum(['rtu', 'tcp']) }),
  ]),
  baudRate: z.number().int().default(9_600),
  devices: z.array(
    z.strictObject({
      unit: z.number().int().min(1).max(247),
      coils: z.number().int().min(0).max(64).default(0),
      holding: words.default({}),
      input: words.default({}),
    }),
  ),
});

const Order = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('set'),
    unit: z.number(),
    holding: words.default({}),
    input: words.default({}),
  }),
  /** A person at the board, or a relay that sticks: it no longer does what it is told. */
  z.strictObject({ do: z.literal('stick'), unit: z.number(), coil: z.number(), on: z.boolean().nullable() }),
  z.strictObject({ do: z.literal('silent'), unit: z.number(), on: z.boolean() }),
  z.strictObject({ do: z.literal('damage'), on: z.boolean() }),
]);

interface Device {
  readonly memory: SlaveMemory;
  silent: boolean;
  readonly stuck: Map<number, boolean>;
}

const { values } = parseArgs({ options: { json: { type: 'string' } } });
const config = Config.parse(JSON.parse(values.json ?? '{}'));
const numbers = (record: Record<string, number>): [number, number][] =>
  Object.entries(record).map(([key, value]) => [Number(key), value]);
const devices = new Map<number, Device>(
  config.devices.map((device) => [
    device.unit,
    {
      memory: {
        coils: Array.from({ length: device.coils }, () => false),
        inputs: Array.from({ length: device.coils }, () => false),
        holding: new Map(numbers(device.holding)),
        input: new Map(numbers(device.input)),
      },
      silent: false,
      stuck: new Map(),
    },
  ]),
);
let damage = false;
const report = (what: object): void => {
  process.stdout.write(`${JSON.stringify(what)}\n`);
};

/** The answer of the addressed device, without its unit and check; undefined = nobody answers. */
function answer(unit: number, pdu: readonly number[]): number[] | undefined {
  if (unit === 0) report({ report: 'broadcast', pdu });
  const device = devices.get(unit);
  if (device === undefined || device.silent) return undefined;
  if (pdu[0] === 5 && pdu[2] === 0xff) report({ report: 'every-relay', unit });
  const said = answerPdu(device.memory, pdu, (coil, on) => {
    const stuck = device.stuck.get(coil);
    if (stuck !== undefined) device.memory.coils[coil] = stuck;
    report({ report: 'switched', unit, coil, on });
  });
  return said;
}

function listen(write: (bytes: Uint8Array) => void, framing: 'rtu' | 'tcp'): (chunk: Uint8Array) => void {
  const rtu = createRtuReader();
  const tcp = createTcpReader();
  const send = (bytes: number[]): void => {
    if (damage) bytes[bytes.length - 3] = ((bytes.at(-3) ?? 0) ^ 0x10) & 0xff;
    write(Uint8Array.from(bytes));
  };
  return (chunk) => {
    for (const byte of chunk) {
      if (framing === 'rtu') {
        const heard = rtu(byte);
        const said = heard === undefined ? undefined : answer(heard.unit, heard.pdu);
        if (heard === undefined || said === undefined) continue;
        const frame = [heard.unit, ...said];
        // Ten bits a byte, there and back, at the line's rate.
        setTimeout(
          () => {
            send([...frame, ...crc16(frame)]);
          },
          ((8 + frame.length + 2) * 10_000) / config.baudRate,
        );
      } else {
        const heard = tcp(byte);
        const said = heard === undefined ? undefined : answer(heard.unit, heard.pdu);
        if (heard === undefined || said === undefined) continue;
        send([...heard.transaction, 0, 0, 0, said.length + 1, heard.unit, ...said]);
      }
    }
  };
}

const { transport } = config;
if (transport.kind === 'serial') {
  const port = new SerialPort({ path: transport.path, baudRate: config.baudRate });
  const take = listen((bytes) => port.write(bytes), 'rtu');
  port.on('data', take);
  port.on('open', () => {
    report({ report: 'ready', path: transport.path });
  });
} else {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on(
      'data',
      listen((bytes) => socket.write(bytes), transport.framing),
    );
    socket.on('error', () => socket.destroy());
  });
  server.listen(transport.port, '127.0.0.1', () => {
    const address = server.address();
    report({ report: 'ready', port: typeof address === 'object' ? address?.port : 0 });
  });
}

const orders = createInterface({ input: process.stdin });
orders.on('line', (line) => {
  const order = Order.parse(JSON.parse(line));
  if (order.do === 'damage') {
    damage = order.on;
    return;
  }
  const device = devices.get(order.unit);
  if (device === undefined) return;
  if (order.do === 'silent') device.silent = order.on;
  else if (order.do === 'set') {
    for (const [key, value] of numbers(order.holding)) device.memory.holding.set(key, value);
    for (const [key, value] of numbers(order.input)) device.memory.input.set(key, value);
  } else if (order.on === null) device.stuck.delete(order.coil);
  else {
    device.stuck.set(order.coil, order.on);
    device.memory.coils[order.coil] = order.on;
  }
});
orders.on('close', () => {
  process.exit(0);
});
