import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Broker } from '../broker/broker.ts';
import { startBroker } from '../broker/broker.ts';
import { busClients } from '../broker/bus-clients.ts';
import { openControl } from '../broker/control.ts';
import type { Control } from '../broker/control.ts';
import { enrolConfigured } from '../broker/enrol.ts';
import { gatewayClients, HallConfig } from '../contract/config.ts';
import { idNumberKey } from '../contract/id-number.ts';
import type { Health } from '../contract/hall-api.ts';
import type { CancelTimer } from '../contract/ports.ts';
import { startGateway } from '../devices/gateway.ts';
import type { Gateway } from '../devices/gateway.ts';
import { CHINESE_FONTS, lazyGlyphs } from '../devices/printers/font/system-font.ts';
import { loadConfig } from '../platform/config.ts';
import { lockDataFolder } from '../platform/data-lock.ts';
import { checkDemoMark } from '../platform/demo-mark.ts';
import { refuseToStart, startParts, stopOnSignals } from '../platform/lifecycle.ts';
import type { Part } from '../platform/lifecycle.ts';
import { createLogger } from '../platform/log.ts';
import { removePortsFile, writePortsFile } from '../platform/ports-file.ts';
import { systemClock as clock, systemIds as ids, systemRandom as random } from '../platform/system.ts';
import { startSyncAgent } from '../sync/agent.ts';
import type { SyncAgent } from '../sync/agent.ts';
import { fetchPort } from '../sync/http.ts';
import { createHttp } from './adapters/http.ts';
import type { HallHttp } from './adapters/http.ts';
import { createLiveHub } from './adapters/live.ts';
import { createMetrics } from './adapters/metrics.ts';
import { createMqttDevices } from './adapters/mqtt.ts';
import { createSyncLink } from './adapters/sync-link.ts';
import type { SyncLink } from './adapters/sync-link.ts';
import { createClockTrust } from './clock-trust.ts';
import { createAlarms } from './desk/alarms.service.ts';
import { createHall, tellFeedNews } from './hall.ts';
import { createSyncStatus } from './home/sync-status.service.ts';
import { DEMO_STAFF } from './identity/identity.api.ts';
import { createIdentityService } from './identity/identity.service.ts';
import { keepIdKeyFile } from './keys/id-key-file.ts';
import { createKeyRing } from './keys/key-ring.service.ts';
import { cardKey, serviceToken } from './local-secrets.ts';
import { machineClock } from './machine.ts';
import { DEMO_MAP, loadPlan } from './navigation/navigation.service.ts';
import { startMaintenance } from './store/maintenance.ts';
import { createBadMessages } from './store/bad-messages.ts';
import { openDatabase } from './store/database.ts';
import { createInbox } from './store/inbox.ts';
import { createOutbox } from './store/outbox.ts';
import { createReference } from './store/reference.ts';
import { createStore } from './store/store.ts';
import { openSyncKey } from './store/sync-identity.ts';

/** Longest wait for the broker at start; the hall serves without it and goes on trying. */
const BROKER_WAIT_MS = 2_000;

