import { z } from 'zod';
import { DeviceId } from './ids.ts';

/**
 * MQTT 3.1.1 topics of a hall and who may use them. The broker derives its access
 * table from `accessTable`; nothing else decides rights.
 */

export type DeviceChannel = 'state' | 'event' | 'cmd' | 'outcome' | 'availability';

const CHANNELS: readonly DeviceChannel[] = ['state', 'event', 'cmd', 'outcome', 'availability'];

/** `hall/{hall}/dev/{device}/{channel}` */
export function deviceTopic(hall: number, device: string, channel: DeviceChannel): string {
  return `hall/${String(hall)}/dev/${device}/${channel}`;
}

/** `hall/{hall}/occupancy/{resource}` */
export function occupancyTopic(hall: number, resource: number): string {
  return `hall/${String(hall)}/occupancy/${String(resource)}`;
}

/** `hall/{hall}/time`, published by the hall every 10 s. */
export function timeTopic(hall: number): string {
  return `hall/${String(hall)}/time`;
}

/** Whether the hall is there, for those who read its announcements: `online`, or `offline` as its last will. Retained. */
export function announcedAvailabilityTopic(hall: number): string {
  return `homeassistant/unionhall-${String(hall)}/availability`;
}

/** Is this a topic on which the hall announces itself. */
export function isOwnAnnouncement(hall: number, topic: string): boolean {
  return topic.startsWith('homeassistant/') && topic.includes(`/unionhall-${String(hall)}/`);
}

/** The device and channel named by a topic of this hall, or undefined for any other topic. */
export function parseDeviceTopic(
  hall: number,
  topic: string,
): { device: DeviceId; channel: DeviceChannel } | undefined {
  const [root, number, dev, device, channel, ...rest] = topic.split('/');
  if (root !== 'hall' || number !== String(hall) || dev !== 'dev' || rest.length > 0) return undefined;
  const known = CHANNELS.find((name) => name === channel);
  const id = DeviceId.safeParse(device);
  return known !== undefined && id.success ? { device: id.data, channel: known } : undefined;
}

/** How each kind of topic is published: the level of service and whether it may be retained. */
export interface TopicRule {
  readonly qos: 0 | 1;
  readonly retain: 'always' | 'never';
}

export const channelRules: Readonly<Record<DeviceChannel, TopicRule>> = {
  state: { qos: 1, retain: 'always' },
  event: { qos: 1, retain: 'never' },
  cmd: { qos: 1, retain: 'never' },
  outcome: { qos: 1, retain: 'never' },
  availability: { qos: 1, retain: 'always' },
};

/** Who holds a credential at the broker. */
export type BrokerRole =
  | { readonly kind: 'hall'; readonly prefixes?: readonly string[] | undefined }
  | { readonly kind: 'device'; readonly device: string }
  | { readonly kind: 'bridge'; readonly prefixes: readonly string[] }
  /** A page of staff that watches, over WebSocket, with a pass of some minutes. */
  | { readonly kind: 'viewer' };

/** How long a viewer's pass lasts, in milliseconds; its connection ends with it. */
export const VIEWER_LIFE = 300_000;

/** Topic filters a role may publish to and subscribe to. Everything else is denied. */
export interface AccessRights {
  readonly publish: readonly string[];
  /** Of the publish filters, those where the retain flag may be set. */
  readonly retain: readonly string[];
  readonly subscribe: readonly string[];
}

/** Prefixes a bridge (Zigbee2MQTT, Tasmota, ESPHome) may use unless the configuration names others. */
export const defaultBridgePrefixes: readonly string[] = ['zigbee2mqtt', 'homeassistant', 'tasmota'];

/** First level(s) of what a bridge owns: no wildcard, nothing that is the hall's (`hall/...`) or the server's (`$...`). */
export const BridgePrefix = z
  .string()
  .regex(
    /^(?!hall(\/|$))[^$#+/\s][^#+\s]*(?<!\/)$/,
    'a topic prefix like "zigbee2mqtt": no wildcard, no $, not "hall"',
  );

/** The access table: allow list for one role at one hall. */
export function accessTable(hall: number, role: BrokerRole): AccessRights {
  switch (role.kind) {
    case 'hall': {
      const own = `hall/${String(hall)}`;
      return {
        publish: [
          `${own}/dev/+/cmd`,
          `${own}/dev/+/state`,
          `${own}/dev/+/availability`,
          `${own}/occupancy/+`,
          `${own}/time`,
          'homeassistant/#',
        ],
        // state and availability only to clear the retained topics of a device that lost its rights
        retain: [`${own}/dev/+/state`, `${own}/dev/+/availability`, `${own}/occupancy/+`, 'homeassistant/#'],
        subscribe: [
          `${own}/dev/+/state`,
          `${own}/dev/+/event`,
          `${own}/dev/+/outcome`,
          `${own}/dev/+/availability`,
          'zigbee2mqtt/#',
          'homeassistant/#',
          'tasmota/#',
          // what the configured bridges publish under
          ...(role.prefixes ?? []).map((prefix) => `${prefix}/#`),
        ],
      };
    }
    case 'device': {
      const topic = (channel: DeviceChannel): string => deviceTopic(hall, role.device, channel);
      return {
        publish: [topic('state'), topic('event'), topic('outcome'), topic('availability')],
        retain: [topic('state'), topic('availability')],
        subscribe: [topic('cmd'), timeTopic(hall)],
      };
    }
    case 'bridge': {
      const filters = role.prefixes.map((prefix) => `${prefix}/#`);
      return { publish: filters, retain: filters, subscribe: filters };
    }
    case 'viewer': {
      // What hardware and rooms are like; no events, commands or outcomes, which may name people's business.
      const own = `hall/${String(hall)}`;
      return {
        publish: [],
        retain: [],
        subscribe: [`${own}/dev/+/state`, `${own}/dev/+/availability`, `${own}/occupancy/+`, `${own}/time`],
      };
    }
  }
}
