import { z } from 'zod';
import { CommissioningAct } from './commissioning.ts';
import { DeviceId, HallNumber, Uuid } from './ids.ts';
import { Instant } from './time.ts';

/** Payloads on the device topics of `topics.ts`. All are JSON but availability. */

export const Availability = z.enum(['online', 'offline']);
export type Availability = z.infer<typeof Availability>;

/** A command lives 5 s at most; an older one opens nothing. */
export const COMMAND_LIFE_MS = 5_000;

const envelope = { id: Uuid, expiresAt: Instant };

/** Hall -> device on `cmd`. */
export const Command = z.discriminatedUnion('name', [
  z.object({ ...envelope, name: z.literal('unlock'), args: z.object({ compartment: HallNumber }) }),
  z.object({ ...envelope, name: z.literal('query'), args: z.object({ compartment: HallNumber }) }),
  z.object({ ...envelope, name: z.literal('print'), args: z.object({ job: z.lazy(() => PrintJob) }) }),
  z.object({
    ...envelope,
    name: z.literal('switch'),
    args: z.object({ channel: z.number().int().min(1), on: z.boolean() }),
  }),
  /** To a gateway itself. */
  z.object({ ...envelope, name: z.literal('commission'), args: CommissioningAct }),
  /** A scanner looks for a code once, as if its button was pressed; `done` = it said that it does. */
  z.object({ ...envelope, name: z.literal('look'), args: z.object({}) }),
]);
export type Command = z.infer<typeof Command>;

/** The single end of a command. `unknown` is real: the door is asked, never opened again on a guess. */
export const OutcomeKind = z.enum(['done', 'refused', 'failed', 'unknown']);
export type OutcomeKind = z.infer<typeof OutcomeKind>;

/** Why a command did not end in `done`. */
export const OutcomeReason = z.enum([
  'expired',
  'clock-unproved',
  'already-executed',
  'unknown-command',
  'unknown-compartment',
  'bad-arguments',
  'line-down',
  'board-silent',
  'door-did-not-open',
  'relay-did-not-switch',
  'restarted',
  'paper-out',
  'cover-open',
  'printer-error',
  // commissioning
  'busy',
  'no-session',
  'not-asked',
  'unknown-line',
]);
export type OutcomeReason = z.infer<typeof OutcomeReason>;

/** Device -> hall on `outcome`. `position` is the door as last observed, for unlock and query. */
export const Outcome = z.object({
  id: Uuid,
  outcome: OutcomeKind,
  reason: OutcomeReason.optional(),
  at: Instant,
  position: z.lazy(() => DoorPosition).optional(),
});
export type Outcome = z.infer<typeof Outcome>;

export const DoorPosition = z.enum(['open', 'closed', 'unknown']);
export type DoorPosition = z.infer<typeof DoorPosition>;

/**
 * How a device stands on its line. `silent`: the port is open and nothing answers; `garbled`: something answers
 * that cannot be read (wrong baud rate, half-dead board); `down`: there is no port.
 */
export const LineHealth = z.enum(['ok', 'silent', 'garbled', 'down']);
export type LineHealth = z.infer<typeof LineHealth>;

/** Why a line is down, as far as the machine can tell. */
export const LineFault = z.enum([
  'unplugged',
  'no-such-port',
  'port-taken',
  'no-permission',
  'unreachable',
  /** Nothing is wrong: an installer has the line for a while. */
  'commissioning',
  'other',
]);
export type LineFault = z.infer<typeof LineFault>;

/** The last bytes of a line that were no frame, and why; `at` counts from 0. */
export const Unreadable = z.object({
  bytes: z.string().max(200),
  reason: z.enum(['start', 'value', 'length', 'checksum']),
  at: z.number().int().min(0),
});
export type Unreadable = z.infer<typeof Unreadable>;

/** On the state of every device that hangs on a line of a gateway. */
const onLine = {
  line: LineHealth.optional(),
  fault: LineFault.optional(),
  /** The configured port is named by its socket (`/dev/ttyUSB0`): another plug may have that name after the next start. */
  barePort: z.string().optional(),
  /** The name to configure in its place, where this machine has one. */
  stablePort: z.string().optional(),
  /** Of a garbled line, where the protocol has frames. */
  unreadable: Unreadable.optional(),
};

/** The part of a state that tells of a port named by its socket. */
export const PortNamed = z.object({ barePort: z.string(), stablePort: z.string().optional() });

/** What a line has seen since the gateway started; times in milliseconds from the last byte of a question to its answer. */
export const LineStatistics = z.object({
  frames: z.number().int().min(0),
  /** Bytes that belonged to no frame: noise, a wrong baud rate, two boards at once. */
  badBytes: z.number().int().min(0),
  queries: z.number().int().min(0),
  unanswered: z.number().int().min(0),
  echoes: z.number().int().min(0),
  unlocks: z.number().int().min(0),
  answerMs: z.object({ p50: z.number(), p99: z.number() }).optional(),
});
export type LineStatistics = z.infer<typeof LineStatistics>;

