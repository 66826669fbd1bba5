import { z } from 'zod';
import { Resource } from './feed.ts';
import { DeviceId, HallId, HallNumber, Words } from './ids.ts';
import { BridgePrefix } from './topics.ts';

/**
 * Configuration files, one JSON file per process. Unknown keys are refused with their
 * path (strict objects); defaults are those of the documentation. Port 0 = any free port.
 */

const port = z.number().int().min(0).max(65_535);
const http = (defaultPort: number) =>
  z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: port.default(defaultPort),
      /** Extra names a browser may use in `Host`; 127.0.0.1, localhost and [::1] with the chosen port always may. */
      hosts: z.array(z.string()).default([]),
      /** Extra allowed `Origin` values. */
      origins: z.array(z.string()).default([]),
      /** PEM files; required to bind outside loopback. */
      tls: z.strictObject({ cert: z.string(), key: z.string() }).optional(),
    })
    .prefault({});

const centralLink = z.strictObject({
  url: z.url(),
  /** One-time enrolment code; used once, then the key on disk is enough. */
  enrolCode: z.string().optional(),
  /** Longest wait between two tries, ms. */
  maxBackoffMs: z.number().int().min(100).default(300_000),
  /** Seconds of long-poll on the feed. */
  waitSeconds: z.number().min(0).max(60).default(20),
  checksumEveryMs: z.number().int().min(1000).default(3_600_000),
});

/** One compartment and the wire it hangs on: explicit, never computed (one door at a time). */
export const CompartmentConfig = z.strictObject({
  number: HallNumber,
  size: z.enum(['small', 'medium', 'large']),
  /** Board address on the line and lock on the board, as the protocol counts them (from 1 for locks). */
  board: z.number().int().min(0).max(255),
  lock: z.number().int().min(1).max(48),
  column: z.number().int().min(1),
  row: z.number().int().min(1),
  height: z.number().int().min(1).default(1),
  /** Position bit that means closed; site-specific (switch normally open or closed). */
  closedBit: z.union([z.literal(0), z.literal(1)]).optional(),
});
export type CompartmentConfig = z.infer<typeof CompartmentConfig>;

export const Transport = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('serial'),
    path: z.string().min(1),
    baudRate: z.number().int().min(300).optional(),
  }),
  z.strictObject({ kind: z.literal('tcp'), host: z.string(), port }),
  /** A device file that takes bytes as they are, e.g. a USB printer at `/dev/usb/lp0`. */
  z.strictObject({ kind: z.literal('file'), path: z.string().min(1) }),
  /** A card reader behind pcscd. `reader`: part of its name, where there are several. */
  z.strictObject({
    kind: z.literal('pcsc'),
    socket: z.string().min(1).default('/run/pcscd/pcscd.comm'),
    reader: z.string().default(''),
  }),
]);
export type Transport = z.infer<typeof Transport>;

/** One value of a Modbus device: where it lies among the registers, and what it means. */
export const RegisterReading = z
  .strictObject({
    quantity: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'a name like "temperature" or "people-in"'),
    unit: z.string().max(16).optional(),
    from: z.enum(['holding', 'input']),
    /** Counted from 0, as on the wire; documents that begin at 40001 or 30001 count from 1. */
    register: z.number().int().min(0).max(65_535),
    type: z.enum(['int16', 'uint16', 'int32', 'uint32', 'float32']),
    words: z.enum(['high-first', 'low-first']).optional(),
    scale: z.number().default(1),
    offset: z.number().optional(),
    /** Values outside are not believed and not published. */
    min: z.number(),
    max: z.number(),
  })
  .refine((reading) => reading.min < reading.max, 'min must be below max');

export const GatewayDevice = z.strictObject({
  id: DeviceId,
  /** File name of the definition without `.device.ts`, e.g. `kerong-cu48`. */
  definition: z.string().min(1),
  transport: Transport,
  /** Lock boards: doors wired to this line. Scanners and printers have none. */
  compartments: z.array(CompartmentConfig).default([]),
  /** Position bit that means closed, for doors that do not say; the definition's guess otherwise. */
  closedBit: z.union([z.literal(0), z.literal(1)]).optional(),
  /** Modbus devices: their address on the line. 0 would be every device and is refused. */
  unit: z.number().int().min(1).max(247).optional(),
  /** Modbus devices behind TCP: `tcp` = Modbus TCP, `rtu` = a serial server that passes RTU frames on. */
  framing: z.enum(['rtu', 'tcp']).optional(),
  /** Modbus devices without a definition of their own. */
  readings: z.array(RegisterReading).max(32).optional(),
  /** Scanners: what they are set to send after a code. `line` (CR, LF or both) when left out. */
  tail: z.enum(['line', 'tab', 'none']).optional(),
});
export type GatewayDevice = z.infer<typeof GatewayDevice>;

