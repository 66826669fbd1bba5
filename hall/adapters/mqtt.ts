import { connect } from 'mqtt';
import type { IPublishPacket, MqttClient } from 'mqtt';
import { Availability, COMMAND_LIFE_MS, DeviceEvent, Outcome } from '../../contract/messages.ts';
import type { Command, OccupancyState } from '../../contract/messages.ts';
import type { CancelTimer, Clock, Ids, Millis } from '../../contract/ports.ts';
import { toInstant } from '../../contract/time.ts';
import {
  announcedAvailabilityTopic,
  defaultBridgePrefixes,
  deviceTopic,
  isOwnAnnouncement,
  occupancyTopic,
  parseDeviceTopic,
  timeTopic,
} from '../../contract/topics.ts';
import type { DeviceListener, Devices, Log } from '../ports.ts';
import type { BadMessages } from '../store/bad-messages.ts';
import { createCommandDesk } from './command-desk.ts';
import { ForgetfulStore } from './mqtt-store.ts';

/** The hall's own client id at the broker. */
const CLIENT_ID = 'hall';
const TIME_EVERY_MS: Millis = 10_000;
/** Longest wait for a slip after the broker took the job. */
const PRINT_LIMIT_MS: Millis = 20_000;
/** An outcome may be on its way when its command expires. */
const ACT_GRACE_MS: Millis = 1_000;
/** Messages from devices are small; a bigger one is not ours. */
const LARGEST_PAYLOAD = 64 * 1024;

export interface MqttCounts {
  received: number;
  bad: number;
  sent: number;
  reconnects: number;
}

export interface MqttDevices extends Devices {
  /** Connects in the background; resolves at the first connection, or after `waitMs` without one. */
  start(waitMs: Millis): Promise<boolean>;
  stop(): Promise<void>;
  connected(): boolean;
  counts(): MqttCounts & { waiting: number; unsent: number; unconfirmed: number };
}

