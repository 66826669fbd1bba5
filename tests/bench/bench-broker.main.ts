import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { Aedes } from 'aedes';
import { startBroker } from '../../broker/broker.ts';
import { systemClock, systemIds, systemRandom } from '../../platform/system.ts';

/**
 * A broker of the bench as a process of its own: `--data-dir DIR --clients N` is the product's, guards and store and
 * all, with room for N clients; `--plain` is aedes 1.2.0 as it comes, without any guard.
 * Prints `{port, secrets}`.
 */
const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string', default: '' },
    clients: { type: 'string', default: '0' },
    plain: { type: 'boolean', default: false },
  },
});
const ids = Array.from(
  { length: Number(values.clients) },
  (_, index) => `b-${String(index).padStart(4, '0')}`,
);

async function plain(): Promise<{ port: number; secrets: Record<string, string> }> {
  const aedes = await Aedes.createBroker();
  const server = createServer({ noDelay: true }, (socket) => {
    aedes.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    secrets: Object.fromEntries(ids.map((id) => [id, 'any'])),
  };
}

async function ours(): Promise<{ port: number; secrets: Record<string, string> }> {
  const broker = await startBroker({
    config: { hall: 1, dataDir: values['data-dir'], host: '127.0.0.1', port: 0 },
    clock: systemClock,
    random: systemRandom,
    ids: systemIds,
    log: (event, fields) => {
      process.stderr.write(`${event} ${JSON.stringify(fields)}\n`);
    },
    limits: { connections: 6_000, connectBurst: 12_000, connectsPerSecond: 5_000, hashesWaiting: 10_000 },
  });
  const issued = ids.map(
    async (id) => [id, await broker.issue(id, { kind: 'bridge', prefixes: ['bench'] })] as const,
  );
  return { port: broker.port, secrets: Object.fromEntries(await Promise.all(issued)) };
}

process.stdout.write(`${JSON.stringify(values.plain ? await plain() : await ours())}\n`);
