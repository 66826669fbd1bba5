import type {
  Aedes,
  AedesPublishPacket,
  AuthenticateError,
  Client,
  ConnectPacket,
  Subscription,
} from 'aedes';
import type { Clock } from '../contract/ports.ts';
import type { BrokerRole } from '../contract/topics.ts';
import { accessOf } from './access.ts';
import type { Access } from './access.ts';
import { backOff } from './back-off.ts';
import { count } from './counters.ts';
import type { BrokerCounters } from './counters.ts';
import type { Credentials } from './credentials.ts';
import type { BrokerLimits } from './limits.ts';
import type { PacketGate } from './packet-gate.ts';
import type { StoredPacket } from './stored-packet.ts';
import type { Viewers } from './viewers.ts';
import type { Certificates, PeerCertificate } from './tls/certificates.ts';

/** Lines about security and failures: an event name and plain fields, never a secret or payload. */
export type BrokerLog = (event: string, fields: Readonly<Record<string, string | number>>) => void;

/** What is known of a connection before and after it said who it is. */
export interface Connection {
  readonly address: string;
  readonly gate: PacketGate;
  /** Shown on a TLS connection and issued by our authority; whether it still counts is asked at CONNECT. */
  readonly certificate?: PeerCertificate;
  /** Came as a WebSocket: a page, which has a pass and nothing else [BR43]. */
  readonly webSocket?: true;
  connect?: ConnectPacket;
}

interface Needs {
  readonly hall: number;
  readonly clock: Clock;
  readonly credentials: Credentials;
  readonly certificates: Pick<Certificates, 'refusal'>;
  readonly counters: BrokerCounters;
  readonly limits: BrokerLimits;
  readonly log: BrokerLog;
  readonly viewers: Pick<Viewers, 'role' | 'verify'>;
  readonly connectionOf: (client: Client) => Connection | undefined;
  /** Stores what must be on disk before a PUBACK. */
  readonly accept: (clientId: string, packet: StoredPacket) => Promise<void>;
  /** Whether a live copy waits in a queue that is being sent to its receiver (BR48). */
  readonly leftToQueue: (client: Client, packet: StoredPacket) => boolean;
}

/** CONNACK return codes of clause 3.2.2.3. */
const REFUSAL = {
  'bad-client-id': 2,
  busy: 3,
  'wrong-credential': 4,
  'bad-will': 5,
  'backing-off': 3,
  'certificate-name': 2,
  'certificate-revoked': 5,
  'certificate-expired': 5,
  'kept-session': 5,
} as const;
type Refusal = keyof typeof REFUSAL;

type Hooks = Pick<
  Aedes,
  'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe' | 'authorizeForward'
>;

/** Decides who connects and what passes: the hooks of aedes over the access table. */
export interface Gatekeeper {
  readonly hooks: Hooks;
  mayHold(clientId: string, filter: string): boolean;
  mayReceive(clientId: string, topic: string): boolean;
  mayPublish(clientId: string, topic: string, retain: boolean): boolean;
  /** Forgets the compiled rights of a credential that changed. */
  forget(clientId: string): void;
}

