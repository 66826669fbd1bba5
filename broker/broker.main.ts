import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BrokerConfig } from '../contract/config.ts';
import { loadConfig } from '../platform/config.ts';
import { lockDataFolder } from '../platform/data-lock.ts';
import { refuseToStart, stopOnSignals } from '../platform/lifecycle.ts';
import { createLogger } from '../platform/log.ts';
import { removePortsFile, writePortsFile } from '../platform/ports-file.ts';
import { systemClock, systemIds, systemRandom } from '../platform/system.ts';
import { startBroker } from './broker.ts';
import { enrolConfigured } from './enrol.ts';

/**
 * `npm run broker -- --config FILE`: the broker alone. Secrets of the configured clients are in
 * `<dataDir>/secrets.json`; hand each gateway only its own.
 */
try {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config === undefined) throw new Error('usage: broker --config FILE');
  const config = loadConfig(BrokerConfig, values.config, 'HALL', process.env);
  const log = createLogger('broker');
  const unlock = lockDataFolder(config.dataDir);
  const broker = await startBroker({
    config,
    clock: systemClock,
    random: systemRandom,
    ids: systemIds,
    log: (event, fields) => {
      log.warn(fields, event);
    },
  });
  await enrolConfigured(broker, config, join(config.dataDir, 'secrets.json'));
  writePortsFile(config.dataDir, { mqtt: broker.port });
  process.stdout.write(`broker: mqtt://${config.host}:${String(broker.port)}\n`);
  stopOnSignals(async () => {
    await broker.stop();
    removePortsFile(config.dataDir);
    unlock();
    return true;
  }, log);
} catch (error) {
  refuseToStart(error);
}
