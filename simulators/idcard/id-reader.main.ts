import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { SerialPort } from 'serialport';
import { z } from 'zod';
import { sleep } from '../../contract/ports.ts';
import { machineClock } from '../machine-clock.ts';
import { createIdReader } from './id-reader.ts';

/**
 * A simulated reader of ID cards: `node simulators/idcard/id-reader.main.ts --path PORT [--finds-again] [--pieces 100,1,7]`.
 * Orders: `{"lay":{...}}`, `{"lift":true}`, `{"trouble":"mute"}`, `{"noise":"AA 00 FF"}` (bytes before the next answer),
 * `{"asked":true}` (what it was asked so far).
 */
const Order = z.union([
  z.strictObject({
    lay: z.strictObject({
      name: z.string().max(15),
      sex: z.string(),
      nation: z.string(),
      birth: z.string(),
      address: z.string().max(35),
      number: z.string(),
      authority: z.string().max(15),
      from: z.string(),
      to: z.string(),
    }),
  }),
  z.strictObject({ lift: z.literal(true) }),
  z.strictObject({
    trouble: z.enum(['none', 'mute', 'garbled', 'not-authorised', 'read-failed', 'deaf-sum']),
  }),
  z.strictObject({ noise: z.string() }),
  z.strictObject({ asked: z.literal(true) }),
]);

function main(): void {
  const { values } = parseArgs({
    options: {
      path: { type: 'string' },
      'finds-again': { type: 'boolean', default: false },
      pieces: { type: 'string', default: '2000' },
    },
  });
  if (values.path === undefined) throw new Error('say which port: --path PORT');
  const pieces = values.pieces.split(',').map(Number);
  const port = new SerialPort({ path: values.path, baudRate: 115_200 }, (error) => {
    if (error) {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    }
    say({ report: 'ready' });
  });
  port.on('close', () => process.exit(0));
  const reader = createIdReader(values['finds-again']);
  let noise: number[] = [];
  let sending: Promise<void> = Promise.resolve();

  /** In pieces, with a breath between, so that they arrive cut there. */
  function send(bytes: readonly number[]): void {
    sending = sending.then(async () => {
      let at = 0;
      for (let turn = 0; at < bytes.length; turn += 1) {
        const size = Math.max(1, pieces[turn % pieces.length] ?? 1);
        port.write(Uint8Array.from(bytes.slice(at, at + size)));
        at += size;
        if (at < bytes.length) await sleep(machineClock, 2);
      }
    });
  }

  port.on('data', (chunk: Buffer) => {
    for (const said of reader.take(chunk)) {
      send([...noise, ...said]);
      noise = [];
    }
  });
  createInterface({ input: process.stdin }).on('line', (text) => {
    const order = Order.parse(JSON.parse(text));
    if ('lay' in order) reader.lay(order.lay);
    else if ('lift' in order) reader.lift();
    else if ('trouble' in order) reader.trouble(order.trouble);
    else if ('noise' in order) noise = order.noise.split(' ').map((pair) => Number.parseInt(pair, 16));
    else say({ report: 'asked', counts: reader.asked() });
  });
}

function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