/** Lock board on `state`: doors by compartment number. */
export const LockBoardState = z.object({
  at: Instant,
  doors: z.record(z.string().regex(/^[1-9]\d{0,4}$/), z.object({ position: DoorPosition, at: Instant })),
  ...onLine,
  /** Addresses that do not answer, where some of several do. */
  silentBoards: z.array(z.number().int()).optional(),
  stats: LineStatistics.optional(),
});
export type LockBoardState = z.infer<typeof LockBoardState>;

/** A device alone on its line that has nothing else to tell, e.g. a scanner. */
export const LineState = z.object({
  at: Instant,
  ...onLine,
  line: LineHealth,
  /** A scanner that looks for a code only when it is sent `scan`. */
  onCommand: z.boolean().optional(),
  /** A card reader: what the last card said that would not be read, e.g. `6A81`; gone with the next that was. */
  cardRefused: z.string().optional(),
});
export type LineState = z.infer<typeof LineState>;

/**
 * Why an ID reader that answers reads no cards: its security module is not authorised, card after card fails, or the
 * gateway has no key to hash numbers with. No card on it is no fault.
 */
export const IdReaderFault = z.enum(['not-authorised', 'read-failed', 'no-key']);
export type IdReaderFault = z.infer<typeof IdReaderFault>;

/** ID card reader on `state`. */
export const IdReaderState = z.object({
  at: Instant,
  ...onLine,
  line: LineHealth,
  reader: z.union([z.literal('ready'), IdReaderFault]),
});
export type IdReaderState = z.infer<typeof IdReaderState>;

export const PrinterState = z.object({
  at: Instant,
  paper: z.enum(['ok', 'near-end', 'out', 'unknown']),
  cover: z.enum(['closed', 'open', 'unknown']),
  error: z.string().optional(),
  ...onLine,
});
export type PrinterState = z.infer<typeof PrinterState>;

export const RelayState = z.object({
  at: Instant,
  channels: z.record(z.string(), z.boolean()),
  ...onLine,
});
export type RelayState = z.infer<typeof RelayState>;

/** One measured quantity of a sensor, e.g. `{at, presence: true}` or `{at, temperature: 21.5, unit: "°C"}`. */
export const SensorState = z
  .object({ at: Instant, unit: z.string().optional(), unreadable: Unreadable.optional() })
  .catchall(z.union([z.number(), z.boolean(), z.string(), Unreadable]));
export type SensorState = z.infer<typeof SensorState>;

const event = { id: Uuid, at: Instant };

/** Device -> hall on `event`. */
export const DeviceEvent = z.discriminatedUnion('kind', [
  z.object({ ...event, kind: z.literal('door-opened'), compartment: HallNumber }),
  z.object({ ...event, kind: z.literal('door-closed'), compartment: HallNumber }),
  z.object({ ...event, kind: z.literal('door-forced'), compartment: HallNumber }),
  z.object({ ...event, kind: z.literal('scan'), text: z.string().min(1).max(512) }),
  z.object({
    ...event,
    kind: z.literal('card'),
    card: z.literal('uid'),
    token: z.string().min(8).max(128),
  }),
  /** A resident ID card was read. Its number never leaves the gateway: only these do. */
  z.object({
    ...event,
    kind: z.literal('id-card'),
    /** Keyed hash of the number (`id-number.ts`) under each key the hall has, the newest first. */
    hashes: z
      .array(z.string().regex(/^[0-9a-f]{64}$/))
      .min(1)
      .max(2),
    last4: z.string().regex(/^\d{3}[\dX]$/),
    /** First character and a star. */
    nameMasked: z.string().min(1).max(4),
  }),
]);
export type DeviceEvent = z.infer<typeof DeviceEvent>;

/** One slip: plain data, laid out for paper by the printer driver and on screen by the kiosk. */
export const PrintJob = z.object({
  device: DeviceId.optional(),
  lines: z
    .array(
      z.discriminatedUnion('kind', [
        z.object({
          kind: z.literal('text'),
          text: z.string().max(200),
          size: z.enum(['normal', 'large', 'huge']),
          align: z.enum(['left', 'center']),
        }),
        z.object({ kind: z.literal('pair'), label: z.string().max(60), value: z.string().max(120) }),
        z.object({ kind: z.literal('qr'), data: z.string().min(1).max(300) }),
        z.object({ kind: z.literal('rule') }),
      ]),
    )
    .min(1)
    .max(100),
});
export type PrintJob = z.infer<typeof PrintJob>;

/** Hall on `occupancy/{resource}`. */
export const OccupancyState = z.object({
  state: z.enum(['occupied', 'empty', 'unknown']),
  /** 0 = a guess, 1 = every sensor agrees and is fresh. */
  confidence: z.number().min(0).max(1),
  at: Instant,
});
export type OccupancyState = z.infer<typeof OccupancyState>;

/** Hall on `time`. */
export const HallTime = z.object({ at: Instant });
export type HallTime = z.infer<typeof HallTime>;
