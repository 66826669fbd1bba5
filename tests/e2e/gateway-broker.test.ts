import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MqttClient } from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { startBroker } from '../../broker/broker.ts';
import { GatewayDevice } from '../../contract/config.ts';
import { Outcome } from '../../contract/messages.ts';
import { sleep } from '../../contract/ports.ts';
import { toInstant } from '../../contract/time.ts';
import { deviceTopic, timeTopic } from '../../contract/topics.ts';
import { startGateway } from '../../devices/gateway.ts';
import { createLogger } from '../../platform/log.ts';
import { systemClock, systemIds, systemRandom } from '../../platform/system.ts';
import { startProgram } from '../support/json-process.ts';
import { wires } from '../support/gateway-bench.ts';

const HALL = 7;
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function until(holds: () => boolean): Promise<void> {
  const end = systemClock.monotonic() + 8_000;
  while (!holds()) {
    if (systemClock.monotonic() > end) throw new Error('it did not come to hold');
    await sleep(systemClock, 5);
  }
}

test('[DV18] [DV11] inside one process with our own broker: devices get in with their own secret only, and a door opens', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-broker-'));
  cleanups.push(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const log = createLogger('test', 'silent');
  const common = { clock: systemClock, random: systemRandom, ids: systemIds, log };
  const broker = await startBroker({
    ...common,
    log: () => undefined,
    config: { hall: HALL, dataDir: folder, host: '127.0.0.1', port: 0 },
  });
  cleanups.push(() => broker.stop());
  const hallSecret = await broker.issue('hall', { kind: 'hall' });
  const secrets = {
    'bank-1': await broker.issue('bank-1', { kind: 'device', device: 'bank-1' }),
    'bank-2': 'not-the-secret',
  };
  await broker.issue('bank-2', { kind: 'device', device: 'bank-2' });

  const board = startProgram(
    'simulators/boards/board.main.ts',
    ['--json', JSON.stringify({ transport: { kind: 'tcp', port: 0 }, boards: [{ address: 0 }] })],
    systemClock,
  );
  cleanups.push(() => board.stop('SIGKILL'));
  const { port } = await board.hear((said) => said.report === 'ready');
  const transport = { kind: 'tcp', host: '127.0.0.1', port };
  const devices = [
    { id: 'bank-1', definition: 'kerong-cu48', transport, compartments: wires(0, [1, 2]) },
    { id: 'bank-2', definition: 'kerong-cu48', transport, compartments: wires(0, [3]) },
  ].map((device) => GatewayDevice.parse(device));
  const gateway = startGateway({
    ...common,
    config: { hall: HALL, dataDir: folder, mqtt: { host: '127.0.0.1', port: broker.port }, devices },
    secrets,
  });
  cleanups.push(() => gateway.stop());

  const heard: Outcome[] = [];
  const hall = new MqttClient(() => createConnection({ host: '127.0.0.1', port: broker.port }), {
    clientId: 'hall',
    username: 'hall',
    password: hallSecret,
    protocolVersion: 4,
  });
  cleanups.push(() => hall.endAsync(true));
  hall.on('message', (_topic, payload) => heard.push(Outcome.parse(JSON.parse(payload.toString()))));
  await hall.subscribeAsync(`hall/${String(HALL)}/dev/+/outcome`, { qos: 1 });
  await until(() => broker.clients().includes('bank-1') && gateway.lines()[0]?.stats !== undefined);
  await until(() => {
    const [line] = gateway.lines();
    return line?.kind === 'lock-board' && line.stats.state === 'open' && line.stats.frames > 0;
  });
  const command = (device: string, compartment: number): string => {
    const id = systemIds.uuid();
    hall.publish(
      deviceTopic(HALL, device, 'cmd'),
      JSON.stringify({
        id,
        name: 'unlock',
        args: { compartment },
        expiresAt: toInstant(systemClock.now() + 4_000),
      }),
      { qos: 1 },
    );
    return id;
  };
  // Time is not retained and a device may still be subscribing: say it until it is believed.
  await until(() => {
    hall.publish(timeTopic(HALL), JSON.stringify({ at: toInstant(systemClock.now()) }));
    return broker.clients().includes('bank-1');
  });
  await sleep(systemClock, 300);
  hall.publish(timeTopic(HALL), JSON.stringify({ at: toInstant(systemClock.now()) }));
  await sleep(systemClock, 100);
  const mine = command('bank-1', 2);
  command('bank-2', 3);
  await until(() => heard.length > 0);
  await sleep(systemClock, 500);
  expect(heard.map(({ id, outcome }) => ({ id, outcome }))).toEqual([{ id: mine, outcome: 'done' }]);
  expect(broker.clients()).not.toContain('bank-2');
  expect(board.said.filter((said) => said.report === 'pulse').map((said) => said.lock)).toEqual([2]);
});
