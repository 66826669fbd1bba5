import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { DoorPosition, OutcomeKind } from './messages.ts';
import { DeviceId, GrantId, HallNumber, LeaseRef, MemberRef, Uuid } from './ids.ts';
import { ClockState, Instant } from './time.ts';

/** Facts: what happened at a hall, numbered without gaps, sent up exactly once. */

const base64 = z.base64();

/** How a person proved who they are. */
export const CredentialKind = z.enum(['qr-app', 'qr-printed', 'typed', 'staff', 'card']);

/** Person a lease or application belongs to: a member, or a visitor known by a keyed hash of the phone. */
export const Holder = z.union([
  z.object({ memberRef: MemberRef }),
  z.object({ visitor: z.string().min(16) }),
]);
export type Holder = z.infer<typeof Holder>;

export const factBodies = {
  'epoch.started': z.object({ previousEpoch: z.number().int().min(0), previousHash: z.string() }),
  /** The hall's own issuing key (key id 0x80-0xFF), SPKI DER in base64. */
  'issuing-key.added': z.object({ keyId: z.number().int().min(0x80).max(0xff), publicKey: base64 }),
  /** Compartments central may rent out. The newest fact replaces the earlier ones. */
  'pool.ceded': z.object({
    compartments: z.array(z.object({ number: HallNumber, size: z.enum(['small', 'medium', 'large']) })),
  }),
  'check-in.recorded': z.object({
    checkInId: Uuid,
    session: HallNumber,
    memberRef: MemberRef,
    at: Instant,
    kiosk: DeviceId,
    credential: CredentialKind,
    grantId: GrantId.optional(),
    /** The moving part was skipped because the hall's clock was unproved. */
    clockUnproved: z.boolean().optional(),
  }),
  'check-in.undone': z.object({ checkInId: Uuid, at: Instant, by: z.enum(['member', 'staff']) }),
  'door.intended': z.object({
    commandId: Uuid,
    compartment: HallNumber,
    lease: LeaseRef.optional(),
    cause: z.enum(['rent', 'open-again', 'finish', 'staff']),
    by: z.string().min(1),
    reason: z.string().optional(),
    credential: CredentialKind,
    clockUnproved: z.boolean().optional(),
  }),
  'door.ended': z.object({
    commandId: Uuid,
    compartment: HallNumber,
    outcome: OutcomeKind,
    reason: z.string().optional(),
    position: DoorPosition,
    at: Instant,
  }),
  'door.forced': z.object({ compartment: HallNumber, at: Instant }),
  'lease.made': z.object({
    lease: LeaseRef,
    compartment: HallNumber,
    holder: Holder,
    startsAt: Instant,
    endsAt: Instant,
    origin: z.enum(['hall', 'grant']),
  }),
  'lease.activated': z.object({ lease: LeaseRef, at: Instant }),
  'lease.ended': z.object({
    lease: LeaseRef,
    at: Instant,
    cause: z.enum(['finished', 'expired', 'never-opened', 'staff']),
  }),
  'booking.made': z.object({
    bookingId: Uuid,
    resource: HallNumber,
    memberRef: MemberRef,
    startsAt: Instant,
    endsAt: Instant,
    kiosk: DeviceId,
  }),
  'booking.cancelled': z.object({ bookingId: Uuid, at: Instant, by: z.enum(['member', 'staff']) }),
  'booking.checked-in': z.object({ bookingId: Uuid, at: Instant, credential: CredentialKind }),
  'booking.released': z.object({
    bookingId: Uuid,
    at: Instant,
    evidence: z.object({ state: z.enum(['empty']), confidence: z.number(), since: Instant }),
  }),
  'application.submitted': z.object({
    applicationId: Uuid,
    number: z.string().min(4).max(24),
    service: z.string().min(1),
    serviceVersion: z.number().int().min(1),
    memberRef: MemberRef.optional(),
    submittedAt: Instant,
    deadline: Instant,
    /** Answers that are not sensitive, by field id. */
    answers: z.record(z.string(), z.unknown()),
    /** Sensitive answers, each sealed to central's key (HPKE, base64 of enc | ciphertext). */
    sealed: z.record(z.string(), z.object({ keyId: z.string(), box: base64, mask: z.string() })),
    /** SHA-256 (hex) of the query code on the receipt, so that the phone can follow it. */
    queryHash: z.string(),
  }),
  'application.decided': z.object({
    applicationId: Uuid,
    decision: z.enum(['approved', 'refused', 'returned']),
    reason: z.string(),
    by: z.string(),
    at: Instant,
  }),
  'occupancy.changed': z.object({
    resource: HallNumber,
    state: z.enum(['occupied', 'empty', 'unknown']),
    confidence: z.number(),
    at: Instant,
  }),
  'device.changed': z.object({
    device: DeviceId,
    state: z.enum(['online', 'offline', 'fault']),
    detail: z.string().optional(),
    at: Instant,
  }),
  'help.called': z.object({ helpId: Uuid, kiosk: DeviceId, page: z.string(), at: Instant }),
  'help.ended': z.object({
    helpId: Uuid,
    at: Instant,
    takenBy: z.string().optional(),
    outcome: z.enum(['helped', 'withdrawn']),
  }),
} as const;

export type FactType = keyof typeof factBodies;
export type FactBody<T extends FactType> = z.infer<(typeof factBodies)[T]>;
export const factTypes = Object.keys(factBodies) as [FactType, ...FactType[]];

/** Version of each fact body's schema; rises when a body changes. */
export const FACT_VERSION = 1;

/** One fact as it travels. `type` is a plain string: central quarantines what it does not know. */
export const WireFact = z.object({
  seq: z.number().int().min(1),
  id: Uuid,
  type: z.string().min(1).max(64),
  version: z.number().int().min(1),
  occurredAt: Instant,
  clock: ClockState,
  prevHash: z.string().regex(/^[0-9a-f]{64}$/),
  body: z.record(z.string(), z.unknown()),
});
export type WireFact = z.infer<typeof WireFact>;

export const FIRST_PREV_HASH = '0'.repeat(64);

/** The JSON Canonicalization Scheme form (RFC 8785). Throws TypeError on values JSON cannot hold. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('value has no JSON form');
  return text;
}

/** SHA-256, hex, of the canonical form of the fact together with its epoch. */
export function factHash(epoch: number, fact: WireFact): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson({ epoch, ...fact }))));
}

export const FactsRequest = z.object({
  epoch: z.number().int().min(1),
  facts: z.array(WireFact).min(1).max(1000),
});
export type FactsRequest = z.infer<typeof FactsRequest>;

export const FactsResponse = z.object({
  ackedSeq: z.number().int().min(0),
  results: z.array(
    z.object({
      seq: z.number().int(),
      status: z.enum(['accepted', 'duplicate', 'quarantined']),
      reason: z.string().optional(),
    }),
  ),
});
export type FactsResponse = z.infer<typeof FactsResponse>;