const mqttLink = z
  .strictObject({
    host: z.string().default('127.0.0.1'),
    port: port.default(1883),
    /** Set: speak TLS and trust the authorities in this PEM file (`ca.pem` of the broker). Needed when the broker is on another machine. */
    ca: z.string().min(1).optional(),
  })
  .prefault({});

/** Commissioning from the staff desk: the gateway's own id at the broker, and how long it holds a line nobody asks after. */
const commissioning = z
  .strictObject({
    id: DeviceId.default('gateway'),
    leaseSeconds: z.number().min(1).max(600).default(45),
  })
  .prefault({});

export const GatewayConfig = z.strictObject({
  hall: HallId,
  dataDir: z.string().min(1),
  mqtt: mqttLink,
  /** JSON file {deviceId: secret}; made by the broker at enrolment. */
  credentials: z.string().min(1),
  /** Card readers: the hall's `<dataDir>/card-key`. The same card gets the same token at every gateway that has it. */
  cardKey: z.string().min(1).optional(),
  /** ID card readers: the hall's `id-number-keys.json`. Without it no ID card is read. */
  idNumberKeys: z.string().min(1).optional(),
  devices: z.array(GatewayDevice).min(1),
  commissioning,
});
export type GatewayConfig = z.infer<typeof GatewayConfig>;

/** Which sensor speaks about which resource. `topic` is a Zigbee2MQTT friendly-name topic or a device state topic. */
export const SensorMapping = z.strictObject({
  device: z.string().min(1),
  topic: z.string().min(1),
  kind: z.enum(['presence', 'contact', 'temperature']),
  /** Property of the JSON payload, e.g. `occupancy`, `presence`, `contact`, `temperature`. */
  property: z.string().min(1),
  /** Where the value lies when it is deeper than one property, e.g. `["ENERGY", "Power"]`; an empty list is the payload itself. */
  path: z.array(z.union([z.string().min(1), z.number().int().min(0)])).optional(),
  /** For a sensor that says yes where we say no, e.g. a contact that is true when open. */
  invert: z.boolean().default(false),
  resource: HallNumber,
  /** Silent for longer than this = unknown. */
  silentAfterMs: z.number().int().min(1000).default(900_000),
  /** Never changing for longer than this while others on the resource change = stuck. */
  stuckAfterMs: z
    .number()
    .int()
    .min(1000)
    .default(6 * 3_600_000),
});
export type SensorMapping = z.infer<typeof SensorMapping>;

export const KioskConfig = z.strictObject({
  id: DeviceId,
  name: Words,
  place: Words,
  panelWidthMm: z.number().min(150).max(1500).default(398),
  /** Device id of its serial scanner and printer, where it has them. */
  scanner: DeviceId.optional(),
  printer: DeviceId.optional(),
  /** Device id of its card reader. */
  cardReader: DeviceId.optional(),
  /** Device id of its reader of ID cards. */
  idReader: DeviceId.optional(),
});
export type KioskConfig = z.infer<typeof KioskConfig>;

/** MQTT over TLS 1.2+, with certificates of the broker's own authority in `<dataDir>/tls/`. Only this listener may bind outside loopback. */
export const BrokerTls = z.strictObject({
  host: z.string().default('127.0.0.1'),
  port: port.default(8883),
  /** Names and addresses under which clients reach this machine; localhost, 127.0.0.1 and ::1 are always in the certificate. */
  hosts: z.array(z.string().min(1)).default([]),
  /** Life of the server certificate; it renews itself in its last third. */
  serverDays: z.number().int().min(3).max(800).default(90),
  /** Life of a client certificate made at enrolment. */
  clientDays: z.number().int().min(1).max(7_300).default(1_095),
  /** How long a rotated authority stays trusted beside the new one. */
  overlapDays: z.number().int().min(1).max(365).default(30),
});
export type BrokerTls = z.infer<typeof BrokerTls>;

