import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { GrantId, HallNumber, MemberRef, Uuid, Words } from './ids.ts';
import { Instant } from './time.ts';
import { Holder } from './facts.ts';
import { ServiceDefinition } from './services.ts';

/** What comes down from central by cursor. Bodies are whole records, never patches. */

/** Only what the hall needs to greet and to check the typed code: no full name, phone or ID number. */
export const Member = z.object({
  memberRef: MemberRef,
  memberNumber: z.string().regex(/^\d{6,12}$/),
  nameMasked: z.string().min(1),
  phoneLast4: z.string().regex(/^\d{4}$/),
  blocked: z.boolean(),
});
export type Member = z.infer<typeof Member>;

export const Session = z.object({
  number: HallNumber,
  activity: Words,
  teacher: Words.optional(),
  startsAt: Instant,
  endsAt: Instant,
  capacity: z.number().int().min(1),
  /** Registered and waiting members, as central knows them. */
  taken: z.number().int().min(0),
  /** Minutes before the start when check-in opens, and after the start when it closes. */
  checkInBefore: z.number().int().min(0),
  checkInAfter: z.number().int().min(0),
  /** Map unit id and the name on the door. */
  unit: z.string(),
  room: z.string(),
  cancelled: z.boolean(),
});
export type Session = z.infer<typeof Session>;

export const Registration = z.object({
  id: Uuid,
  session: HallNumber,
  memberRef: MemberRef,
  state: z.enum(['registered', 'waiting', 'cancelled']),
  seat: z.number().int().min(1).optional(),
});
export type Registration = z.infer<typeof Registration>;

export const Resource = z.object({
  number: HallNumber,
  name: Words,
  kind: z.enum(['badminton', 'table-tennis', 'basketball', 'room', 'gym']),
  unit: z.string(),
  /** Local time of day, `HH:MM`. */
  opens: z.string().regex(/^\d{2}:\d{2}$/),
  closes: z.string().regex(/^\d{2}:\d{2}$/),
  slotMinutes: z.number().int().min(15).max(240),
  daysAhead: z.number().int().min(0).max(60),
  dailyMinutesPerMember: z.number().int().min(15),
  checkInBefore: z.number().int().min(0),
  /** Minutes after the start when an unused booking may be released. */
  checkInAfter: z.number().int().min(1),
  cancelBefore: z.number().int().min(0),
  bookable: z.boolean(),
});
export type Resource = z.infer<typeof Resource>;

/** A booking made at central (app) or confirmed from a hall fact. */
export const Booking = z.object({
  id: Uuid,
  resource: HallNumber,
  memberRef: MemberRef,
  startsAt: Instant,
  endsAt: Instant,
  state: z.enum(['booked', 'cancelled', 'checked-in', 'released', 'lost']),
  origin: z.enum(['central', 'hall']),
});
export type Booking = z.infer<typeof Booking>;

/** A lease made by central inside the ceded pool. */
export const CentralLease = z.object({
  id: Uuid,
  grantId: GrantId,
  compartment: HallNumber,
  holder: Holder,
  startsAt: Instant,
  endsAt: Instant,
  generation: z.number().int().min(0).max(255),
  state: z.enum(['made', 'active', 'end-requested', 'ended']),
});
export type CentralLease = z.infer<typeof CentralLease>;

/** A central signing key (key id 0x00-0x7F), SPKI DER in base64. */
export const SigningKey = z.object({
  keyId: z.number().int().min(0).max(0x7f),
  publicKey: z.base64(),
  validFrom: Instant,
  validTo: Instant,
});
export type SigningKey = z.infer<typeof SigningKey>;

/** K_hall of one 30-day epoch, base64 of 32 bytes. */
export const HallKey = z.object({
  epoch: z.number().int().min(1),
  key: z.base64(),
  validFrom: Instant,
  validTo: Instant,
});
export type HallKey = z.infer<typeof HallKey>;

/** Central's X25519 public key for sealed answers (HPKE base mode), raw 32 bytes in base64. */
export const SealingKey = z.object({ keyId: z.string().min(1), publicKey: z.base64(), validFrom: Instant });
export type SealingKey = z.infer<typeof SealingKey>;

export const DenyEntry = z.object({
  id: Uuid,
  grantId: GrantId.optional(),
  memberRef: MemberRef.optional(),
  until: Instant,
});
export type DenyEntry = z.infer<typeof DenyEntry>;

