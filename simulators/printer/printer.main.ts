import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { SerialPort } from 'serialport';
import { machineClock } from '../machine-clock.ts';
import { PrinterConfig, PrinterOrder, type PrinterReport } from './printer.config.ts';
import { createPrinter, type SimulatedPrinter } from './printer.ts';

/**
 * One simulated receipt printer as a process: `node simulators/printer/printer.main.ts --config FILE | --json '{...}'`.
 * Orders come on standard input and reports go to standard output, one JSON object a line.
 */

type Output = (bytes: Uint8Array) => void;

function main(): void {
  const { values } = parseArgs({ options: { config: { type: 'string' }, json: { type: 'string' } } });
  const text = values.json ?? (values.config === undefined ? undefined : readFileSync(values.config, 'utf8'));
  if (text === undefined) throw new Error('say what to simulate: --config FILE or --json TEXT');
  const config = PrinterConfig.parse(JSON.parse(text));
  const outputs = new Set<Output>();
  const printer = createPrinter(config, {
    clock: machineClock,
    write: (bytes) => {
      for (const output of outputs) output(bytes);
    },
    report,
  });
  if (config.transport.kind === 'serial')
    openSerial(config.transport.path, config.baudRate, printer, outputs);
  else listen(config.transport.host, config.transport.port, printer, outputs);
  takeOrders(printer);
}

function report(what: PrinterReport): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

/** Opens the port, and again when it is unplugged and comes back. */
function openSerial(
  path: string,
  baudRate: number,
  printer: SimulatedPrinter,
  outputs: Set<Output>,
  first = true,
): void {
  const port = new SerialPort({ path, baudRate, autoOpen: false });
  const output: Output = (bytes) => {
    port.write(bytes);
  };
  const again = (reason: string): void => {
    outputs.delete(output);
    report({ report: 'cable', up: false, reason });
    setTimeout(() => {
      openSerial(path, baudRate, printer, outputs, false);
    }, 100);
  };
  port.on('data', (chunk: Buffer) => {
    printer.receive(chunk);
  });
  port.on('error', (error: Error) => {
    report({ report: 'cable', up: port.isOpen, reason: error.message });
  });
  port.open((error) => {
    if (error) {
      again(error.message);
      return;
    }
    outputs.add(output);
    port.on('close', () => {
      again('unplugged');
    });
    if (first) report({ report: 'ready', path });
    else report({ report: 'cable', up: true, reason: 'open again' });
  });
}

function listen(host: string, port: number, printer: SimulatedPrinter, outputs: Set<Output>): void {
  const server = createServer({ noDelay: true }, (socket: Socket) => {
    const output: Output = (bytes) => {
      socket.write(bytes);
    };
    outputs.add(output);
    socket.on('data', (chunk) => {
      printer.receive(chunk);
    });
    socket.on('error', (error) => {
      report({ report: 'cable', up: false, reason: error.message });
    });
    socket.on('close', () => {
      outputs.delete(output);
    });
  });
  server.listen(port, host, () => {
    const address = server.address();
    report({ report: 'ready', port: typeof address === 'object' && address !== null ? address.port : port });
  });
}

function takeOrders(printer: SimulatedPrinter): void {
  const orders = createInterface({ input: process.stdin });
  orders.on('line', (text) => {
    const order = PrinterOrder.safeParse(parse(text));
    if (order.success) printer.order(order.data);
    else report({ report: 'bad-order', reason: order.error.issues.map((issue) => issue.message).join('; ') });
  });
  // Whoever started the printer is gone: so is the printer.
  orders.on('close', () => {
    process.exit(0);
  });
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