export const HallConfig = z.strictObject({
  hall: HallId,
  name: Words,
  timeZone: z.string().default('Asia/Shanghai'),
  helpPhone: z.string().default(''),
  dataDir: z.string().min(1),
  demo: z.boolean().default(false),
  http: http(7080),
  broker: z
    .strictObject({
      /** Set: use that broker and do not start the embedded one. */
      url: z.url().optional(),
      /** With `url`: JSON file {clientId: secret} of the hall and its embedded devices; `<dataDir>/secrets.json` when left out. */
      credentials: z.string().min(1).optional(),
      /** With an `mqtts:` url: PEM file of the authorities to trust. */
      ca: z.string().min(1).optional(),
      host: z.string().default('127.0.0.1'),
      port: port.default(1883),
      tls: BrokerTls.optional(),
      bridges: z.array(z.strictObject({ id: DeviceId, prefixes: z.array(BridgePrefix).min(1) })).default([]),
    })
    .prefault({}),
  central: centralLink.optional(),
  /** false = `npm run sync` carries facts in its own process. */
  syncEmbedded: z.boolean().default(true),
  /** Devices of the embedded gateway; further gateways connect over MQTT. */
  devices: z.array(GatewayDevice).default([]),
  commissioning,
  kiosks: z.array(KioskConfig).default([]),
  sensors: z.array(SensorMapping).default([]),
  /** Light and power of rooms, each a channel of a relay device. */
  power: z
    .array(
      z.strictObject({
        device: DeviceId,
        channel: z.number().int().min(1).max(64),
        resource: HallNumber,
        /** What is switched, e.g. lights; the place's own name stands before it. */
        name: Words.prefault({ zh: '灯', en: 'lights' }),
        /** On this long before a booking begins, and off this long after nobody needs it. */
        leadMinutes: z.number().min(0).max(120).default(5),
        lingerMinutes: z.number().min(0).max(240).default(10),
        /** While sensors are silent, power stays on this long after people or a booking were last known. */
        notKnownMinutes: z.number().min(0).max(720).default(60),
      }),
    )
    .default([]),
  /** Share of compartments central may rent out. */
  cededShare: z.number().min(0).max(1).default(0.2),
  rentMinutes: z.array(z.number().int().min(15)).min(1).default([120, 240, 480]),
  map: z.string().optional(),
  /** Staff accounts made at first start when none exist; passwords are stored hashed. */
  firstStaff: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        password: z.string().min(8),
        role: z.enum(['clerk', 'manager']),
      }),
    )
    .default([]),
});
export type HallConfig = z.infer<typeof HallConfig>;

export const CentralConfig = z.strictObject({
  dataDir: z.string().min(1),
  demo: z.boolean().default(false),
  http: http(7090),
  /** PostgreSQL URL; unset = PGlite in the data folder. */
  databaseUrl: z.url().optional(),
  /** Demo: halls with their one-time enrolment codes and what they offer. */
  halls: z
    .array(
      z.strictObject({
        hall: HallId,
        name: Words,
        timeZone: z.string().default('Asia/Shanghai'),
        helpPhone: z.string().default(''),
        enrolCode: z.string().min(8),
        resources: z.array(Resource).default([]),
      }),
    )
    .default([]),
});
export type CentralConfig = z.infer<typeof CentralConfig>;

export const BrokerConfig = z.strictObject({
  hall: HallId,
  dataDir: z.string().min(1),
  host: z.string().default('127.0.0.1'),
  port: port.default(1883),
  tls: BrokerTls.optional(),
  devices: z.array(DeviceId).default([]),
  bridges: z.array(z.strictObject({ id: DeviceId, prefixes: z.array(BridgePrefix).min(1) })).default([]),
});
export type BrokerConfig = z.infer<typeof BrokerConfig>;

export const SyncConfig = z.strictObject({
  hall: HallId,
  /** The hall's data folder: its socket is there. The hall alone writes its database. */
  dataDir: z.string().min(1),
  central: centralLink,
});
export type SyncConfig = z.infer<typeof SyncConfig>;

/** Ids of all that a hall's gateway says at the broker: its devices, and itself for commissioning unless a device has that id. */
export function gatewayClients(
  config: Pick<HallConfig, 'devices' | 'commissioning'> & { broker: Pick<HallConfig['broker'], 'bridges'> },
): string[] {
  const devices = config.devices.map((device) => device.id);
  const { id } = config.commissioning;
  const taken = [...devices, ...config.broker.bridges.map((bridge) => bridge.id)];
  return devices.length === 0 || taken.includes(id) ? devices : [...devices, id];
}
