import type { CommissioningAct } from '../contract/commissioning.ts';
import type { CompartmentConfig, HallConfig } from '../contract/config.ts';
import type { FactBody, FactType } from '../contract/facts.ts';
import type { FeedBody, FeedType, Member } from '../contract/feed.ts';
import type { LiveMessage, MemberCredential } from '../contract/hall-api.ts';
import type { DeviceEvent, OccupancyState, Outcome, PrintJob } from '../contract/messages.ts';
import type { Clock, Ids, Random } from '../contract/ports.ts';
import type { Result } from '../contract/refusals.ts';
import type { ClockState, Instant } from '../contract/time.ts';
import type { Reference } from './store/reference.ts';
import type { Database } from './store/database.ts';

/** What the hall's domain needs from the world. Others implement these; the hall imports none of them. */

/** A value that is certainly not a promise: transactions are synchronous by type. */
export type Sync<T> = T extends PromiseLike<unknown> ? never : T;

/** One open transaction: state is written through `db`, and facts, audit rows commit with it. */
export interface Transaction {
  readonly db: Database;
  /** Writes the fact with the next seq of the present epoch. The body is checked against its schema (a defect if wrong). */
  record<T extends FactType>(type: T, body: FactBody<T>): { readonly seq: number; readonly id: string };
  /** One line of the append-only, hash-chained audit. */
  audit(entry: AuditEntry): void;
  /** Runs after COMMIT, in order: publish, print, light up. Never runs when the transaction is rolled back. */
  afterCommit(run: () => void): void;
  /** Runs `work` as one step of this transaction: when it throws, what it wrote, recorded and put off is undone, and nothing else. */
  attempt<T>(work: () => Sync<T>): T;
}

export interface AuditEntry {
  /** `kiosk:kiosk-1`, `staff:wang`, `hall`, `central`. */
  readonly actor: string;
  /** e.g. `door.open`, `grant.refused`. */
  readonly action: string;
  readonly subject: string;
  /** No personal data beyond references. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

export interface Store {
  /** For reading. Writing outside `transaction` is a defect. */
  readonly db: Database;
  /** State + outbox + audit in one durable commit; a throw rolls everything back. Nested calls join the outer transaction; one that throws undoes only itself. */
  transaction<T>(work: (tx: Transaction) => Sync<T>): T;
}

/** Whether this machine's clock can be believed. */
export interface ClockTrust {
  /** Proved since the machine booted, and not behind the last stored fact. */
  proved(): boolean;
  state(): ClockState;
}

/** Keys as the hall knows them now. */
export interface KeyRing {
  /** Ed25519 verification by key id: central's keys from the feed, and this hall's own. False for an unknown key. */
  verify(keyId: number, message: Uint8Array, signature: Uint8Array): boolean;
  knows(keyId: number): boolean;
  /** K_hall of the current and then the previous epoch, 32 bytes each; empty before the first contact and enrolment. */
  hallKeys(): readonly { readonly epoch: number; readonly key: Uint8Array }[];
  /** Signs with the hall's own issuing key (key id 0x80-0xFF). */
  issue(message: Uint8Array): { readonly keyId: number; readonly signature: Uint8Array };
  keyIdForIssuing(): number;
}

/** Commands to hardware over MQTT. They return at once; outcomes come back through `DeviceListener`. */
export interface Devices {
  unlock(command: { commandId: string; device: string; compartment: number; expiresAt: Instant }): void;
  query(command: { commandId: string; device: string; compartment: number; expiresAt: Instant }): void;
  switch(command: {
    commandId: string;
    device: string;
    channel: number;
    on: boolean;
    expiresAt: Instant;
  }): void;
  /** Tells a scanner that reads on command to look for a code. Nobody waits for the outcome: a code comes, or does not. */
  look(command: { commandId: string; device: string; expiresAt: Instant }): void;
  /** Tells a gateway one act of a commissioning; resolves with its outcome, or `unknown` when none came in time. */
  commission(gateway: string, act: CommissioningAct): Promise<Pick<Outcome, 'outcome' | 'reason'>>;
  print(device: string, job: PrintJob): Promise<{ printed: boolean; reason: string | null }>;
  /** Last availability heard; `never` before the first word. */
  availability(device: string): 'online' | 'offline' | 'never';
  /** Retained, QoS 1, on `hall/{hall}/occupancy/{resource}`; the adapter sends the newest again after a reconnect. */
  publishOccupancy(resource: number, state: OccupancyState): void;
  /** Retained, QoS 1, under `homeassistant/`; an empty payload takes it back. Sent again after a reconnect. */
  announce(topic: string, payload: string): void;
}

export interface DeviceListener {
  onOutcome?(device: string, outcome: Outcome): void;
  onEvent?(device: string, event: DeviceEvent): void;
  /** State payload, already JSON, not yet judged. */
  onState?(device: string, payload: unknown): void;
  onAvailability?(device: string, online: boolean): void;
  /** Any message of a bridge or sensor outside `hall/`. `retained` is the flag of the packet: an old message sent again by the broker. */
  onForeign?(topic: string, payload: Uint8Array, retained?: boolean): void;
  /** The link to the broker is up (again): what arrives in the next moments may be old. */
  onConnected?(): void;
}

/** What other features need of access codes; the access feature implements it. */
export interface MemberProof {
  /** Proves a member by number and last four digits; wrong tries are counted for the kiosk. */
  typedMember(credential: MemberCredential, kiosk: string): Result<Member>;
  /**
   * Verifies a QR of purpose booking and runs `act` in the transaction that uses the grant up.
   * When `act` refuses, the whole transaction is undone and the grant stays unused.
   */
  useBookingGrant<T>(
    text: string,
    kiosk: string,
    act: (grant: ProvedGrant, tx: Transaction) => Result<T>,
  ): Result<T>;
}

/** A grant that passed every check. `credential` is how it goes into facts. */
export interface ProvedGrant {
  readonly grantId: string;
  readonly memberRef: string;
  /** Compartment, session or resource number. */
  readonly target: number;
  readonly credential: 'qr-app' | 'qr-printed';
  readonly clockUnproved: boolean;
}

/** Wrong tries of anything typed at a kiosk, under the limits for typed codes. */
export interface TryLimits {
  /** A refusal while typing is switched off at this kiosk or in this hall. */
  allowed(kiosk: string): Result<true>;
  /** Counts one wrong try, durably. */
  wrong(kiosk: string): void;
}

/**
 * A feature that acts on what comes down. Called inside the applying transaction, after the record was written
 * (or removed: body null). Throwing parks the change for staff and rolls back what the listeners did for it.
 */
export interface FeedListener {
  onFeed<T extends FeedType>(type: T, id: string, body: FeedBody<T> | null, tx: Transaction): void;
}

/** Tells the open pages. Fire and forget. */
export interface Live {
  changed(...topics: Extract<LiveMessage, { type: 'changed' }>['topics'][number][]): void;
  /** To one kiosk, or to all when undefined. */
  send(kiosk: string | undefined, message: LiveMessage): void;
}

export interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** An alarm on the desk until somebody has seen it. */
export interface Alarms {
  raise(kind: string, words: { zh: string; en: string }): void;
}

/** Everything a feature may use; made once by the composition root. */
export interface HallContext {
  readonly config: HallConfig;
  readonly store: Store;
  readonly reference: Reference;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly trust: ClockTrust;
  readonly keys: KeyRing;
  readonly devices: Devices;
  readonly live: Live;
  readonly alarms: Alarms;
  readonly log: Log;
}

export type { CompartmentConfig };