export interface MqttParts {
  /** Asked at every start: the port of an embedded broker is known only then. `url` is `mqtt://host:port` or `mqtts://...`. */
  readonly connection: () => {
    readonly url: string;
    readonly username: string;
    readonly password?: string;
    /** PEM of the authorities to trust, for `mqtts:`. */
    readonly ca?: string;
  };
  readonly hall: number;
  /** What bridges of this hall publish under, besides the usual prefixes. */
  readonly prefixes?: readonly string[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly bad: BadMessages;
  /** Asked at every message, so that features may be made after the port. */
  readonly listeners: () => readonly DeviceListener[];
}

/**
 * The device port over MQTT 3.1.1 [HT11..HT13]: one durable session, messages parsed at this edge, commands never
 * retained and never sent late. A message whose effects could not be stored is not acknowledged and comes again.
 */
export function createMqttDevices(parts: MqttParts): MqttDevices {
  const { clock, hall, log } = parts;
  const counts: MqttCounts = { received: 0, bad: 0, sent: 0, reconnects: 0 };
  const available = new Map<string, 'online' | 'offline'>();
  /** Devices heard live on this connection: whatever is retained about them was written earlier [HT16]. */
  const live = new Set<string>();
  const liveStates = new Set<string>();
  const occupancy = new Map<number, OccupancyState>();
  const announced = new Map<string, string>();
  const slips = new Map<string, (answer: { printed: boolean; reason: string | null }) => void>();
  const acts = new Map<string, (outcome: Pick<Outcome, 'outcome' | 'reason'>) => void>();
  let client: MqttClient | undefined;
  let ready = false;
  let cancelTime: CancelTimer = () => undefined;

  const each = (run: (listener: DeviceListener) => void): void => {
    for (const listener of parts.listeners()) run(listener);
  };
  const onOutcome = (device: string, outcome: Outcome): void => {
    acts.get(outcome.id)?.(outcome);
    slips.get(outcome.id)?.({
      printed: outcome.outcome === 'done',
      // Whether paper came out matters more than why nobody knows.
      reason:
        outcome.outcome === 'done'
          ? null
          : outcome.outcome === 'unknown'
            ? 'unknown'
            : (outcome.reason ?? outcome.outcome),
    });
    each((listener) => listener.onOutcome?.(device, outcome));
  };
  const desk = createCommandDesk(
    clock,
    {
      connected: () => ready,
      send: (device, command, acknowledged) => {
        counts.sent += 1;
        client?.publish(
          deviceTopic(hall, device, 'cmd'),
          JSON.stringify(command),
          { qos: 1, retain: false },
          (error) => {
            if (error === undefined || error === null) acknowledged();
          },
        );
      },
    },
    onOutcome,
  );

  const publishTime = (): void => {
    if (ready)
      client?.publish(timeTopic(hall), JSON.stringify({ at: toInstant(clock.now()) }), {
        qos: 0,
        retain: false,
      });
  };
  const beat = (): void => {
    publishTime();
    cancelTime = clock.after(TIME_EVERY_MS, beat);
  };
  const sendOccupancy = (resource: number, state: OccupancyState): void => {
    if (ready)
      client?.publish(occupancyTopic(hall, resource), JSON.stringify(state), { qos: 1, retain: true });
  };

  const sendAnnounced = (topic: string, payload: string): void => {
    if (ready) client?.publish(topic, payload, { qos: 1, retain: true });
  };

  const bad = (topic: string, reason: string, payload: Uint8Array): void => {
    counts.bad += 1;
    parts.bad.keep(topic, reason, payload);
  };

  const take = (packet: IPublishPacket): void => {
    counts.received += 1;
    const { topic } = packet;
    const payload =
      typeof packet.payload === 'string'
        ? new TextEncoder().encode(packet.payload)
        : new Uint8Array(packet.payload);
    if (!topic.startsWith('hall/')) {
      // MQTT 3.1.1 sends our own announcements back to us [SE20].
      if (isOwnAnnouncement(hall, topic)) return;
      each((listener) => listener.onForeign?.(topic, payload, packet.retain));
      return;
    }
    const named = parseDeviceTopic(hall, topic);
    if (named === undefined || named.channel === 'cmd') {
      bad(topic, 'not a topic of this hall', payload);
      return;
    }
    const { device, channel } = named;
    if (payload.length > LARGEST_PAYLOAD) {
      bad(topic, `${String(payload.length)} bytes`, payload);
      return;
    }
    if (channel === 'availability') {
      // An empty retained payload clears the topic of a device that lost its rights.
      if (payload.length === 0) {
        available.delete(device);
        return;
      }
      const word = Availability.safeParse(new TextDecoder().decode(payload));
      if (!word.success) {
        bad(topic, 'neither online nor offline', payload);
        return;
      }
      if (packet.retain && live.has(device)) return;
      if (!packet.retain) live.add(device);
      available.set(device, word.data);
      // A device that has just come may refuse commands until it knows the time.
      if (word.data === 'online') publishTime();
      each((listener) => listener.onAvailability?.(device, word.data === 'online'));
      return;
    }
    if (payload.length === 0 && channel === 'state') return;
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    } catch (error) {
      bad(topic, error instanceof Error ? error.message : 'not JSON', payload);
      return;
    }
    switch (channel) {
      case 'state':
        if (packet.retain && liveStates.has(device)) return;
        if (!packet.retain) liveStates.add(device);
        each((listener) => listener.onState?.(device, value));
        return;
      case 'event': {
        const event = DeviceEvent.safeParse(value);
        if (event.success) each((listener) => listener.onEvent?.(device, event.data));
        else
          bad(
            topic,
            event.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
            payload,
          );
        return;
      }
      case 'outcome': {
        const outcome = Outcome.safeParse(value);
        if (outcome.success) onOutcome(device, outcome.data);
        else
          bad(
            topic,
            outcome.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
            payload,
          );
        return;
      }
    }
  };

  const subscribe = (opened: MqttClient): void => {
    live.clear();
    liveStates.clear();
    const foreign = [...new Set([...defaultBridgePrefixes, ...(parts.prefixes ?? [])])]
      .filter((prefix) => prefix.split('/')[0] !== 'hall')
      .map((prefix) => `${prefix}/#`);
    const of = (channel: string): string => `hall/${String(hall)}/dev/+/${channel}`;
    const filters = {
      ...Object.fromEntries(
        [of('event'), of('outcome'), ...foreign].map((filter) => [filter, { qos: 1 as const }]),
      ),
      // Newest wins: kept for us while we were away, an old word could arrive after the new one. Without a queue, the
      // retained word of now comes with this subscription [HT16].
      [of('availability')]: { qos: 0 as const },
      [of('state')]: { qos: 0 as const },
    };
    opened.subscribe(filters, (error, granted) => {
      if (error !== null && error !== undefined) {
        log.error({ error: error.message }, 'the broker refused our subscriptions');
        return;
      }
      for (const grant of granted ?? [])
        if (grant.qos > 2) log.error({ topic: grant.topic }, 'the broker refused a subscription');
    });
  };

