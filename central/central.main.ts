import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { CentralConfig } from '../contract/config.ts';
import { loadConfig } from '../platform/config.ts';
import { lockDataFolder } from '../platform/data-lock.ts';
import { checkDemoMark } from '../platform/demo-mark.ts';
import { refuseToStart, startParts, stopOnSignals } from '../platform/lifecycle.ts';
import { createLogger } from '../platform/log.ts';
import { removePortsFile, writePortsFile } from '../platform/ports-file.ts';
import { systemClock as clock, systemIds as ids, systemRandom as random } from '../platform/system.ts';
import { readCatalogue } from './catalogue/catalogue.ts';
import { createCentral } from './central.ts';
import type { Central } from './central.ts';
import { openPglite } from './store/pglite.ts';
import { openPostgres } from './store/postgres.ts';
import type { Database } from './store/sql.ts';

/** `npm run central -- --config FILE`: the central server on PostgreSQL, or on PGlite when no database is named. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config === undefined) throw new Error('usage: npm run central -- --config FILE');
  const config = loadConfig(CentralConfig, values.config, 'CENTRAL', process.env);
  const log = createLogger('central');
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')));

  process.umask(0o077);
  mkdirSync(config.dataDir, { recursive: true });
  chmodSync(config.dataDir, 0o700);
  const unlock = lockDataFolder(config.dataDir);
  process.once('exit', unlock);
  checkDemoMark({ dataDir: config.dataDir, demo: config.demo, hosts: [config.http.host] });

  let db: Database | undefined;
  let central: Central | undefined;
  const stop = await startParts(
    [
      {
        name: 'database',
        start: async () => {
          db =
            config.databaseUrl === undefined
              ? await openPglite(join(config.dataDir, 'pglite'))
              : openPostgres(config.databaseUrl, (error) => {
                  log.warn({ error: error.message }, 'a database connection broke');
                });
        },
        stop: () => db?.close(),
      },
      {
        name: 'central',
        start: async () => {
          if (db === undefined) throw new Error('no database');
          central = await createCentral({
            config,
            db,
            clock,
            ids,
            random,
            log,
            master: masterKey(config.dataDir),
            catalogue: readCatalogue(),
            version,
            page: join(import.meta.dirname, '../dist/phone'),
          });
          await central.start();
        },
        stop: () => central?.stop(),
      },
      {
        name: 'http',
        start: async () => {
          const port = (await central?.http.listen()) ?? 0;
          const url = `${config.http.tls === undefined ? 'http' : 'https'}://${config.http.host}:${String(port)}`;
          writePortsFile(config.dataDir, { http: port, url });
          process.stdout.write(`central: phone   ${url}/phone/\n`);
          process.stdout.write(`central: sync    ${url}/sync/v1/\n`);
        },
        stop: () => {
          removePortsFile(config.dataDir);
        },
      },
    ],
    clock,
    log,
  );
  stopOnSignals(async () => {
    const clean = await stop();
    unlock();
    return clean;
  }, log);
}

/** The key that wraps all keys at rest, beside the database and not in it: a stolen copy of the tables opens nothing. */
function masterKey(dataDir: string): Uint8Array {
  const file = join(dataDir, 'master.key');
  if (!existsSync(file))
    writeFileSync(file, Buffer.from(random.bytes(32)).toString('base64'), { mode: 0o600, flag: 'wx' });
  const key = Buffer.from(readFileSync(file, 'utf8'), 'base64');
  if (key.length !== 32)
    throw new Error(`${file} does not hold 32 bytes in base64; restore it from the backup`);
  return key;
}

main().catch(refuseToStart);
