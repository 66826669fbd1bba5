import { HallConfig } from '../../contract/config.ts';
import type { CommissioningAct } from '../../contract/commissioning.ts';
import { feedBodies, feedId } from '../../contract/feed.ts';
import type { FeedBody, FeedType } from '../../contract/feed.ts';
import type { LiveMessage } from '../../contract/hall-api.ts';
import type { OccupancyState, Outcome, PrintJob } from '../../contract/messages.ts';
import type { ClockState, Instant } from '../../contract/time.ts';
import { createKeyRing } from '../../hall/keys/key-ring.service.ts';
import type { Devices, HallContext, Log } from '../../hall/ports.ts';
import { openDatabase } from '../../hall/store/database.ts';
import { createReference } from '../../hall/store/reference.ts';
import { createStore } from '../../hall/store/store.ts';
import { createSeededIds, createSeededRandom } from './seeded.ts';
import { createVirtualClock } from './virtual-clock.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** One command as it left for the hardware. */
export interface SentCommand {
  readonly name: 'unlock' | 'query';
  readonly commandId: string;
  readonly device: string;
  readonly compartment: number;
  readonly expiresAt: Instant;
  /** Wall clock when it was sent. */
  readonly at: number;
}

export interface RecordingDevices extends Devices {
  readonly switched: {
    readonly device: string;
    readonly channel: number;
    readonly on: boolean;
    readonly at: number;
  }[];
  readonly sent: SentCommand[];
  /** Scanners told to look, in order. */
  readonly looks: string[];
  readonly printed: { readonly device: string; readonly job: PrintJob }[];
  readonly occupancy: { readonly resource: number; readonly state: OccupancyState }[];
  readonly announced: { readonly topic: string; readonly payload: string }[];
  setAvailability(device: string, state: 'online' | 'offline' | 'never'): void;
  readonly acts: { readonly gateway: string; readonly act: CommissioningAct }[];
  /** What the next acts of a commissioning end with. */
  acting: Pick<Outcome, 'outcome' | 'reason'>;
  /** What the next slips end with. */
  printing: { printed: boolean; reason: string | null };
}

export interface TestHall extends HallContext {
  readonly clock: VirtualClock;
  readonly devices: RecordingDevices;
  readonly trust: { proved(): boolean; state(): ClockState; set(state: ClockState): void };
  readonly messages: { kiosk: string | undefined; message: LiveMessage }[];
  readonly raised: { kind: string; words: { zh: string; en: string } }[];
  /** Puts a record of central's into the reference tables, as the feed would; the body is checked. Does not call feature hooks. */
  feed<T extends FeedType>(type: T, body: FeedBody<T>, version?: number): void;
  /** Facts recorded so far, oldest first. */
  facts(): { epoch: number; seq: number; type: string; body: Record<string, unknown> }[];
  auditRows(): { actor: string; action: string; subject: string; detail: string }[];
  close(): void;
}

/** A small hall: kiosk-1 and kiosk-2, one bank `locker-a` of 12 doors, one printer. */
export const testHallConfig = {
  hall: 1001,
  name: { zh: '仁和路服务中心', en: 'Renhe Road Hall' },
  helpPhone: '0571-1234567',
  dataDir: '/nonexistent/tests-must-not-touch-it',
  kiosks: [
    {
      id: 'kiosk-1',
      name: { zh: '一号机', en: 'Kiosk 1' },
      place: { zh: '一楼大厅', en: 'Lobby' },
      printer: 'printer-1',
      scanner: 'scanner-1',
      cardReader: 'card-1',
    },
    {
      id: 'kiosk-2',
      name: { zh: '二号机', en: 'Kiosk 2' },
      place: { zh: '三楼电梯口', en: 'Third floor lift' },
    },
  ],
  devices: [
    {
      id: 'locker-a',
      definition: 'kerong-cu48',
      transport: { kind: 'serial', path: '/dev/null' },
      compartments: Array.from({ length: 12 }, (_, index) => ({
        number: index + 1,
        size: index < 6 ? 'small' : index < 10 ? 'medium' : 'large',
        board: 0,
        lock: index + 1,
        column: 1 + Math.floor(index / 6),
        row: 1 + (index % 6),
      })),
    },
  ],
};