  return {
    unlock: ({ commandId, device, compartment, expiresAt }) => {
      desk.take(device, { id: commandId, name: 'unlock', args: { compartment }, expiresAt });
    },
    query: ({ commandId, device, compartment, expiresAt }) => {
      desk.take(device, { id: commandId, name: 'query', args: { compartment }, expiresAt });
    },
    switch: ({ commandId, device, channel, on, expiresAt }) => {
      desk.take(device, { id: commandId, name: 'switch', args: { channel, on }, expiresAt });
    },
    look: ({ commandId, device, expiresAt }) => {
      desk.take(device, { id: commandId, name: 'look', args: {}, expiresAt });
    },
    print: (device, job) => {
      if (available.get(device) !== 'online') return Promise.resolve({ printed: false, reason: 'offline' });
      const command: Command = {
        id: parts.ids.uuid(),
        name: 'print',
        args: { job },
        expiresAt: toInstant(clock.now() + COMMAND_LIFE_MS),
      };
      return new Promise((resolve) => {
        const cancel = clock.after(PRINT_LIMIT_MS, () => {
          slips.get(command.id)?.({ printed: false, reason: 'no-answer' });
        });
        slips.set(command.id, (answer) => {
          cancel();
          slips.delete(command.id);
          resolve(answer);
        });
        desk.take(device, command);
      });
    },
    commission: (gateway, args) => {
      const command: Command = {
        id: parts.ids.uuid(),
        name: 'commission',
        args,
        expiresAt: toInstant(clock.now() + COMMAND_LIFE_MS),
      };
      return new Promise((resolve) => {
        const end = (outcome: Pick<Outcome, 'outcome' | 'reason'>): void => {
          cancel();
          acts.delete(command.id);
          resolve(outcome);
        };
        const cancel = clock.after(COMMAND_LIFE_MS + ACT_GRACE_MS, () => {
          end({ outcome: 'unknown', reason: 'line-down' });
        });
        acts.set(command.id, end);
        desk.take(gateway, command);
      });
    },
    availability: (device) => available.get(device) ?? 'never',
    publishOccupancy: (resource, state) => {
      occupancy.set(resource, state);
      sendOccupancy(resource, state);
    },
    announce: (topic, payload) => {
      announced.set(topic, payload);
      sendAnnounced(topic, payload);
    },
    connected: () => ready,
    counts: () => ({ ...counts, ...desk.counts() }),
    start: (waitMs) =>
      new Promise((resolve) => {
        const { url, username, password, ca } = parts.connection();
        const opened = connect(url, {
          clientId: CLIENT_ID,
          protocolVersion: 4,
          clean: false,
          keepalive: 30,
          reconnectPeriod: 500,
          connectTimeout: 5_000,
          resubscribe: false,
          queueQoSZero: false,
          outgoingStore: new ForgetfulStore(),
          will: {
            topic: announcedAvailabilityTopic(hall),
            payload: Buffer.from('offline'),
            qos: 1,
            retain: true,
          },
          username,
          ...(password === undefined ? {} : { password }),
          ...(ca === undefined ? {} : { ca }),
        });
        client = opened;
        const cancel = clock.after(waitMs, () => {
          resolve(false);
        });
        // Called by mqtt.js before it acknowledges a QoS 1 message: an error keeps the message at the broker.
        opened.handleMessage = (packet, done) => {
          try {
            take(packet);
            done();
          } catch (error) {
            const problem = error instanceof Error ? error : new Error(String(error));
            log.error(
              { topic: packet.topic, error: problem.stack ?? problem.message },
              'a device message could not be handled',
            );
            // Storage that fails may work again: keep the message. Anything else is a defect that would come back for ever.
            if (problem.name === 'SqliteError') done(problem);
            else done();
          }
        };
        opened.on('connect', () => {
          ready = true;
          subscribe(opened);
          publishTime();
          desk.connected();
          for (const [resource, state] of occupancy) sendOccupancy(resource, state);
          sendAnnounced(announcedAvailabilityTopic(hall), 'online');
          for (const [topic, payload] of announced) sendAnnounced(topic, payload);
          each((listener) => listener.onConnected?.());
          cancel();
          resolve(true);
        });
        opened.on('close', () => {
          if (ready) log.warn({}, 'the connection to the broker is gone');
          ready = false;
        });
        opened.on('reconnect', () => {
          counts.reconnects += 1;
        });
        opened.on('error', (error) => {
          log.warn({ error: error.message }, 'the broker could not be reached');
        });
        beat();
      }),
    stop: async () => {
      cancelTime();
      ready = false;
      desk.stop();
      for (const end of [...acts.values()]) end({ outcome: 'unknown' });
      for (const answer of slips.values()) answer({ printed: false, reason: 'stopping' });
      await client?.endAsync(true);
    },
  };
}