export function createGatekeeper(needs: Needs): Gatekeeper {
  const { clock, credentials, counters, limits, log } = needs;
  // Keyed by address AND user: the hall, its kiosks and gateways share one address, and one wrong device must not lock out the rest.
  const logins = backOff(clock, { free: 3, first: 1_000, longest: 60_000 });
  const denials = backOff(clock, { free: 5, first: 1_000, longest: 60_000 });
  const compiled = new Map<string, Access>();

  const roleOf = (clientId: string): BrokerRole | undefined =>
    needs.viewers.role(clientId) ?? credentials.role(clientId);
  const accessFor = (clientId: string): Access | undefined => {
    const known = compiled.get(clientId);
    if (known !== undefined) return known;
    const role = roleOf(clientId);
    if (role === undefined) return undefined;
    const made = accessOf(needs.hall, role);
    compiled.set(clientId, made);
    return made;
  };
  const mayPublish = (clientId: string, topic: string, retain: boolean): boolean => {
    const access = accessFor(clientId);
    return access !== undefined && access.publish(topic, retain) === undefined;
  };

  const wrongWill = (clientId: string, { will }: ConnectPacket): boolean =>
    will !== undefined && !mayPublish(clientId, will.topic, will.retain ?? false);

  /** Everything about a CONNECT that needs no password. */
  const refusalBefore = (clientId: string, user: string, connection: Connection): Refusal | undefined => {
    // aedes makes up a name for an empty id, even with clean = 0: look at the packet, not at client.id.
    if (connection.connect?.clientId !== clientId || clientId !== user || user === '') return 'bad-client-id';
    if (logins.blocked(`${connection.address} ${user}`) || denials.blocked(user)) return 'backing-off';
    return undefined;
  };

  /** A certificate stands for name and password; the client id, and a user name if there is one, must be its own [BR32]. */
  const refusalOfCertificate = (
    peer: PeerCertificate,
    clientId: string,
    user: string,
    connection: Connection,
  ): Refusal | undefined => {
    const names = [clientId, connection.connect?.clientId, user === '' ? peer.name : user];
    if (names.some((name) => name !== peer.name)) return 'certificate-name';
    return (
      needs.certificates.refusal(peer) ?? (denials.blocked(peer.name) ? ('backing-off' as const) : undefined)
    );
  };

  const hooks: Hooks = {
    preConnect(client, packet, callback) {
      const connection = needs.connectionOf(client);
      if (connection === undefined) {
        callback(new Error('unknown connection'), false);
        return;
      }
      connection.connect = packet;
      callback(null, true);
    },

    authenticate(client, username, password, done) {
      const user = username ?? '';
      const secret = password?.toString() ?? '';
      const connection = needs.connectionOf(client);
      const refuse = (why: Refusal): void => {
        count(counters.refusedBy, why);
        const wait = why === 'wrong-credential' ? logins.failed(`${connection?.address ?? ''} ${user}`) : 0;
        log('connect-refused', {
          why,
          address: connection?.address ?? '',
          user: user.slice(0, 32),
          waitMs: wait,
        });
        const error: AuthenticateError = Object.assign(new Error(why), { returnCode: REFUSAL[why] });
        done(error, false);
      };
      const admit = (): void => {
        const role = roleOf(client.id);
        const connect = connection?.connect;
        if (role === undefined || connection === undefined || connect === undefined) {
          refuse('wrong-credential');
          return;
        }
        if (wrongWill(client.id, connect)) {
          refuse('bad-will');
          return;
        }
        logins.succeeded(`${connection.address} ${user}`);
        connection.gate.allow(limits.packetBytes[role.kind]);
        done(null, true);
      };

      if (connection === undefined) {
        refuse('bad-client-id');
        return;
      }
      if (connection.certificate !== undefined) {
        const why = refusalOfCertificate(connection.certificate, client.id, user, connection);
        if (why === undefined) admit();
        else refuse(why);
        return;
      }
      // A secret that was right before passes even while somebody else at this address guesses.
      const known = credentials.remembers(user, secret) === true;
      const before = refusalBefore(client.id, user, connection);
      if (before !== undefined && !(before === 'backing-off' && known && !denials.blocked(user))) {
        refuse(before);
        return;
      }
      if (connection.webSocket === true) {
        if (!needs.viewers.verify(user, secret)) refuse('wrong-credential');
        else if (connection.connect?.clean === false) refuse('kept-session');
        else admit();
        return;
      }
      if (known) {
        admit();
        return;
      }
      credentials.verify(user, secret).then(
        (verdict) => {
          if (verdict === 'right') admit();
          else refuse(verdict === 'busy' ? 'busy' : 'wrong-credential');
        },
        (error: unknown) => {
          counters.errors += 1;
          log('verify-failed', { error: String(error) });
          refuse('busy');
        },
      );
    },

    authorizePublish(client, packet, callback) {
      // No client: a will of an earlier run; its packet names the owner.
      const clientId = client?.id ?? (packet as StoredPacket).clientId ?? '';
      const access = accessFor(clientId);
      const denial = access === undefined ? 'not-granted' : access.publish(packet.topic, packet.retain);
      if (denial !== undefined) {
        count(counters.deniedPublishBy, denial);
        const wait = denials.failed(clientId);
        log('publish-denied', {
          why: denial,
          client: clientId,
          topic: packet.topic.slice(0, 200),
          waitMs: wait,
        });
        callback(new Error(`publish denied: ${denial}`));
        return;
      }
      counters.published += 1;
      // Only a QoS 1 PUBLISH from the wire is acknowledged before it is stored. A will has no `cmd` and nobody to acknowledge.
      const wire: { cmd?: string } = packet;
      if (packet.qos !== 1 || wire.cmd !== 'publish') {
        callback(null);
        return;
      }
      needs.accept(clientId, packet).then(
        () => {
          callback(null);
        },
        (error: unknown) => {
          counters.errors += 1;
          log('store-failed', { client: clientId, error: String(error) });
          callback(new Error('not stored'));
        },
      );
    },

    authorizeSubscribe(client, subscription, callback) {
      const access = accessFor(client.id);
      const denial =
        access === undefined ? 'not-granted' : access.subscribe(subscription.topic, client.clean);
      if (denial === undefined) {
        callback(null, subscription);
        return;
      }
      count(counters.deniedSubscribeBy, denial);
      log('subscribe-denied', { why: denial, client: client.id, filter: subscription.topic.slice(0, 200) });
      // null and no error: SUBACK 0x80 for this filter only. An error would make a stored session unable to return.
      callback(null, null as Subscription | null);
    },

    authorizeForward(client, packet: AedesPublishPacket) {
      // The last fence, for every copy: restored sessions, retained messages, rights that changed since.
      if (accessFor(client.id)?.receive(packet.topic) !== true) return null;
      if (needs.leftToQueue(client, packet)) return null;
      counters.delivered += 1;
      return packet;
    },
  };

  return {
    hooks,
    mayPublish,
    mayHold: (clientId, filter) => {
      const access = accessFor(clientId);
      return access !== undefined && access.subscribe(filter, false) === undefined;
    },
    mayReceive: (clientId, topic) => accessFor(clientId)?.receive(topic) === true,
    forget: (clientId) => {
      compiled.delete(clientId);
    },
  };
}
