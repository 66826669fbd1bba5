import { createConnection, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { MqttClient, type IClientPublishOptions } from 'mqtt';
import type { CancelTimer, Clock, Random } from '../contract/ports.ts';
import { deviceTopic, timeTopic, type DeviceChannel } from '../contract/topics.ts';
import type { GatewayStore } from './gateway.store.ts';
import type { Log } from './log.ts';

/** One device's own connection to the broker: its own client id, credential and last will [DV18]. */
export interface DeviceLink {
  start(): void;
  /** The newest state; published retained now, and again after every reconnect. */
  publishState(state: object): void;
  /** Away, the device says `offline` though it is connected: it cannot do what it is for [DV46]. */
  setAway(away: boolean): void;
  /** There is something new in the durable outbox. */
  kick(): void;
  connected(): boolean;
  /** Resolves at the first complete connection (subscribed and announced). */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

export interface DeviceLinkOptions {
  readonly hall: number;
  readonly device: string;
  readonly secret: string;
  readonly host: string;
  readonly port: number;
  /** PEM; set = TLS, and only a broker of these authorities is believed. */
  readonly ca?: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly store: GatewayStore;
  readonly log: Log;
  onCommand(payload: Uint8Array, retained: boolean): void;
  onTime(payload: Uint8Array): void;
}

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 10_000;
/** Messages on their way without an acknowledgement. */
const WINDOW = 20;

/** Builds the link; it connects at `start` and reconnects with jitter until stopped. */
export function createDeviceLink(options: DeviceLinkOptions): DeviceLink {
  const { hall, device, clock, random, store, log } = options;
  const topic = (channel: DeviceChannel): string => deviceTopic(hall, device, channel);
  let client: MqttClient | undefined;
  let up = false;
  let stopped = false;
  let away = false;
  let failures = 0;
  let state: string | undefined;
  let cancelRetry: CancelTimer = () => undefined;
  let sentUpTo = 0;
  let underway = 0;
  let announceReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    announceReady = resolve;
  });

  // A fresh client for every connection: nothing is repeated from memory, only from the durable outbox.
  function connect(): void {
    if (stopped) return;
    const mine = new MqttClient(() => openSocket(options), {
      clientId: device,
      username: device,
      password: options.secret,
      protocolVersion: 4,
      clean: true,
      keepalive: 20,
      connectTimeout: 5_000,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      will: { topic: topic('availability'), payload: Buffer.from('offline'), qos: 1, retain: true },
    });
    client = mine;
    mine.on('connect', () => {
      subscribe(mine);
    });
    mine.on('message', (name, payload, packet) => {
      if (mine !== client) return;
      if (name === timeTopic(hall)) options.onTime(payload);
      else if (name === topic('cmd')) options.onCommand(payload, packet.retain);
    });
    mine.on('error', (error) => {
      log.warn({ device, error: error.message }, 'broker connection error');
      mine.end(true);
      lost(mine);
    });
    mine.on('close', () => {
      lost(mine);
    });
  }

  function lost(mine: MqttClient): void {
    if (mine !== client) return;
    client = undefined;
    if (up) log.warn({ device }, 'broker connection lost');
    up = false;
    mine.end(true);
    if (stopped) return;
    const wait =
      Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10)) *
      (0.5 + random.fraction() / 2);
    failures += 1;
    cancelRetry = clock.after(wait, connect);
  }

  function subscribe(mine: MqttClient): void {
    mine.subscribe({ [topic('cmd')]: { qos: 1 }, [timeTopic(hall)]: { qos: 0 } }, (error, granted) => {
      if (mine !== client) return;
      // 0x80 is a refusal of one filter (MQTT 3.1.1, 3.9.3): without its commands a device is of no use.
      if (error !== null || granted?.some((each) => each.qos > 2) === true) {
        log.error({ device, error: error?.message ?? 'refused' }, 'the broker refused the subscription');
        lost(mine);
        return;
      }
      up = true;
      failures = 0;
      sentUpTo = 0;
      underway = 0;
      send(mine, 'availability', away ? 'offline' : 'online', true);
      if (state !== undefined) send(mine, 'state', state, true);
      announceReady();
      drain();
    });
  }

  function send(
    mine: MqttClient,
    channel: DeviceChannel,
    payload: string,
    retain: boolean,
    acknowledged?: () => void,
  ): void {
    const rule: IClientPublishOptions = { qos: 1, retain };
    mine.publish(topic(channel), payload, rule, (error) => {
      if (mine !== client || !up) return;
      if (error) {
        log.warn({ device, channel, error: error.message }, 'publish failed');
        lost(mine);
      } else {
        acknowledged?.();
      }
    });
  }

  /** Sends what waits, in order, a window at a time; each row is deleted when its PUBACK is here [DV19]. */
  function drain(): void {
    const mine = client;
    if (mine === undefined || !up || underway >= WINDOW) return;
    for (const row of store.waiting(device, sentUpTo, WINDOW - underway)) {
      sentUpTo = row.seq;
      underway += 1;
      send(mine, row.channel, row.payload, false, () => {
        underway -= 1;
        store.acknowledged(row.seq);
        drain();
      });
    }
  }

  return {
    start: connect,
    publishState: (next) => {
      state = JSON.stringify(next);
      if (client !== undefined && up) send(client, 'state', state, true);
    },
    setAway: (next) => {
      if (next === away) return;
      away = next;
      if (client !== undefined && up) send(client, 'availability', away ? 'offline' : 'online', true);
    },
    kick: drain,
    connected: () => up,
    ready,
    stop: async () => {
      stopped = true;
      cancelRetry();
      const mine = client;
      if (mine === undefined) return;
      if (up) await farewell(mine, topic('availability'), clock);
      client = undefined;
      up = false;
      mine.end(true);
    },
  };
}

/** A clean end sends no last will: say `offline` first, and do not wait long for the acknowledgement. */
function farewell(client: MqttClient, topic: string, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(1_000, resolve);
    client.publish(topic, 'offline', { qos: 1, retain: true }, () => {
      cancel();
      client.end(false, () => {
        resolve();
      });
    });
  });
}

/** Nagle's delay would add tens of milliseconds to a command that follows an acknowledgement. */
function openSocket({ host, port, ca }: Pick<DeviceLinkOptions, 'host' | 'port' | 'ca'>): Socket {
  if (ca === undefined) return createConnection({ host, port, noDelay: true });
  // A server name is a name (RFC 6066): an address is checked in the certificate without it.
  const socket = connectTls({ host, port, ca, ...(isIP(host) === 0 ? { servername: host } : {}) });
  socket.setNoDelay(true);
  return socket;
}
