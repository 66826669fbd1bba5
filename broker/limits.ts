import type { Millis } from '../contract/ports.ts';
import type { BrokerRole } from '../contract/topics.ts';

/** Bounds of the broker. Where aedes has no option the guard is ours (see the decision record). */
export interface BrokerLimits {
  /** Open sockets. One costs about 35 kB. */
  readonly connections: number;
  /** New sockets from one address: burst and long-run rate. */
  readonly connectBurst: number;
  readonly connectsPerSecond: number;
  /** From socket to CONNECT. */
  readonly connectTimeout: Millis;
  /** Longest keep-alive in seconds; 0 (never) is refused too. */
  readonly keepalive: number;
  /** A subscriber that does not read for this long is cut off. */
  readonly drainTimeout: Millis;
  /** A subscriber with more unread bytes than this is cut off at once. */
  readonly unreadBytes: number;
  readonly topicLevels: number;
  /** QoS 2 messages of one client awaiting PUBREL. */
  readonly inflightInbound: number;
  /** Packets of one client waiting for its CONNACK. */
  readonly packetsBeforeConnack: number;
  /** Remaining length before it is known who speaks, and by role afterwards. */
  readonly connectBytes: number;
  readonly packetBytes: Readonly<Record<BrokerRole['kind'], number>>;
  /** Queue of one absent client: messages, bytes, age. The oldest go first, counted. */
  readonly queueMessages: number;
  readonly queueBytes: number;
  readonly queueAge: Millis;
  /** Passwords being hashed and waiting for it. */
  readonly hashesAtOnce: number;
  readonly hashesWaiting: number;
}

const KIB = 1024;

export const defaultLimits: BrokerLimits = {
  connections: 2_000,
  connectBurst: 1_000,
  connectsPerSecond: 100,
  connectTimeout: 5_000,
  keepalive: 120,
  drainTimeout: 3_000,
  unreadBytes: 4 * KIB * KIB,
  topicLevels: 10,
  inflightInbound: 50,
  packetsBeforeConnack: 10,
  connectBytes: 16 * KIB,
  // `zigbee2mqtt/bridge/devices` lists every device with all it can do: hundreds of KiB in a full house.
  packetBytes: { device: 64 * KIB, hall: 256 * KIB, bridge: 1024 * KIB, viewer: 16 * KIB },
  queueMessages: 10_000,
  queueBytes: 16 * KIB * KIB,
  queueAge: 7 * 24 * 3_600_000,
  hashesAtOnce: 2,
  hashesWaiting: 1_000,
};
