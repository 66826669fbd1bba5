import type { BrokerRole } from '../../contract/topics.ts';

/**
 * Who may do what at the broker of hall 7, written by hand from the contract and from nothing of ours: the
 * judge of every broker the hall can run on. `ME` is the client's own id, `OTHER` another device's.
 */
export const HALL = 7;
export const OTHER = 'bank-2';

export const roleNames = ['hall', 'device', 'bridge', 'bridge-custom', 'viewer', 'nobody'] as const;
export type RoleName = (typeof roleNames)[number];

const CHANNELS = ['state', 'event', 'cmd', 'outcome', 'availability'] as const;

/** One topic of every pattern of the contract, and some that are nobody's. */
export const patterns: readonly string[] = [
  ...CHANNELS.map((channel) => `hall/7/dev/ME/${channel}`),
  ...CHANNELS.map((channel) => `hall/7/dev/OTHER/${channel}`),
  'hall/7/dev/OTHER/state/deeper',
  'hall/8/dev/ME/state',
  'hall/7/occupancy/3',
  'hall/7/time',
  'hall/8/time',
  'zigbee2mqtt/court/1',
  'zigbee2mqtt/bridge/request/permit_join',
  'homeassistant/binary_sensor/x/config',
  'tasmota/plug/cmnd',
  'plant/a/pump',
  'plant/b/pump',
  '$SYS/broker/x',
];

/** Filters with wildcards, each wider than a grant of somebody, or exactly one. */
export const wideFilters: readonly string[] = [
  '#',
  '+/#',
  '/#',
  '+/+/+/+/+',
  'hall/#',
  'hall/+/time',
  'hall/7/#',
  'hall/7/dev/#',
  'hall/7/dev/+/#',
  ...CHANNELS.map((channel) => `hall/7/dev/+/${channel}`),
  'hall/+/dev/ME/cmd',
  'hall/7/dev/ME/+',
  'hall/7/dev/ME/#',
  'hall/7/occupancy/+',
  'hall/7/occupancy/#',
  'zigbee2mqtt/#',
  'zigbee2mqtt/+/1',
  'homeassistant/#',
  'tasmota/#',
  'plant/#',
  'plant/a/#',
  '$SYS/#',
  '$share/g/hall/7/time',
];

interface Rights {
  readonly says: readonly string[];
  readonly keeps: readonly string[];
  readonly hears: readonly string[];
  /** Of `wideFilters`, those granted whole. */
  readonly wide: readonly string[];
}

const HOUSE = ['zigbee2mqtt/court/1', 'zigbee2mqtt/bridge/request/permit_join'];
const BRIDGE = [...HOUSE, 'homeassistant/binary_sensor/x/config', 'tasmota/plug/cmnd'];
const both = (...channels: string[]): string[] =>
  channels.flatMap((channel) => [`hall/7/dev/ME/${channel}`, `hall/7/dev/OTHER/${channel}`]);

export const rights: Readonly<Record<RoleName, Rights>> = {
  hall: {
    says: [
      ...both('cmd', 'state', 'availability'),
      'hall/7/occupancy/3',
      'hall/7/time',
      'homeassistant/binary_sensor/x/config',
    ],
    keeps: [...both('state', 'availability'), 'hall/7/occupancy/3', 'homeassistant/binary_sensor/x/config'],
    hears: [...both('state', 'event', 'outcome', 'availability'), ...BRIDGE, 'plant/a/pump'],
    wide: [
      'hall/7/dev/+/state',
      'hall/7/dev/+/event',
      'hall/7/dev/+/outcome',
      'hall/7/dev/+/availability',
      ...['zigbee2mqtt/#', 'zigbee2mqtt/+/1', 'homeassistant/#', 'tasmota/#', 'plant/a/#'],
    ],
  },
  device: {
    says: ['state', 'event', 'outcome', 'availability'].map((channel) => `hall/7/dev/ME/${channel}`),
    keeps: ['hall/7/dev/ME/state', 'hall/7/dev/ME/availability'],
    hears: ['hall/7/dev/ME/cmd', 'hall/7/time'],
    wide: [],
  },
  bridge: {
    says: BRIDGE,
    keeps: BRIDGE,
    hears: BRIDGE,
    wide: ['zigbee2mqtt/#', 'zigbee2mqtt/+/1', 'homeassistant/#', 'tasmota/#'],
  },
  'bridge-custom': {
    says: ['plant/a/pump'],
    keeps: ['plant/a/pump'],
    hears: ['plant/a/pump'],
    wide: ['plant/a/#'],
  },
  viewer: {
    says: [],
    keeps: [],
    hears: [...both('state', 'availability'), 'hall/7/occupancy/3', 'hall/7/time'],
    wide: ['hall/7/dev/+/state', 'hall/7/dev/+/availability', 'hall/7/occupancy/+'],
  },
  nobody: { says: [], keeps: [], hears: [], wide: [] },
};

/** The role of a client called `id`; undefined for nobody, who has none. */
export function roleOf(name: RoleName, id: string): BrokerRole | undefined {
  switch (name) {
    case 'hall':
      // Its configuration names the bridge of plant/a: the hall hears that, and says nothing there.
      return { kind: 'hall', prefixes: ['plant/a'] };
    case 'device':
      return { kind: 'device', device: id };
    case 'bridge':
      return { kind: 'bridge', prefixes: ['zigbee2mqtt', 'homeassistant', 'tasmota'] };
    case 'bridge-custom':
      return { kind: 'bridge', prefixes: ['plant/a'] };
    case 'viewer':
      return { kind: 'viewer' };
    case 'nobody':
      return undefined;
  }
}

/** A pattern as a topic or filter of the client `id`. */
export function named(pattern: string, id: string): string {
  return pattern.replace('ME', id).replace('OTHER', OTHER);
}
