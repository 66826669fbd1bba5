import { z } from 'zod';
import { FactsRequest, FactsResponse } from './facts.ts';
import { Booking, Checksums, Cursor, FeedPage, Resource, Session, Snapshot } from './feed.ts';
import { ProgressView } from './hall-api.ts';
import type { RouteTable } from './http.ts';
import { GrantId, HallId, HallNumber, Uuid, Words } from './ids.ts';
import { Day, Instant } from './time.ts';

/** Central's HTTP API: sync protocol v1 for halls, and what the phone page asks. */

export const PROTOCOL_VERSION = 1;
export const PROTOCOL_HEADER = 'uh-protocol';
/** Components covered by every hall request's signature (RFC 9421, ed25519). */
export const SIGNED_COMPONENTS = ['@method', '@path', '@query', 'content-digest', 'uh-protocol'] as const;
export const SIGNATURE_LIFE_SECONDS = 300;

const byHall = z.object({ hall: z.coerce.number().int().min(1) });
const byUuid = z.object({ id: Uuid });
const done = z.object({ ok: z.literal(true) });

/** Everything the phone needs to draw a moving QR offline. `secret` moves the QR; it never leaves the phone. */
export const GrantForPhone = z.object({
  grantId: GrantId,
  purpose: z.enum(['locker', 'check-in', 'booking']),
  /** 30 + 64 bytes, base64. */
  signed: z.base64(),
  /** 32 bytes, base64. */
  secret: z.base64(),
  hall: HallId,
  target: HallNumber,
  notBefore: Instant,
  notAfter: Instant,
});
export type GrantForPhone = z.infer<typeof GrantForPhone>;

export const PhoneSession = z.object({
  session: Session,
  state: z.enum(['none', 'registered', 'waiting', 'cancelled', 'checked-in']),
  seat: z.number().int().nullable(),
  left: z.number().int(),
});
export const PhoneBooking = z.object({ booking: Booking, resource: Words });
export const PhoneLease = z.object({
  id: Uuid,
  compartment: HallNumber,
  size: z.enum(['small', 'medium', 'large']),
  startsAt: Instant,
  endsAt: Instant,
  state: z.enum(['made', 'active', 'end-requested', 'ended']),
  digits: z.string().regex(/^\d{8}$/),
  grantId: GrantId,
});
export const PhoneNotice = z.object({
  id: z.string(),
  at: Instant,
  message: Words,
  alternative: Words.nullable(),
});

/** One member's world at one hall: kept on the phone for offline use. */
export const PhoneView = z.object({
  demo: z.boolean(),
  now: Instant,
  member: z.object({ nameMasked: z.string(), memberNumber: z.string(), phoneLast4: z.string() }),
  hall: z.object({
    id: HallId,
    name: Words,
    timeZone: z.string(),
    lastContactAt: Instant.nullable(),
    helpPhone: z.string(),
  }),
  sessions: z.array(PhoneSession),
  resources: z.array(Resource),
  bookings: z.array(PhoneBooking),
  leases: z.array(PhoneLease),
  freeCompartments: z.object({ small: z.number().int(), medium: z.number().int(), large: z.number().int() }),
  grants: z.array(GrantForPhone),
  applications: z.array(ProgressView),
  notices: z.array(PhoneNotice),
});
export type PhoneView = z.infer<typeof PhoneView>;