/** `npm run hall -- --config FILE`: one hall, all parts in one process unless the configuration says otherwise. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config === undefined) throw new Error('usage: npm run hall -- --config FILE');
  const config = loadConfig(HallConfig, values.config, 'HALL', process.env);
  const log = createLogger('hall');
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')));

  // What is stored is for this program's user alone.
  process.umask(0o077);
  mkdirSync(config.dataDir, { recursive: true });
  chmodSync(config.dataDir, 0o700);
  const unlock = lockDataFolder(config.dataDir);
  process.once('exit', unlock);
  checkDemoMark({
    dataDir: config.dataDir,
    demo: config.demo,
    hosts: [config.http.host, config.broker.host, config.broker.tls?.host ?? 'localhost'],
  });
  const plan = loadPlan(config.map ?? DEMO_MAP);

  // ── store ──────────────────────────────────────────────────────────────────
  const db = openDatabase(join(config.dataDir, 'hall.sqlite'));
  const restoredMark = join(config.dataDir, 'restored');
  const trust = createClockTrust(db, clock, machineClock(ids.uuid()));
  let agent: SyncAgent | undefined;
  let syncLink: SyncLink | undefined;
  const store = createStore(db, {
    clock,
    ids,
    clockState: () => trust.state(),
    restored: existsSync(restoredMark),
    onDefect: (error) => {
      log.error(
        { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
        'something after a commit failed',
      );
    },
    onFacts: () => {
      agent?.factsWaiting();
      syncLink?.tell('facts');
    },
  });
  rmSync(restoredMark, { force: true });
  const reference = createReference(db);
  const live = createLiveHub(clock, version);
  const alarms = createAlarms({ store, clock, ids, live });
  const outbox = createOutbox(store, clock);
  const inbox = createInbox({
    store,
    clock,
    listeners: () => hall.feedListeners,
    news: ({ types, parked }) => {
      tellFeedNews(live, types);
      if (parked > 0)
        alarms.raise('parked-change', {
          zh: '中心发来的数据有看不懂的，已经放到一边。请联系技术人员。',
          en: 'Central sent data this hall does not understand; it was put aside. Call a technician.',
        });
    },
  });
  const syncStatus = createSyncStatus({ outbox, inbox, trust, alarms, live, clock });
  const identity = createIdentityService({ config, store, clock, random });

  // ── parts that talk ────────────────────────────────────────────────────────
  let broker: Broker | undefined;
  let brokerControl: Control | undefined;
  let gateway: Gateway | undefined;
  let http: HallHttp | undefined;
  let secrets: Readonly<Record<string, string>> = {};
  let httpPort = 0;
  let stopMaintenance: CancelTimer = () => undefined;
  let stopIdKeyFile = (): void => undefined;
  const brokerAddress = (): { url: string; host: string; port: number } => {
    if (config.broker.url === undefined) {
      const port = broker?.port ?? config.broker.port;
      return { url: `mqtt://${config.broker.host}:${String(port)}`, host: config.broker.host, port };
    }
    const url = new URL(config.broker.url);
    return {
      url: config.broker.url,
      host: url.hostname,
      port: Number(url.port || (url.protocol === 'mqtts:' ? 8883 : 1883)),
    };
  };
  const brokerCa =
    config.broker.url?.startsWith('mqtts:') === true && config.broker.ca !== undefined
      ? readFileSync(config.broker.ca, 'utf8')
      : undefined;
  const devices = createMqttDevices({
    connection: () => ({
      url: brokerAddress().url,
      username: 'hall',
      ...(secrets['hall'] === undefined ? {} : { password: secrets['hall'] }),
      ...(brokerCa === undefined ? {} : { ca: brokerCa }),
    }),
    hall: config.hall,
    prefixes: config.broker.bridges.flatMap((each) => each.prefixes),
    clock,
    ids,
    log,
    bad: createBadMessages(db, clock),
    listeners: () => hall.listeners,
  });
  const keys = createKeyRing({ store, reference, clock });
  const hall = createHall(
    {
      config,
      store,
      reference,
      clock,
      random,
      ids,
      trust,
      keys,
      devices,
      live,
      log,
    },
    {
      alarms,
      identity,
      plan,
      sync: {
        now: () => {
          agent?.now();
          syncLink?.tell('now');
        },
        view: () => syncStatus.view(),
      },
      bus: () => ({
        broker: config.broker.url === undefined ? 'embedded' : 'external',
        clients: busClients({ devices: gatewayClients(config), bridges: config.broker.bridges }, broker),
        pass: broker?.viewerPass,
      }),
      phoneUrl: () => (config.central === undefined ? '' : new URL('/phone/', config.central.url).href),
    },
  );

  const health = (): Health => {
    const parts: Health['parts'] = {
      store: db.open ? 'ok' : 'down',
      broker: config.broker.url === undefined ? (broker === undefined ? 'down' : 'ok') : 'off',
      mqtt: devices.connected() ? 'ok' : 'down',
      gateway: config.devices.length === 0 ? 'off' : gateway === undefined ? 'down' : 'ok',
      sync:
        syncLink?.connected() === true
          ? 'ok'
          : config.central === undefined || !config.syncEmbedded
            ? 'off'
            : agent === undefined
              ? 'down'
              : 'ok',
    };
    return { status: Object.values(parts).includes('down') ? 'down' : 'ok', version, parts };
  };

  const parts: Part[] = [
    {
      name: 'broker',
      start: async () => {
        if (config.broker.url !== undefined) {
          // A broker of somebody else's: it knows us, we are told our secrets.
          const given = config.broker.credentials ?? join(config.dataDir, 'secrets.json');
          if (config.broker.credentials !== undefined || existsSync(given))
            secrets = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(given, 'utf8')));
          return;
        }
        const file = join(config.dataDir, 'secrets.json');
        broker = await startBroker({
          config: {
            hall: config.hall,
            dataDir: config.dataDir,
            host: config.broker.host,
            port: config.broker.port,
            tls: config.broker.tls,
          },
          clock,
          random,
          ids,
          log: (event, fields) => {
            log.warn(fields, event);
          },
        });
        secrets = await enrolConfigured(
          broker,
          { devices: gatewayClients(config), bridges: config.broker.bridges },
          file,
        );
        brokerControl = await openControl(broker, config.dataDir);
      },
      stop: async () => {
        await brokerControl?.close();
        await broker?.stop();
      },
    },
    {
      name: 'mqtt',
      start: async () => {
        if (!(await devices.start(BROKER_WAIT_MS)))
          log.warn({}, 'the broker does not answer yet; the hall goes on without hardware and keeps trying');
      },
      stop: () => devices.stop(),
    },
    {
      name: 'gateway',
      start: () => {
        if (config.devices.length === 0) return;
        const { host, port } = brokerAddress();
        gateway = startGateway({
          config: {
            hall: config.hall,
            dataDir: config.dataDir,
            mqtt: { host, port },
            devices: config.devices,
            commissioning: config.commissioning,
          },
          configFile: values.config,
          secrets,
          ca: brokerCa,
          cardKey: cardKey(config.dataDir, random),
          clock,
          ids,
          random,
          log,
          idKeys: () => keys.hallKeys().map(({ key }) => idNumberKey(key)),
          glyphs: lazyGlyphs(CHINESE_FONTS, (reason) => {
            log.warn({ reason }, 'rare characters are printed as 〓');
          }),
        });
      },
      stop: () => gateway?.stop(),
    },
    {
      name: 'hall',
      start: async () => {
        await identity.makeFirstStaff(
          config.firstStaff.length === 0 && config.demo ? [DEMO_STAFF] : config.firstStaff,
        );
        hall.start();
        stopMaintenance = startMaintenance({ store, outbox, clock, alarms, log });
        stopIdKeyFile = keepIdKeyFile({ dataDir: config.dataDir, keys, clock });
      },
      stop: () => {
        stopMaintenance();
        stopIdKeyFile();
        hall.stop();
      },
    },
    {
      name: 'http',
      start: async () => {
        const dist = join(import.meta.dirname, '..', 'dist');
        http = await createHttp({
          config,
          version,
          handlers: hall.handlers,
          signIns: { ...identity, serviceToken: serviceToken(config.dataDir, random) },
          live,
          mqtt: broker?.webSockets,
          health,
          metrics: createMetrics(
            () => ({
              facts_waiting: outbox.waiting().count,
              live_pages: live.pages(),
              mqtt_received: devices.counts().received,
              mqtt_bad: devices.counts().bad,
              commands_sent: devices.counts().sent,
              commands_unsent: devices.counts().unsent,
              commands_unconfirmed: devices.counts().unconfirmed,
            }),
            () => hall.lines(),
          ),
          clock,
          log,
          pages: { kiosk: join(dist, 'kiosk'), console: join(dist, 'console') },
          onKioskSeen: (kiosk) => {
            hall.kioskSeen(kiosk);
          },
          onStorageFailed: (error) => {
            // After a failed fsync the cache may lie: only a new process that checks the file may serve again.
            if ('code' in error && /^SQLITE_(IOERR|CORRUPT|NOTADB)/.test(String(error.code)))
              process.kill(process.pid, 'SIGTERM');
          },
        });
        httpPort = await http.listen();
      },
      stop: () => http?.close(),
    },
    {
      name: 'sync',
      start: async () => {
        if (!config.syncEmbedded) {
          syncLink = createSyncLink({
            hall: config.hall,
            dataDir: config.dataDir,
            outbox,
            inbox,
            report: syncStatus,
            identity: openSyncKey(store),
            heardTime: (central, roundTrip) => {
              syncStatus.heardTime(central, roundTrip);
            },
            log,
          });
          await syncLink.listen();
          return;
        }
        if (config.central === undefined) return;
        const { url, enrolCode, maxBackoffMs, waitSeconds, checksumEveryMs } = config.central;
        agent = startSyncAgent({
          hall: config.hall,
          url,
          ...(enrolCode === undefined ? {} : { enrolCode }),
          maxBackoffMs,
          waitSeconds,
          checksumEveryMs,
          outbox,
          inbox,
          report: syncStatus,
          identity: openSyncKey(store),
          clock,
          random,
          http: fetchPort,
          heardTime: (central, roundTrip) => {
            syncStatus.heardTime(central, roundTrip);
          },
        });
      },
      stop: async () => {
        agent?.stop();
        await syncLink?.close();
      },
    },
    {
      name: 'ports file',
      start: () => {
        const base = `${config.http.tls === undefined ? 'http' : 'https'}://${config.http.host}:${String(httpPort)}`;
        const { port, url } = brokerAddress();
        writePortsFile(config.dataDir, {
          http: httpPort,
          mqtt: port,
          ...(broker?.secure === undefined ? {} : { mqtts: broker.secure.port }),
          url: base,
          kiosk: `${base}/kiosk/`,
          console: `${base}/console/`,
        });
        process.stdout.write(
          `hall: kiosk   ${base}/kiosk/\nhall: console ${base}/console/\nhall: broker  ${url}\n`,
        );
      },
      stop: () => {
        removePortsFile(config.dataDir);
      },
    },
  ];
  const storePart: Part = {
    name: 'store',
    start: () => undefined,
    stop: () => {
      db.close();
      unlock();
    },
  };
  stopOnSignals(await startParts([storePart, ...parts], clock, log), log);
  // Kept now, not only at a clean stop: a hall that is switched off starts quickly too.
  flushCompileCache();
}

main().catch(refuseToStart);