/** Central's recorded answer to two facts that cannot both stand. */
export const Ruling = z.object({
  id: Uuid,
  rule: z.string(),
  winner: z.object({ kind: z.string(), id: z.string(), note: z.string() }),
  loser: z.object({ kind: z.string(), id: z.string(), note: z.string() }),
  memberRef: MemberRef.optional(),
  message: Words,
  alternative: Words.optional(),
  at: Instant,
});
export type Ruling = z.infer<typeof Ruling>;

export const feedBodies = {
  member: Member,
  session: Session,
  registration: Registration,
  resource: Resource,
  booking: Booking,
  lease: CentralLease,
  key: SigningKey,
  'hall-key': HallKey,
  'sealing-key': SealingKey,
  service: ServiceDefinition,
  deny: DenyEntry,
  ruling: Ruling,
} as const;

export type FeedType = keyof typeof feedBodies;
export type FeedBody<T extends FeedType> = z.infer<(typeof feedBodies)[T]>;
export const feedTypes = Object.keys(feedBodies) as [FeedType, ...FeedType[]];

/**
 * The id of a feed record: member = memberRef; session, resource = the number in decimal;
 * key = key id in decimal; hall-key = epoch in decimal; sealing-key = its key id;
 * service = service id; registration, booking, lease, deny, ruling = a UUID of their own.
 */
export function feedId<T extends FeedType>(type: T, body: FeedBody<T> & Record<string, unknown>): string {
  const field = {
    member: 'memberRef',
    session: 'number',
    resource: 'number',
    key: 'keyId',
    'hall-key': 'epoch',
    'sealing-key': 'keyId',
    service: 'id',
    registration: 'id',
    booking: 'id',
    lease: 'id',
    deny: 'id',
    ruling: 'id',
  }[type];
  return String(body[field]);
}

/** Cursors are decimal strings: they may outgrow 2^53. */
export const Cursor = z.string().regex(/^\d{1,20}$/);

export const FeedChange = z.object({
  cursor: Cursor,
  type: z.string().min(1),
  id: z.string().min(1).max(128),
  version: z.number().int().min(1),
  op: z.enum(['put', 'remove']),
  body: z.record(z.string(), z.unknown()).nullable(),
});
export type FeedChange = z.infer<typeof FeedChange>;

export const FeedPage = z.object({
  feedEpoch: z.string().min(1),
  changes: z.array(FeedChange),
  next: Cursor,
  more: z.boolean(),
});
export type FeedPage = z.infer<typeof FeedPage>;

/** The whole present state; `next` is the cursor to go on from. */
export const Snapshot = FeedPage;
export type Snapshot = FeedPage;

export const Checksums = z.object({
  feedEpoch: z.string(),
  cursor: Cursor,
  types: z.record(
    z.string(),
    z.record(z.string().regex(/^[0-9a-f]{2}$/), z.object({ count: z.number().int(), sha256: z.string() })),
  ),
});
export type Checksums = z.infer<typeof Checksums>;

/** Bucket of a record: first byte of SHA-256 of its id, two hex digits. */
export function bucketOf(id: string): string {
  return bytesToHex(sha256(utf8ToBytes(id)).slice(0, 1));
}

/** Checksums of live records (not tombstones): lines `id TAB version LF` sorted by id bytes, per bucket. */
export function checksumBuckets(
  records: Iterable<{ readonly id: string; readonly version: number }>,
): Record<string, { count: number; sha256: string }> {
  const buckets = new Map<string, { id: Uint8Array; line: string }[]>();
  for (const record of records) {
    const bucket = bucketOf(record.id);
    const list = buckets.get(bucket) ?? [];
    list.push({ id: utf8ToBytes(record.id), line: `${record.id}\t${String(record.version)}\n` });
    buckets.set(bucket, list);
  }
  const sums: Record<string, { count: number; sha256: string }> = {};
  for (const [bucket, list] of [...buckets].sort(([a], [b]) => (a < b ? -1 : 1))) {
    list.sort((a, b) => compareBytes(a.id, b.id));
    sums[bucket] = {
      count: list.length,
      sha256: bytesToHex(sha256(utf8ToBytes(list.map((entry) => entry.line).join('')))),
    };
  }
  return sums;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