/**
 * A whole hall context on `:memory:` (or `file`): real store, reference, key ring and SQL; a virtual clock,
 * seeded chance, and devices that only record what was asked of them.
 * @param options.config merged over `testHallConfig` at the top level, then parsed by the schema.
 */
export function makeHall(
  options: {
    readonly config?: Record<string, unknown>;
    readonly seed?: number;
    readonly start?: number;
    readonly file?: string;
    readonly clockState?: ClockState;
  } = {},
): TestHall {
  const config = HallConfig.parse({ ...testHallConfig, ...options.config });
  const clock = createVirtualClock(options.start);
  const ids = createSeededIds(options.seed ?? 1, clock);
  const random = createSeededRandom(options.seed ?? 1);
  let state: ClockState = options.clockState ?? 'synced';
  const trust = {
    proved: () => state === 'synced',
    state: () => state,
    set: (next: ClockState) => {
      state = next;
    },
  };
  const db = openDatabase(options.file ?? ':memory:');
  const store = createStore(db, { clock, ids, clockState: trust.state });
  const reference = createReference(db);
  const keys = createKeyRing({ store, reference, clock });

  const availability = new Map<string, 'online' | 'offline' | 'never'>();
  const sent: SentCommand[] = [];
  const printed: { device: string; job: PrintJob }[] = [];
  const occupancy: { resource: number; state: OccupancyState }[] = [];
  const announced: { topic: string; payload: string }[] = [];
  const switched: RecordingDevices['switched'] = [];
  const looks: string[] = [];
  const acts: { gateway: string; act: CommissioningAct }[] = [];
  const devices: RecordingDevices = {
    sent,
    switched,
    looks,
    printed,
    occupancy,
    printing: { printed: true, reason: null },
    unlock: (command) => sent.push({ name: 'unlock', ...command, at: clock.now() }),
    query: (command) => sent.push({ name: 'query', ...command, at: clock.now() }),
    switch: ({ device, channel, on }) => switched.push({ device, channel, on, at: clock.now() }),
    look: ({ device }) => looks.push(device),
    acts,
    acting: { outcome: 'done' },
    commission: (gateway, act) => {
      acts.push({ gateway, act });
      return Promise.resolve(devices.acting);
    },
    print: (device, job) => {
      printed.push({ device, job });
      return Promise.resolve(devices.printing);
    },
    publishOccupancy: (resource, measured) => {
      occupancy.push({ resource, state: measured });
    },
    announced,
    announce: (topic, payload) => {
      announced.push({ topic, payload });
    },
    availability: (device) => availability.get(device) ?? 'online',
    setAvailability: (device, next) => {
      availability.set(device, next);
    },
  };

  const messages: { kiosk: string | undefined; message: LiveMessage }[] = [];
  const raised: { kind: string; words: { zh: string; en: string } }[] = [];
  const put = db.prepare(
    'INSERT INTO feed_record (type, id, version, body) VALUES (?, ?, ?, ?) ON CONFLICT (type, id) DO UPDATE SET version = excluded.version, body = excluded.body',
  );
  const factRows = db.prepare<[], { epoch: number; seq: number; type: string; body: string }>(
    'SELECT epoch, seq, type, body FROM outbox ORDER BY epoch, seq',
  );
  const auditRows = db.prepare<[], { actor: string; action: string; subject: string; detail: string }>(
    'SELECT actor, action, subject, detail FROM audit ORDER BY number',
  );

  return {
    config,
    store,
    reference,
    clock,
    random,
    ids,
    trust,
    keys,
    devices,
    live: {
      changed: (...topics) => messages.push({ kiosk: undefined, message: { type: 'changed', topics } }),
      send: (kiosk, message) => messages.push({ kiosk, message }),
    },
    alarms: { raise: (kind, words) => raised.push({ kind, words }) },
    log: silentLog,
    messages,
    raised,
    feed: (type, body, version = 1) => {
      put.run(type, feedId(type, body), version, JSON.stringify(feedBodies[type].parse(body)));
    },
    facts: () =>
      factRows.all().map((row) => ({ ...row, body: JSON.parse(row.body) as Record<string, unknown> })),
    auditRows: () => auditRows.all(),
    close: () => db.close(),
  };
}

/** For tests that do not look at logs. */
export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
