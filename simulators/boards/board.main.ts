import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { SerialPort } from 'serialport';
import { machineClock } from '../machine-clock.ts';
import { seededFraction } from '../seeded-fraction.ts';
import { BoardLineConfig, BoardOrder, type BoardReport } from './board.config.ts';
import { createBoardLine, type BoardLine } from './board-line.ts';

/**
 * One simulated line as a process: `node simulators/boards/board.main.ts --config FILE | --json '{...}'`.
 * Orders come on standard input and reports go to standard output, one JSON object a line.
 */

function main(): void {
  const { values } = parseArgs({ options: { config: { type: 'string' }, json: { type: 'string' } } });
  const text = values.json ?? (values.config === undefined ? undefined : readFileSync(values.config, 'utf8'));
  if (text === undefined) throw new Error('say what to simulate: --config FILE or --json TEXT');
  const config = BoardLineConfig.parse(JSON.parse(text));
  const outputs = new Set<(bytes: Uint8Array) => void>();
  const line = createBoardLine(config, {
    clock: machineClock,
    fraction: seededFraction(config.seed),
    write: (bytes) => {
      for (const output of outputs) output(bytes);
    },
    report,
  });
  if (config.transport.kind === 'serial')
    openSerial(config.transport.path, config.baudRate, line, outputs, true);
  else listen(config.transport.host, config.transport.port, line, outputs);
  takeOrders(line);
}

function report(what: BoardReport): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

/** Opens the port, and again when it is unplugged and comes back. */
function openSerial(
  path: string,
  baudRate: number,
  line: BoardLine,
  outputs: Set<(bytes: Uint8Array) => void>,
  first: boolean,
): void {
  const port = new SerialPort({ path, baudRate, autoOpen: false });
  const output = (bytes: Uint8Array): void => {
    port.write(bytes);
  };
  const again = (reason: string): void => {
    outputs.delete(output);
    report({ report: 'line', up: false, reason, t: machineClock.monotonic() });
    setTimeout(() => {
      openSerial(path, baudRate, line, outputs, false);
    }, 100);
  };
  port.on('data', (chunk: Buffer) => {
    line.receive(chunk);
  });
  port.on('error', (error: Error) => {
    report({ report: 'line', up: port.isOpen, reason: error.message, t: machineClock.monotonic() });
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
    else report({ report: 'line', up: true, reason: 'open again', t: machineClock.monotonic() });
  });
}

function listen(
  host: string,
  port: number,
  line: BoardLine,
  outputs: Set<(bytes: Uint8Array) => void>,
): void {
  const server = createServer({ noDelay: true }, (socket: Socket) => {
    const output = (bytes: Uint8Array): void => {
      socket.write(bytes);
    };
    outputs.add(output);
    socket.on('data', (chunk) => {
      line.receive(chunk);
    });
    socket.on('error', (error) => {
      report({ report: 'line', up: false, reason: error.message, t: machineClock.monotonic() });
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

function takeOrders(line: BoardLine): void {
  const orders = createInterface({ input: process.stdin });
  orders.on('line', (text) => {
    const order = BoardOrder.safeParse(parse(text));
    if (order.success) line.order(order.data);
    else report({ report: 'bad-order', reason: order.error.issues.map((issue) => issue.message).join('; ') });
  });
  // Whoever started the line is gone: so is the line.
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
