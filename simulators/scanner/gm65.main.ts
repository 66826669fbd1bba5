import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { SerialPort } from 'serialport';
import { z } from 'zod';
import { sleep } from '../../contract/ports.ts';
import { machineClock } from '../machine-clock.ts';
import { createGm65, gm65Answer } from './gm65.ts';

/**
 * A simulated GM65: `node simulators/scanner/gm65.main.ts --path PORT [--tail cr|lf|crlf|tab|none] [--pieces 1,3,2]`.
 * `{"show":"TEXT"}` holds a code before it, read when it is triggered; `{"continuous":"TEXT","times":5,"everyMs":100}` is a
 * code held before one that looks by itself; `{"deaf":true}` answers no command; `{"raw":"B0 31"}` sends bytes.
 * Every command it gets is said.
 */
const Order = z.union([
  z.strictObject({ show: z.string().min(1) }),
  z.strictObject({ continuous: z.string().min(1), times: z.number().int(), everyMs: z.number() }),
  z.strictObject({ deaf: z.boolean() }),
  z.strictObject({ raw: z.string() }),
]);
const TAILS: Readonly<Record<string, readonly number[]>> = {
  cr: [0x0d],
  lf: [0x0a],
  crlf: [0x0d, 0x0a],
  tab: [0x09],
  none: [],
};

function main(): void {
  const { values } = parseArgs({
    options: {
      path: { type: 'string' },
      tail: { type: 'string', default: 'cr' },
      pieces: { type: 'string', default: '64' },
    },
  });
  if (values.path === undefined) throw new Error('say which port: --path PORT');
  const tail = TAILS[values.tail];
  if (tail === undefined) throw new Error(`no tail "${values.tail}"`);
  const pieces = values.pieces.split(',').map(Number);
  const port = new SerialPort({ path: values.path, baudRate: 9_600 }, (error) => {
    if (error) {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    }
    say({ report: 'ready' });
  });
  port.on('close', () => process.exit(0));
  const scanner = createGm65();
  let shown: string | undefined;
  let deaf = false;
  let sending: Promise<void> = Promise.resolve();

  /** Bytes leave in the pieces asked for, with a breath between, so that they arrive cut there. */
  function send(bytes: readonly number[]): void {
    sending = sending.then(async () => {
      let at = 0;
      for (let turn = 0; at < bytes.length; turn += 1) {
        const size = Math.max(1, pieces[turn % pieces.length] ?? 1);
        port.write(Uint8Array.from(bytes.slice(at, at + size)));
        at += size;
        await sleep(machineClock, 2);
      }
    });
  }
  const coded = (text: string): number[] => [...new TextEncoder().encode(text), ...tail];

  port.on('data', (chunk: Buffer) => {
    for (const said of scanner.take(chunk)) {
      say({ report: 'command', ...said });
      if (deaf || said.kind === 'refused') continue;
      const code = said.kind === 'trigger' && shown !== undefined ? coded(shown) : [];
      if (said.kind === 'trigger') shown = undefined;
      send([...gm65Answer, ...code]);
    }
  });
  createInterface({ input: process.stdin }).on('line', (text) => {
    const order = Order.parse(JSON.parse(text));
    if ('show' in order) shown = order.show;
    else if ('deaf' in order) deaf = order.deaf;
    else if ('raw' in order) send(order.raw.split(' ').map((pair) => Number.parseInt(pair, 16)));
    else
      void (async () => {
        for (let time = 0; time < order.times; time += 1) {
          send(coded(order.continuous));
          await sleep(machineClock, order.everyMs);
        }
        say({ report: 'held' });
      })();
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
