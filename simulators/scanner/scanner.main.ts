import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { SerialPort } from 'serialport';
import { z } from 'zod';
import { machineClock } from '../machine-clock.ts';
import { sendScan, type ScannerSetting } from './scanner.ts';

/**
 * A simulated scanner: `node simulators/scanner/scanner.main.ts --path PORT [--baud 9600] [--tail cr|lf|crlf] [--ack]`.
 * Every order on standard input, `{"scan":"TEXT"}`, is one scan; `{"sent":true,"t":ms}` when its last byte is out.
 */

const Order = z.strictObject({ scan: z.string().min(1), ack: z.boolean().optional() });

function main(): void {
  const { values } = parseArgs({
    options: {
      path: { type: 'string' },
      baud: { type: 'string', default: '9600' },
      tail: { type: 'string', default: 'cr' },
      ack: { type: 'boolean', default: false },
    },
  });
  if (values.path === undefined) throw new Error('say which port: --path PORT');
  const setting: ScannerSetting = {
    baudRate: z.coerce.number().int().min(300).parse(values.baud),
    tail: z.enum(['cr', 'lf', 'crlf']).parse(values.tail),
    ack: values.ack,
  };
  const port = new SerialPort({ path: values.path, baudRate: setting.baudRate }, (error) => {
    if (error) {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    }
    say({ report: 'ready' });
  });
  port.on('close', () => {
    process.exit(0);
  });
  let scans: Promise<void> = Promise.resolve();
  const orders = createInterface({ input: process.stdin });
  orders.on('line', (text) => {
    const order = Order.safeParse(parse(text));
    if (!order.success) {
      say({ report: 'bad-order', reason: order.error.issues.map((issue) => issue.message).join('; ') });
      return;
    }
    const { scan, ack = setting.ack } = order.data;
    scans = scans
      .then(() =>
        sendScan(scan, { ...setting, ack }, machineClock, (bytes) => {
          port.write(bytes);
        }),
      )
      .then(() => {
        say({ sent: true, t: machineClock.monotonic() });
      });
  });
  orders.on('close', () => {
    void scans.then(() => {
      port.drain(() => {
        process.exit(0);
      });
    });
  });
}

function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Refused by the schema, which then says what was expected.
    return undefined;
  }
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
