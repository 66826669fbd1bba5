import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { Aedes } from 'aedes';
import type { Client } from 'aedes';
import type { BrokerConfig } from '../contract/config.ts';
import type { CancelTimer, Clock, Ids, Millis, Random } from '../contract/ports.ts';
import type { BrokerRole } from '../contract/topics.ts';
import { createAdmission } from './admission.ts';
import { count, newCounters } from './counters.ts';
import type { BrokerCounters } from './counters.ts';
import { openCredentials } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { writeGatherer } from './gathered-writes.ts';
import { createGatekeeper } from './gatekeeper.ts';
import type { BrokerLog, Connection, Gatekeeper } from './gatekeeper.ts';
import { defaultLimits } from './limits.ts';
import type { BrokerLimits } from './limits.ts';
import { PacketGate, guardSocket } from './packet-gate.ts';
import type { SqlitePersistence } from './persistence.ts';
import { ReturningSessions } from './returning-session.ts';
import { holdShortly } from './short-wait.ts';
import { openBrokerDatabase } from './store.ts';
import type { BrokerDatabase } from './store.ts';
import { openCertificates } from './tls/certificates.ts';
import { openSecureSide } from './tls/secure-side.ts';
import type { SecureSide } from './tls/secure-side.ts';
import { createViewers } from './viewers.ts';
import type { ViewerPass } from './viewers.ts';
import { createWebSockets } from './web-sockets.ts';
import type { WebSockets } from './web-sockets.ts';

export interface Broker {
  /** The port it listens on, also when the configuration said 0. */
  readonly port: number;
  readonly credentials: Pick<Credentials, 'has' | 'role' | 'ids' | 'newSecret' | 'enrolled'>;
  /** Its TLS side; undefined when the configuration has none. */
  readonly secure: SecureSide | undefined;
  /** Makes a client's credential, or a new secret for it (an open connection with the old one ends). Shown once. */
  issue(id: string, role: BrokerRole): Promise<string>;
  /** The same with a secret the caller has written down already (`credentials.newSecret()`). */
  put(id: string, role: BrokerRole, secret: string): Promise<void>;
  /**
   * Enrols a client that the configuration does not name: with a secret, or with a certificate for its
   * public key (PEM), which leaves a secret it may have as it is. Either ends what it had of that kind before.
   */
  enrol(id: string, role: BrokerRole, publicKey?: string): Promise<Enrolment>;
  /** Ends a client's rights: credential, certificate, connection, session, queue, will, and its retained topics everywhere. */
  revoke(id: string): Promise<void>;
  /** A pass for one page, over WebSocket, for some minutes [BR43]. */
  readonly viewerPass: () => ViewerPass;
  /** Its role while the pass lasts. */
  viewerRole(id: string): BrokerRole | undefined;
  readonly webSockets: Pick<WebSockets, 'accept'>;
  /** Ids of the clients connected now. */
  clients(): string[];
  counters(): Readonly<BrokerCounters>;
  stop(): Promise<void>;
}

/** Shown once. */
export type Enrolment = { readonly secret: string } | { readonly certificate: string };

export interface BrokerOptions {
  readonly config: Pick<BrokerConfig, 'hall' | 'dataDir' | 'host' | 'port' | 'tls'>;
  /** false = nobody can connect: for commands while no broker runs. */
  readonly listen?: boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly log: BrokerLog;
  readonly limits?: Partial<BrokerLimits>;
}

const EXPIRE_EVERY: Millis = 600_000;

