import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { GatewayConfig } from '../contract/config.ts';
import { loadConfig } from '../platform/config.ts';
import { refuseToStart, stopOnSignals } from '../platform/lifecycle.ts';
import { createLogger } from '../platform/log.ts';
import { systemClock, systemIds, systemRandom } from '../platform/system.ts';
import { startGateway } from './gateway.ts';
import { idKeyFile } from './idcard/id-key-file.ts';
import { CHINESE_FONTS, lazyGlyphs } from './printers/font/system-font.ts';

/** `npm run gateway -- --config FILE`: prints `{"ready":true}` when every device is connected. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config === undefined)
    throw new Error('say which configuration: npm run gateway -- --config FILE');
  const config = loadConfig(GatewayConfig, values.config, 'GATEWAY', process.env);
  const log = createLogger('gateway');
  const gateway = startGateway({
    config,
    configFile: values.config,
    secrets: readSecrets(config.credentials),
    cardKey: config.cardKey === undefined ? undefined : readCardKey(config.cardKey),
    ca: config.mqtt.ca === undefined ? undefined : readFileSync(config.mqtt.ca, 'utf8'),
    clock: systemClock,
    ids: systemIds,
    random: systemRandom,
    log,
    ...(config.idNumberKeys === undefined
      ? {}
      : {
          idKeys: idKeyFile(config.idNumberKeys, (reason) => {
            log.warn({ reason }, 'no ID card is read');
          }),
        }),
    glyphs: lazyGlyphs(CHINESE_FONTS, (reason) => {
      log.warn({ reason }, 'rare characters are printed as 〓');
    }),
  });
  stopOnSignals(() => gateway.stop().then(() => true), log);
  await gateway.ready;
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
}

function readCardKey(file: string): Uint8Array {
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url');
  if (key.length !== 32)
    throw new Error(`${file}: not a card key; copy <dataDir>/card-key of the hall, whole`);
  return key;
}

function readSecrets(file: string): Record<string, string> {
  try {
    return z.record(z.string(), z.string().min(1)).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Error(
      `${file}: the credentials cannot be read (${error instanceof Error ? error.message : String(error)})`,
      { cause: error },
    );
  }
}

main().catch(refuseToStart);
