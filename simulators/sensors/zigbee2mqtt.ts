import { connectAsync } from 'mqtt';

/**
 * A Zigbee2MQTT bridge with its sensors, as an MQTT client of its own. Payloads follow
 * zigbee2mqtt.io: one JSON object a device, `contact` true = closed, availability retained.
 */
export interface ZigbeeBridge {
  /** Publishes one sensor's state, e.g. `{occupancy: true, battery: 96}`; not retained, as bridges do by default. */
  report(friendlyName: string, state: Readonly<Record<string, number | boolean | string>>): Promise<void>;
  /** The bridge's own list of its devices, retained, in the form of `bridge/devices`. */
  devices(list: readonly unknown[]): Promise<void>;
  /** The bridge's own judgement of the sensor, retained. */
  availability(friendlyName: string, online: boolean): Promise<void>;
  stop(): Promise<void>;
}

export interface BridgeLink {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly secret: string;
  readonly baseTopic?: string;
}

export async function startZigbeeBridge(link: BridgeLink): Promise<ZigbeeBridge> {
  const base = link.baseTopic ?? 'zigbee2mqtt';
  const client = await connectAsync(`mqtt://${link.host}:${String(link.port)}`, {
    clientId: link.clientId,
    username: link.clientId,
    password: link.secret,
    protocolVersion: 4,
    keepalive: 30,
    clean: true,
    will: {
      topic: `${base}/bridge/state`,
      payload: Buffer.from('{"state":"offline"}'),
      qos: 1,
      retain: true,
    },
  });
  await client.publishAsync(`${base}/bridge/state`, '{"state":"online"}', { qos: 1, retain: true });
  return {
    report: async (name, state) => {
      await client.publishAsync(`${base}/${name}`, JSON.stringify({ linkquality: 120, ...state }), {
        qos: 1,
      });
    },
    devices: async (list) => {
      await client.publishAsync(`${base}/bridge/devices`, JSON.stringify(list), { qos: 1, retain: true });
    },
    availability: async (name, online) => {
      await client.publishAsync(
        `${base}/${name}/availability`,
        JSON.stringify({ state: online ? 'online' : 'offline' }),
        {
          qos: 1,
          retain: true,
        },
      );
    },
    stop: async () => {
      await client.endAsync();
    },
  };
}
