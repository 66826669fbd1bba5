import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BrokerConfig, gatewayClients, HallConfig } from '../contract/config.ts';
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
import { SecretsFile, enrolConfigured, rolesOf } from './enrol.ts';
import { mosquittoFiles } from './mosquitto.ts';
import { openAuthority } from './tls/authority.ts';
import { newKeyPair } from './tls/x509.ts';
import { writeWhole } from './whole-file.ts';

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
       npm run broker -- certificates --config FILE
       npm run broker -- export-mosquitto --config FILE --out FOLDER`;

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
  if (command === 'export-mosquitto') {
    await exportMosquitto(config, resolve(values.out));
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
  const config = loadConfig(HallConfig, file, 'HALL', process.env);
  const { hall, dataDir, broker } = config;
  const { host, port, tls, bridges } = broker;
  return BrokerConfig.parse({
    ...{ hall, dataDir, host, port, bridges, devices: gatewayClients(config) },
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

/** Configuration, access list, passwords, secrets and TLS files for a Mosquitto in place of this broker [BR35]. */
async function exportMosquitto(config: BrokerConfig, folder: string): Promise<void> {
  const roles = rolesOf(config);
  const kept = [join(folder, 'secrets.json'), join(config.dataDir, 'secrets.json')].find((file) =>
    existsSync(file),
  );
  const known = kept === undefined ? {} : SecretsFile.parse(JSON.parse(readFileSync(kept, 'utf8')));
  const secrets: SecretsFile = {};
  for (const id of roles.keys())
    secrets[id] = known[id] ?? Buffer.from(systemRandom.bytes(24)).toString('base64url');
  writeWhole(join(folder, 'secrets.json'), `${JSON.stringify(secrets, null, 2)}\n`);
  const tls = { ca: join(folder, 'ca.pem'), server: join(folder, 'server.pem') };
  if (config.tls !== undefined) {
    const { hall, dataDir } = config;
    const authority = await openAuthority({
      ...{ hall, dataDir, tls: config.tls, clock: systemClock, random: systemRandom },
    });
    const { ca, cert, key } = authority.material();
    writeWhole(tls.ca, ca, 0o644);
    writeWhole(tls.server, key + cert);
  }
  const files = mosquittoFiles({
    ...{ config, roles, secrets, folder, random: systemRandom },
    ...(config.tls === undefined ? {} : { tls }),
  });
  for (const name of ['mosquitto.conf', 'acl', 'passwords'] as const)
    writeWhole(join(folder, name), files[name]);
  process.stdout.write(
    `${JSON.stringify({ conf: join(folder, 'mosquitto.conf'), secrets: join(folder, 'secrets.json') }, null, 2)}\n`,
  );
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
