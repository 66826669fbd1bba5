import { startBroker } from '../../broker/broker.ts';
import { systemClock, systemIds, systemRandom } from '../../platform/system.ts';

/**
 * The broker with its connection caps raised, so that one address may come thousands of times:
 * `node tests/support/fuzz-broker.main.ts FOLDER CLIENTS`. Prints its port and secrets; an unhandled error ends it.
 */
async function main(): Promise<void> {
  const [folder = '', clients = '1'] = process.argv.slice(2);
  const broker = await startBroker({
    config: { hall: 7, dataDir: folder, host: '127.0.0.1', port: 0 },
    clock: systemClock,
    random: systemRandom,
    ids: systemIds,
    log: () => undefined,
    limits: { connectBurst: 1e9, connectsPerSecond: 1e6, connections: 5_000 },
  });
  const secrets: Record<string, string> = {};
  for (let index = 0; index < Number(clients); index += 1) {
    const id = `fuzz-${String(index)}`;
    secrets[id] = await broker.issue(id, { kind: 'bridge', prefixes: ['zigbee2mqtt'] });
  }
  secrets.healthy = await broker.issue('healthy', { kind: 'bridge', prefixes: ['tasmota'] });
  process.stdout.write(`${JSON.stringify({ ready: true, port: broker.port, secrets })}\n`);
  process.stdin.on('data', () => {
    globalThis.gc?.();
    process.stdout.write(
      `${JSON.stringify({ heap: process.memoryUsage().heapUsed, connected: broker.counters().connected, errors: broker.counters().errors })}\n`,
    );
  });
  process.stdin.on('end', () => {
    void broker.stop().then(() => {
      process.exit(0);
    });
  });
}

await main();