/**
 * Starts the broker of one hall on `<dataDir>/broker.sqlite`.
 * @throws when the plain listener's address is not loopback, the port is taken, or the database is of a newer version.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { config, clock, random } = options;
  const limits = { ...defaultLimits, ...options.limits };
  if (!isLoopback(config.host)) {
    throw new Error(
      `broker.host ${config.host}: outside loopback MQTT needs TLS; leave it at 127.0.0.1 and set broker.tls.host`,
    );
  }
  const db = openBrokerDatabase(config.dataDir);
  try {
    return await serve(options, limits, db, openCredentials({ db, clock, random, ...limits }));
  } catch (error) {
    db.close();
    throw error;
  }
}

async function serve(
  options: BrokerOptions,
  limits: BrokerLimits,
  db: BrokerDatabase,
  credentials: Credentials,
): Promise<Broker> {
  const { config, clock, log } = options;
  const counters = newCounters();
  const connections = new WeakMap<object, Connection>();
  const certificates = openCertificates(db, clock);
  const viewers = createViewers(clock, options.random, (id) => {
    gatekeeper.forget(id);
    void close(id);
  });
  const gatekeeper = createGatekeeper({
    hall: config.hall,
    clock,
    credentials,
    certificates,
    counters,
    limits,
    log,
    viewers,
    connectionOf: (client) => connections.get(client.conn),
    accept: (clientId, packet) => persistence.accept(clientId, packet),
    leftToQueue: (client, packet) => persistence.leftToQueue(client, packet),
  });
  const persistence = new ReturningSessions({
    db,
    clock,
    bounds: limits,
    rights: gatekeeper,
    queueDropped: (client, messages) => {
      counters.queueDropped += messages;
      log('queue-dropped', { client, messages });
    },
    failed: (error) => {
      counters.errors += 1;
      log('commit-failed', { error: error.message });
    },
  });
  // A new id each start: message numbers begin again with it, and wills of the run before are told apart.
  const aedes = await Aedes.createBroker({
    id: options.ids.uuid(),
    persistence,
    connectTimeout: limits.connectTimeout,
    drainTimeout: limits.drainTimeout,
    keepaliveLimit: limits.keepalive,
    maxTopicLevels: limits.topicLevels,
    maxInflightInbound: limits.inflightInbound,
    queueLimit: limits.packetsBeforeConnack,
    // One message waits for all its receivers, shortly (BR38). Without a bound on messages under way a
    // receiver that does not read holds up only those who publish to it.
    concurrency: 0,
    ...gatekeeper.hooks,
  });
  aedes.on('clientError', (client, error) => {
    log('client-error', { client: client.id, error: error.message });
  });
  aedes.on('connectionError', (client, error) => {
    count(counters.refusedBy, 'connection-error');
    log('connection-error', { address: connections.get(client.conn)?.address ?? '', error: error.message });
  });
  // Without a listener an 'error' of the broker would end the process.
  (aedes as NodeJS.EventEmitter).on('error', (error: unknown) => {
    counters.errors += 1;
    log('broker-error', { error: String(error) });
  });

  await publishOrphanedWills(aedes, persistence, gatekeeper);

  const admission = createAdmission(clock, limits, counters);
  const gatherWrites = writeGatherer();
  const handle = (socket: Duplex, from: Omit<Connection, 'gate' | 'connect'>): void => {
    const { address } = from;
    const gate = new PacketGate(limits.connectBytes);
    connections.set(socket, { ...from, gate });
    guardSocket(socket, gate, (why) => {
      count(counters.refusedBy, why);
      log('socket-refused', { why, address, client: clientOf(socket)?.id ?? '' });
    });
    holdShortly(socket, {
      ...{ clock, drainTimeout: limits.drainTimeout, unreadBytes: limits.unreadBytes },
      cut: (unreadBytes) => {
        counters.slowCutOff += 1;
        log('slow-subscriber-cut-off', { client: clientOf(socket)?.id ?? '', unreadBytes });
      },
    });
    gatherWrites(socket);
    aedes.handle(socket);
  };
  const server = createServer({ noDelay: true }, (socket) => {
    if (admission.admit(socket)) handle(socket, { address: socket.remoteAddress ?? '' });
  });
  const webSockets = createWebSockets({
    ...{ admission, counters, frameBytes: limits.connectBytes },
    handle: (stream, address) => {
      handle(stream, { address, webSocket: true });
    },
  });
  const listening = options.listen !== false;
  const secure =
    config.tls === undefined
      ? undefined
      : await openSecureSide({
          ...{ hall: config.hall, dataDir: config.dataDir, tls: config.tls, listen: listening },
          ...{ clock, random: options.random, limits, counters, admission, certificates, log },
          handle: (socket, certificate) => {
            const address = socket.remoteAddress ?? '';
            handle(socket, certificate === undefined ? { address } : { address, certificate });
          },
          closeRefused: () => {
            for (const client of connected()) {
              const { certificate } = connections.get(client.conn) ?? {};
              if (certificate !== undefined && certificates.refusal(certificate) !== undefined)
                client.close();
            }
          },
        });
  try {
    if (listening) await listen(server, config);
  } catch (error) {
    await secure?.stop();
    throw error;
  }
  let cancelExpiry: CancelTimer = () => undefined;
  const expireLater = (): void => {
    cancelExpiry = clock.after(EXPIRE_EVERY, () => {
      persistence.expire();
      expireLater();
    });
  };
  expireLater();

  const connected = (): Client[] =>
    Object.values((aedes as unknown as { clients: Record<string, Client> }).clients);
  const close = (id: string): Promise<void> =>
    new Promise((resolve) => {
      const client = connected().find((each) => each.id === id);
      if (client === undefined) resolve();
      else client.close(resolve);
    });
  const put = async (id: string, role: BrokerRole, secret: string): Promise<void> => {
    await credentials.put(id, role, secret);
    gatekeeper.forget(id);
    await close(id);
  };
  let stopping: Promise<void> | undefined;
  return {
    port: listening ? (server.address() as AddressInfo).port : 0,
    credentials,
    secure,
    viewerPass: () => viewers.issue(),
    viewerRole: (id) => viewers.role(id),
    webSockets,
    put,
    async enrol(id, role, publicKey) {
      const before = credentials.role(id);
      const secret = credentials.newSecret();
      if (publicKey === undefined || JSON.stringify(before) !== JSON.stringify(role))
        await put(id, role, secret);
      if (before === undefined) credentials.markEnrolled(id);
      if (publicKey === undefined) return { secret };
      if (secure === undefined) throw new Error('certificates need broker.tls in the configuration');
      const certified = await secure.certify(id, publicKey);
      certificates.issued(id, certified);
      await close(id);
      return { certificate: certified.certificate };
    },
    async issue(id, role) {
      const secret = credentials.newSecret();
      await put(id, role, secret);
      return secret;
    },
    async revoke(id) {
      credentials.remove(id);
      certificates.revoke(id);
      gatekeeper.forget(id);
      await close(id);
      await persistence.delWill({ id });
      await persistence.cleanSubscriptions({ id });
      await persistence.cleanIncoming({ id });
      for (const topic of persistence.retainedFrom(id)) {
        await publish(aedes, { topic, payload: Buffer.alloc(0), qos: 1, retain: true });
      }
      log('revoked', { client: id });
    },
    clients: () => connected().map((client) => client.id),
    counters: () => ({ ...counters, connected: connected().length }),
    stop() {
      stopping ??= (async () => {
        cancelExpiry();
        viewers.stop();
        webSockets.stop();
        const closed = Promise.all([
          new Promise<void>((resolve) => {
            server.close(() => {
              resolve();
            });
          }),
          secure?.stop(),
        ]);
        await new Promise<void>((resolve) => {
          aedes.close(resolve);
        });
        admission.closeAll();
        await closed;
        await persistence.destroy();
        db.close();
      })();
      return stopping;
    },
  };
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 4096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** aedes hangs its client on the socket it handles. */
function clientOf(socket: Duplex): Client | undefined {
  return (socket as Duplex & { client?: Client }).client;
}

/** Clients that were connected when the last run was killed are gone as far as anybody knows: their wills speak now. */
async function publishOrphanedWills(
  aedes: Aedes,
  persistence: SqlitePersistence,
  gatekeeper: Gatekeeper,
): Promise<void> {
  for (const {
    clientId = '',
    topic = '',
    payload = '',
    qos = 0,
    retain = false,
  } of persistence.orphanedWills()) {
    if (gatekeeper.mayPublish(clientId, topic, retain)) {
      await publish(aedes, { topic, payload, qos: qos === 0 ? 0 : 1, retain, clientId });
    }
    await persistence.delWill({ id: clientId });
  }
}

function publish(
  aedes: Aedes,
  packet: { topic: string; payload: string | Buffer; qos: 0 | 1; retain: boolean; clientId?: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    aedes.publish({ cmd: 'publish', dup: false, ...packet }, (error) => {
      if (error === undefined || error === null) resolve();
      else reject(error);
    });
  });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