export const centralRoutes = {
  // sync protocol v1
  enrolHall: {
    method: 'POST',
    path: '/sync/v1/enrol',
    identity: 'none',
    summary: 'One-time code + public key (SPKI DER, base64) -> hall number',
    body: z.object({ code: z.string().min(4).max(64), publicKey: z.base64() }),
    answer: z.object({ hall: HallId, keyId: z.string() }),
  },
  feed: {
    method: 'GET',
    path: '/sync/v1/halls/{hall}/feed',
    identity: 'hall',
    summary: 'Changes after the cursor; long-poll with wait',
    params: byHall,
    query: z.object({
      feedEpoch: z.string().optional(),
      cursor: Cursor.optional(),
      limit: z.coerce.number().int().min(1).max(1000).optional(),
      wait: z.coerce.number().min(0).max(60).optional(),
    }),
    answer: FeedPage,
  },
  snapshot: {
    method: 'GET',
    path: '/sync/v1/halls/{hall}/snapshot',
    identity: 'hall',
    summary: 'The whole present state',
    params: byHall,
    answer: Snapshot,
  },
  facts: {
    method: 'POST',
    path: '/sync/v1/halls/{hall}/facts',
    identity: 'hall',
    summary: 'Facts up; acknowledged after COMMIT',
    params: byHall,
    body: FactsRequest,
    answer: FactsResponse,
  },
  checksums: {
    method: 'GET',
    path: '/sync/v1/halls/{hall}/checksums',
    identity: 'hall',
    summary: 'Counts and hashes per type and bucket',
    params: byHall,
    query: z.object({ at: Cursor.optional() }),
    answer: Checksums,
  },
  head: {
    method: 'GET',
    path: '/sync/v1/halls/{hall}/head',
    identity: 'hall',
    summary: 'Last acknowledged fact',
    params: byHall,
    answer: z.object({ epoch: z.number().int(), ackedSeq: z.number().int(), hash: z.string() }),
  },
  syncSchema: {
    method: 'GET',
    path: '/sync/v1/schema.json',
    identity: 'none',
    summary: 'JSON Schemas of all fact and feed types',
    answer: z.record(z.string(), z.unknown()),
  },
  // phone
  requestCode: {
    method: 'POST',
    path: '/phone/api/v1/sign-in/code',
    identity: 'none',
    summary: 'Send a one-time code; demo mode answers with it',
    body: z.object({ mobile: z.string().min(5).max(24) }),
    answer: z.object({ sent: z.literal(true), demoCode: z.string().nullable() }),
  },
  signInPhone: {
    method: 'POST',
    path: '/phone/api/v1/sign-in',
    identity: 'none',
    summary: 'One-time code -> member session cookie',
    body: z.object({ mobile: z.string().min(5).max(24), code: z.string().min(4).max(8) }),
    answer: z.object({ nameMasked: z.string() }),
  },
  signOutPhone: {
    method: 'POST',
    path: '/phone/api/v1/sign-out',
    identity: 'member',
    summary: 'End the session',
    answer: done,
  },
  phoneDemo: {
    method: 'GET',
    path: '/phone/api/v1/demo',
    identity: 'none',
    summary: 'Demo members; 404 outside demo mode',
    answer: z.object({ members: z.array(z.object({ mobile: z.string(), nameMasked: z.string() })) }),
  },
  phone: {
    method: 'GET',
    path: '/phone/api/v1/me',
    identity: 'member',
    summary: 'Everything of this member',
    query: z.object({ hall: z.coerce.number().int().optional() }),
    answer: PhoneView,
  },
  register: {
    method: 'POST',
    path: '/phone/api/v1/sessions/{number}/register',
    identity: 'member',
    summary: 'Take a place or a waiting place',
    params: z.object({ number: z.coerce.number().int() }),
    answer: PhoneSession,
  },
  unregister: {
    method: 'POST',
    path: '/phone/api/v1/sessions/{number}/cancel',
    identity: 'member',
    summary: 'Give the place back',
    params: z.object({ number: z.coerce.number().int() }),
    answer: PhoneSession,
  },
  phoneDay: {
    method: 'GET',
    path: '/phone/api/v1/resources/{number}/days/{day}',
    identity: 'member',
    summary: 'Slots of a day',
    params: z.object({ number: z.coerce.number().int(), day: Day }),
    answer: z.object({
      resource: Resource,
      slots: z.array(
        z.object({
          startsAt: Instant,
          endsAt: Instant,
          state: z.enum(['free', 'booked', 'past', 'closed']),
          mine: z.boolean(),
        }),
      ),
    }),
  },
  bookPhone: {
    method: 'POST',
    path: '/phone/api/v1/bookings',
    identity: 'member',
    summary: 'Book a slot',
    body: z.object({ resource: HallNumber, startsAt: Instant, endsAt: Instant }),
    answer: PhoneBooking,
  },
  cancelPhoneBooking: {
    method: 'POST',
    path: '/phone/api/v1/bookings/{id}/cancel',
    identity: 'member',
    summary: 'Cancel',
    params: byUuid,
    answer: PhoneBooking,
  },
  rentPhone: {
    method: 'POST',
    path: '/phone/api/v1/leases',
    identity: 'member',
    summary: 'Rent a compartment of the ceded pool',
    body: z.object({
      size: z.enum(['small', 'medium', 'large']),
      minutes: z
        .number()
        .int()
        .min(15)
        .max(24 * 60),
    }),
    answer: PhoneLease,
  },
  reissuePhone: {
    method: 'POST',
    path: '/phone/api/v1/leases/{id}/reissue',
    identity: 'member',
    summary: 'New typed code; the old one dies',
    params: byUuid,
    answer: PhoneLease,
  },
  phoneProgress: {
    method: 'POST',
    path: '/phone/api/v1/applications/progress',
    identity: 'member',
    summary: 'Follow an application by its receipt',
    body: z.object({ number: z.string().min(1).max(24), queryCode: z.string().min(1).max(16) }),
    answer: ProgressView,
  },
} as const satisfies RouteTable;

export type CentralRouteName = keyof typeof centralRoutes;
