import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { sleep } from '../../../../contract/ports.ts';
import { createReopeningTransport } from '../../../../devices/transports/reopening.ts';
import { tcpPort } from '../../../../devices/transports/tcp.ts';
import type { TransportState } from '../../../../devices/transports/transport.ts';
import { systemClock, systemRandom } from '../../../../platform/system.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listen(port = 0): Promise<{ server: Server; port: number; sockets: Socket[]; got: Buffer[] }> {
  const sockets: Socket[] = [];
  const got: Buffer[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', (chunk) => got.push(chunk));
    // A reset is what this test provokes.
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  cleanups.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { server, port: (server.address() as AddressInfo).port, sockets, got };
}

async function until(holds: () => boolean): Promise<void> {
  const end = systemClock.monotonic() + 3_000;
  while (!holds()) {
    if (systemClock.monotonic() > end) throw new Error('it did not come to hold');
    await sleep(systemClock, 5);
  }
}

test('[DV8] [DV9] over TCP: bytes both ways, a dropped connection is reopened, taking back resets it', async () => {
  const far = await listen();
  const transport = createReopeningTransport(tcpPort('127.0.0.1', far.port), systemClock, systemRandom);
  cleanups.push(() => transport.stop());
  const states: TransportState[] = [];
  const got: number[] = [];
  transport.start({ onBytes: (chunk) => got.push(...chunk), onState: (state) => states.push(state) });
  await until(() => transport.state().name === 'open' && far.sockets.length === 1);
  expect(await transport.write(Uint8Array.of(1, 2))).toBe('written');
  far.sockets[0]?.write(Buffer.of(9));
  await until(() => got.length === 1 && far.got.length === 1);
  far.sockets[0]?.destroy();
  await until(() => far.sockets.length === 2 && transport.state().name === 'open');
  expect(states.some((state) => state.name === 'down')).toBe(true);
  transport.discard();
  await until(() => far.sockets.length === 3);
  expect(states.some((state) => state.name === 'down' && state.reason === 'taken back')).toBe(true);
});

test('[DV9] nobody listening: a named state, and a plain answer to a write', async () => {
  const far = await listen();
  far.server.close();
  const transport = createReopeningTransport(tcpPort('127.0.0.1', far.port), systemClock, systemRandom);
  cleanups.push(() => transport.stop());
  transport.start({ onBytes: () => undefined, onState: () => undefined });
  await until(() => transport.state().name === 'down');
  expect(transport.state()).toMatchObject({
    name: 'down',
    reason: expect.stringContaining('ECONNREFUSED') as string,
  });
  expect(await transport.write(Uint8Array.of(1))).toBe('not-written');
});
