import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BrokerConfig, HallConfig } from '../contract/config.ts';
import { loadConfig } from '../platform/config.ts';
import { lockDataFolder } from '../platform/data-lock.ts';
import { refuseToStart, stopOnSignals } from '../platform/lifecycle.ts';
import { createLogger } from '../platform/log.ts';
import { removePortsFile, writePortsFile } from '../platform/ports-file.ts';
import { systemClock, systemIds, systemRandom } from '../platform/system.ts';
import { AdminRequest, administer } from './administration.ts';
import type { AdminAnswer } from './administration.ts';
import { startBroker } from './broker.ts';
import type { Broker } from './broker.ts';
import { askRunning, openControl } from './control.ts';
import { enrolConfigured } from './enrol.ts';
import { newKeyPair } from './tls/x509.ts';

/**
 * `npm run broker -- --config FILE`: the broker alone. Secrets of the configured clients are in
 * `<dataDir>/secrets.json`; hand each gateway only its own. With a command it does one thing to the
 * broker of that data folder, running (also inside a hall) or not; FILE may be the hall's.
 */
const USAGE = `usage: npm run broker -- --config FILE
       npm run broker -- enrol --config FILE --id ID --role device|bridge [--prefixes A,B] [--certificate [--out FOLDER]]
       npm run broker -- revoke --config FILE --id ID
       npm run broker -- rotate-ca --config FILE [--overlap-days N | --finish]
       npm run broker -- rotate-server --config FILE
       npm run broker -- certificates --config FILE`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      id: { type: 'string' },
      role: { type: 'string' },
      prefixes: { type: 'string' },
      certificate: { type: 'boolean', default: false },
      out: { type: 'string', default: '.' },
      'overlap-days': { type: 'string' },
      finish: { type: 'boolean', default: false },
    },
  });
  const [command, ...more] = positionals;
  if (values.config === undefined || more.length > 0) throw new Error(USAGE);
  const config = readConfig(values.config);
  if (command === undefined) {
    await serve(config);
    return;
  }
  if (command !== 'enrol' || !values.certificate) {
    const overlap = values['overlap-days'];
    const answer = await ask(config, {
      command: command === 'rotate-ca' && values.finish ? 'finish-ca' : command,
      ...(values.id === undefined ? {} : { id: values.id }),
      ...(values.role === undefined ? {} : { role: values.role }),
      ...(values.prefixes === undefined ? {} : { prefixes: values.prefixes.split(',') }),
      ...(command === 'rotate-ca' && !values.finish
        ? { overlapDays: overlap === undefined ? (config.tls?.overlapDays ?? 0) : Number(overlap) }
        : {}),
    });
    process.stdout.write('secret' in answer ? `${answer.secret}\n` : `${JSON.stringify(answer, null, 2)}\n`);
    return;
  }
  const files = {
    key: join(values.out, `${values.id ?? ''}.key`),
    crt: join(values.out, `${values.id ?? ''}.crt`),
  };
  for (const file of Object.values(files))
    if (existsSync(file)) throw new Error(`${file} is there already; choose another folder with --out`);
  // The private key is made here, where it is needed, and never seen by the broker.
  const pair = newKeyPair();
  const answer = await ask(config, {
    command,
    id: values.id,
    role: values.role,
    ...(values.prefixes === undefined ? {} : { prefixes: values.prefixes.split(',') }),
    publicKey: pair.publicKey,
  });
  if (!('certificate' in answer)) throw new Error('the broker gave no certificate');
  writeNew(files.key, pair.key);
  writeNew(files.crt, answer.certificate);
  process.stdout.write(`${JSON.stringify({ ...files, authority: answer.authority }, null, 2)}\n`);
}

/** A broker's own configuration, or what a hall's says about the broker inside it. */
function readConfig(file: string): BrokerConfig {
  const raw: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  const ofHall = typeof raw === 'object' && raw !== null && 'name' in raw;
  if (!ofHall) return loadConfig(BrokerConfig, file, 'HALL', process.env);
  const { hall, dataDir, broker, devices } = loadConfig(HallConfig, file, 'HALL', process.env);
  const { host, port, tls, bridges } = broker;
  return BrokerConfig.parse({
    ...{ hall, dataDir, host, port, bridges, devices: devices.map((device) => device.id) },
    ...(tls === undefined ? {} : { tls }),
  });
}

async function serve(config: BrokerConfig): Promise<void> {
  const log = createLogger('broker');
  const unlock = lockDataFolder(config.dataDir);
  const broker = await open(config, true);
  await enrolConfigured(broker, config, join(config.dataDir, 'secrets.json'));
  const control = await openControl(broker, config.dataDir);
  writePortsFile(config.dataDir, {
    mqtt: broker.port,
    ...(broker.secure === undefined ? {} : { mqtts: broker.secure.port }),
  });
  process.stdout.write(`broker: mqtt://${config.host}:${String(broker.port)}\n`);
  if (broker.secure !== undefined)
    process.stdout.write(
      `broker: mqtts://${config.tls?.host ?? ''}:${String(broker.secure.port)} trusted by ${broker.secure.bundleFile}\n`,
    );
  stopOnSignals(async () => {
    await control.close();
    await broker.stop();
    removePortsFile(config.dataDir);
    unlock();
    return true;
  }, log);
}

function open(config: BrokerConfig, listen: boolean): Promise<Broker> {
  const log = createLogger('broker');
  return startBroker({
    config,
    listen,
    clock: systemClock,
    random: systemRandom,
    ids: systemIds,
    log: (event, fields) => {
      log.warn(fields, event);
    },
  });
}

/** Asks the running broker, or does it on the data folder when none runs. */
async function ask(config: BrokerConfig, raw: unknown): Promise<AdminAnswer> {
  const parsed = AdminRequest.safeParse(raw);
  if (!parsed.success)
    throw new Error(
      `${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}\n${USAGE}`,
    );
  const answer = (await askRunning(config.dataDir, parsed.data)) ?? (await onFolder(config, parsed.data));
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}

async function onFolder(config: BrokerConfig, request: AdminRequest): Promise<AdminAnswer> {
  const unlock = lockDataFolder(config.dataDir);
  try {
    const broker = await open(config, false);
    try {
      return await administer(broker, request);
    } finally {
      await broker.stop();
    }
  } finally {
    unlock();
  }
}

/** Never over a file that is there: a key is written once. */
function writeNew(file: string, text: string): void {
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeSync(handle, text);
  } finally {
    closeSync(handle);
  }
}

main().catch(refuseToStart);
