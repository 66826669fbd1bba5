import { z } from 'zod';
import { CommissioningView } from './commissioning.ts';
import { Booking, Resource, Session } from './feed.ts';
import type { RouteTable } from './http.ts';
import { DeviceId, HallNumber, LeaseRef, Uuid, Words } from './ids.ts';
import { HallMap, Route } from './map.ts';
import { DoorPosition, LineStatistics, PrintJob } from './messages.ts';
import { refusalCodes } from './refusals.ts';
import { Answer, Answers, ServiceDefinition } from './services.ts';
import { Day, Instant } from './time.ts';

/** The hall's HTTP API: what kiosks and the desk may ask. Paths are stable within v1. */

// ── credentials ──────────────────────────────────────────────────────────────
export const QrText = z.string().min(1).max(512);
/** Typed at a kiosk: member number + last four digits of the phone. */
export const MemberCredential = z.object({
  kind: z.literal('member'),
  memberNumber: z.string().min(1).max(20),
  phoneLast4: z.string().min(1).max(8),
});
export type MemberCredential = z.infer<typeof MemberCredential>;
export const QrCredential = z.object({ kind: z.literal('qr'), text: QrText });
export type QrCredential = z.infer<typeof QrCredential>;
/** The card that lies, or just lay, on this kiosk's reader: the hall heard of it, the page knows no number. */
export const CardCredential = z.object({ kind: z.literal('card') });
export type CardCredential = z.infer<typeof CardCredential>;
/** The ID card that lies on this kiosk's reader, by the ticket of the live message. */
export const IdCardCredential = z.object({ kind: z.literal('id-card'), ticket: Uuid });
export type IdCardCredential = z.infer<typeof IdCardCredential>;
/** Typed at a kiosk: compartment number + 8 digits. */
export const LockerCode = z.object({
  kind: z.literal('typed'),
  compartment: z.number().int().min(0).max(99_999),
  digits: z.string().min(1).max(16),
});
export type LockerCode = z.infer<typeof LockerCode>;

// ── shared views ─────────────────────────────────────────────────────────────
export const ResourceView = z.object({
  resource: Resource,
  occupancy: z.object({
    state: z.enum(['occupied', 'empty', 'unknown']),
    confidence: z.number(),
    at: Instant.nullable(),
    sensors: z.array(
      z.object({
        device: z.string(),
        kind: z.string(),
        value: z.string(),
        unit: z.string().optional(),
        at: Instant.nullable(),
        trust: z.enum(['fresh', 'silent', 'stuck']),
      }),
    ),
  }),
  /** Can a person walk in now: not booked now and not measured as occupied. */
  free: z.enum(['free', 'busy', 'unknown']),
  /** When the present free or busy stretch ends by the bookings of today. */
  until: Instant.nullable(),
  temperature: z.number().nullable(),
});
export type ResourceView = z.infer<typeof ResourceView>;

export const Slot = z.object({
  startsAt: Instant,
  endsAt: Instant,
  state: z.enum(['free', 'booked', 'past', 'closed']),
  mine: z.boolean(),
});
export type Slot = z.infer<typeof Slot>;

export const SessionView = z.object({
  session: Session,
  left: z.number().int(),
  state: z.enum(['later', 'check-in-open', 'running', 'over', 'full', 'cancelled']),
  checkInOpensAt: Instant,
  checkedIn: z.number().int(),
});
export type SessionView = z.infer<typeof SessionView>;

export const CompartmentView = z.object({
  number: HallNumber,
  size: z.enum(['small', 'medium', 'large']),
  bank: DeviceId,
  column: z.number().int().min(1),
  row: z.number().int().min(1),
  /** Rows it spans. */
  height: z.number().int().min(1),
  state: z.enum(['free', 'leased', 'out']),
  position: DoorPosition,
});
export type CompartmentView = z.infer<typeof CompartmentView>;

/** One opening as the kiosk follows it. `unknown` tells the person to look at the door; nothing opens again by itself. */
export const DoorCommandView = z.object({
  commandId: Uuid,
  compartment: HallNumber,
  cause: z.enum(['rent', 'open-again', 'finish', 'staff']),
  state: z.enum(['intended', 'sent', 'opened', 'closed', 'refused', 'failed', 'unknown']),
  /** Sentence for the person when it did not open. */
  refusal: z
    .object({
      code: z.enum(refusalCodes),
      params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    })
    .optional(),
  openedAt: Instant.nullable(),
  closedAt: Instant.nullable(),
});
export type DoorCommandView = z.infer<typeof DoorCommandView>;

export const LeaseView = z.object({
  lease: LeaseRef,
  compartment: HallNumber,
  state: z.enum(['made', 'active', 'finishing', 'ended']),
  startsAt: Instant,
  endsAt: Instant,
  acts: z.array(z.enum(['open', 'finish'])),
});
export type LeaseView = z.infer<typeof LeaseView>;

export const CheckInAnswer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('checked-in'),
    checkInId: Uuid,
    at: Instant,
    undoUntil: Instant,
    nameMasked: z.string(),
    session: Session,
    seat: z.number().int().nullable(),
  }),
  z.object({
    kind: z.literal('already'),
    at: Instant,
    kiosk: DeviceId,
    kioskName: Words,
    nameMasked: z.string(),
    session: Session,
    seat: z.number().int().nullable(),
  }),
  /** Typed by a member with several sessions now: choose one and send again with `session`. */
  z.object({ kind: z.literal('choose'), nameMasked: z.string(), sessions: z.array(SessionView) }),
]);
export type CheckInAnswer = z.infer<typeof CheckInAnswer>;

export const BookingView = z.object({
  booking: Booking,
  resourceName: Words,
  unit: z.string(),
  checkInFrom: Instant,
  checkInUntil: Instant,
});
export type BookingView = z.infer<typeof BookingView>;

export const ServiceSummary = z.object({
  id: z.string(),
  version: z.number().int(),
  name: Words,
  summary: Words,
  pictogram: z.string(),
  minutes: z.number().int(),
});

/** A sensitive answer never comes back: only its mask, and the wish to type it again. */
export const DraftView = z.object({
  draftId: Uuid,
  service: ServiceDefinition,
  answers: Answers,
  masked: z.record(z.string(), z.string()),
  /** Field ids with the sentence why the answer cannot stay. */
  faults: z.record(z.string(), Words),
  page: z.string(),
});
export type DraftView = z.infer<typeof DraftView>;

export const Receipt = z.object({
  applicationId: Uuid,
  number: z.string(),
  queryCode: z.string(),
  service: Words,
  submittedAt: Instant,
  deadline: Instant,
  handler: Words,
  steps: z.array(Words),
  slip: PrintJob,
});
export type Receipt = z.infer<typeof Receipt>;

export const ProgressView = z.object({
  number: z.string(),
  service: Words,
  submittedAt: Instant,
  deadline: Instant,
  state: z.enum(['submitted', 'approved', 'refused', 'returned']),
  reason: z.string().nullable(),
  decidedAt: Instant.nullable(),
  handler: Words,
  sentToCentral: z.boolean(),
});
export type ProgressView = z.infer<typeof ProgressView>;

export const HelpView = z.object({
  helpId: Uuid,
  state: z.enum(['called', 'taken', 'ended']),
  takenBy: z.string().nullable(),
  calledAt: Instant,
  waitMinutes: z.number().int(),
  phone: z.string(),
});
export type HelpView = z.infer<typeof HelpView>;

export const SyncView = z.object({
  central: z.enum(['online', 'offline', 'stalled', 'refused']),
  lastContactAt: Instant.nullable(),
  waitingFacts: z.number().int(),
  oldestWaitingAt: Instant.nullable(),
  cursor: z.string().nullable(),
  quarantined: z.number().int(),
  nextTryAt: Instant.nullable(),
  trouble: z.string().nullable(),
});
export type SyncView = z.infer<typeof SyncView>;

export const HomeView = z.object({
  hall: z.object({ id: z.number().int(), name: Words, timeZone: z.string(), helpPhone: z.string() }),
  kiosk: z.object({
    id: DeviceId,
    name: Words,
    place: Words,
    panelWidthMm: z.number(),
    /** It has a reader of ID cards. */
    idReader: z.boolean().optional(),
  }),
  demo: z.boolean(),
  now: Instant,
  network: z.enum(['online', 'offline']),
  printer: z.enum(['ok', 'near-end', 'out', 'none']),
  lockers: z.object({ free: z.number().int(), total: z.number().int(), online: z.boolean() }),
  sessions: z.array(SessionView),
  resources: z.array(ResourceView),
  services: z.array(ServiceSummary),
  /** Journeys this hall offers; a tile is shown for each, no other. */
  journeys: z.array(z.enum(['way', 'service', 'check-in', 'locker', 'booking', 'progress', 'help'])),
});
export type HomeView = z.infer<typeof HomeView>;

export const DeskView = z.object({
  now: Instant,
  demo: z.boolean(),
  hallName: Words,
  /** IANA name, e.g. Asia/Shanghai: times on the board are the hall's. */
  timeZone: z.string(),
  staff: z.object({ name: z.string(), role: z.enum(['clerk', 'manager']) }),
  help: z.array(
    z.object({
      help: HelpView,
      kiosk: DeviceId,
      kioskName: Words,
      place: Words,
      page: z.string(),
      note: z.string().nullable(),
    }),
  ),
  helpDone: z.array(
    z.object({ help: HelpView, kioskName: Words, endedAt: Instant, seconds: z.number().int() }),
  ),
  kiosks: z.array(
    z.object({
      id: DeviceId,
      name: Words,
      place: Words,
      lastSeenAt: Instant.nullable(),
      state: z.enum(['online', 'offline', 'never']),
    }),
  ),
  doors: z.array(
    z.object({
      compartment: CompartmentView,
      lease: LeaseView.nullable(),
      commanded: z.enum(['none', 'opened', 'refused', 'failed', 'unknown', 'pending']),
      commandedAt: Instant.nullable(),
      observed: DoorPosition,
      observedAt: Instant.nullable(),
      mismatch: z.boolean(),
    }),
  ),
  resources: z.array(
    ResourceView.extend({ bookings: z.array(BookingView.extend({ nameMasked: z.string() })) }),
  ),
  applications: z.array(
    z.object({
      applicationId: Uuid,
      number: z.string(),
      service: Words,
      submittedAt: Instant,
      deadline: Instant,
      overdue: z.boolean(),
      answers: z.array(z.object({ label: Words, value: z.string() })),
    }),
  ),
  applicationsOpen: z.number().int(),
  devices: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      name: z.string(),
      state: z.enum(['online', 'offline', 'fault', 'never']),
      since: Instant.nullable(),
      advice: Words.nullable(),
      /** What its line has seen, as its gateway last said. */
      line: LineStatistics.optional(),
    }),
  ),
  /** Light and power of rooms: what is wanted and why, and what the relay is seen to be. */
  power: z.array(
    z.object({
      id: z.string(),
      resource: HallNumber,
      name: Words,
      wanted: z.boolean(),
      observed: z.boolean().nullable(),
      why: z.enum(['by-hand', 'booked', 'people', 'lingering', 'not-known', 'nobody']),
      until: Instant.nullable(),
      by: z.string().nullable(),
      /** Seen otherwise than wanted for a while. */
      trouble: z.boolean(),
    }),
  ),
  sync: SyncView,
  conflicts: z.array(
    z.object({
      id: z.string(),
      rule: z.string(),
      at: Instant,
      message: Words,
      alternative: Words.nullable(),
      seen: z.boolean(),
    }),
  ),
  parked: z.array(z.object({ seq: z.number().int(), type: z.string(), reason: z.string(), at: Instant })),
  alarms: z.array(z.object({ id: z.string(), at: Instant, kind: z.string(), words: Words })),
});
export type DeskView = z.infer<typeof DeskView>;

/** Sensors found on the bus: what they say now, which place they belong to, and what could not be read. */
export const SensorsView = z.object({
  now: Instant,
  sensors: z.array(
    z.object({
      id: z.string(),
      source: z.enum(['discovery', 'zigbee2mqtt', 'config']),
      device: z.string(),
      name: z.string(),
      model: z.string().nullable(),
      quantity: z.string(),
      unit: z.string().nullable(),
      value: z.union([z.boolean(), z.number()]).nullable(),
      at: Instant.nullable(),
      /** `gone`: given to a place, but no longer announced. */
      state: z.enum(['fresh', 'silent', 'stuck', 'offline', 'never', 'gone']),
      resource: HallNumber.nullable(),
      /** Named in the configuration: shown here, changed there. */
      fixed: z.boolean(),
    }),
  ),
  lost: z.array(
    z.object({
      id: z.string(),
      device: z.string(),
      name: z.string(),
      state: z.enum(['not-mapped', 'refused']),
      reason: z.string(),
      detail: z.string(),
    }),
  ),
  places: z.array(z.object({ number: HallNumber, name: Words })),
});
export type SensorsView = z.infer<typeof SensorsView>;

/** Who may say and hear what on the hall's MQTT bus. */
export const BusView = z.object({
  /** `external`: another broker carries the bus; rights are what `export-mosquitto` writes. */
  broker: z.enum(['embedded', 'external']),
  clients: z.array(
    z.object({
      id: z.string(),
      role: z.enum(['hall', 'device', 'bridge', 'viewer']),
      connected: z.boolean().nullable(),
      publish: z.array(z.object({ filter: z.string(), retain: z.boolean() })),
      subscribe: z.array(z.string()),
    }),
  ),
});
export type BusView = z.infer<typeof BusView>;

/** Cards laid on readers of this hall that belong to nobody yet. No number, no token: only when and where. */
export const CardsView = z.object({
  unknown: z.array(z.object({ card: Uuid, kiosk: DeviceId, kioskName: Words, at: Instant })),
  bound: z.number().int(),
});
export type CardsView = z.infer<typeof CardsView>;

/** Where pages find MQTT over WebSocket, subprotocol `mqtt`; with a pass, and only to watch. */
export const MQTT_PATH = '/mqtt';

/** A pass to watch the bus: client id and user name are `id`, the password is `token`; clean session, no will. */
export const BusPass = z.object({ id: z.string(), token: z.string(), expiresAt: Instant });
export type BusPass = z.infer<typeof BusPass>;

// ── the table ────────────────────────────────────────────────────────────────
const byId = z.object({ id: z.string().min(1).max(64) });
const done = z.object({ ok: z.literal(true) });

export const hallRoutes = {
  // kiosks
  enrolKiosk: {
    method: 'POST',
    path: '/api/v1/kiosks/enrol',
    identity: 'none',
    summary: 'One-time code -> HttpOnly kiosk cookie',
    body: z.object({ code: z.string().min(4).max(64) }),
    answer: z.object({ kiosk: DeviceId }),
  },
  /** Demo mode on loopback only: codes and the demo staff account, for the pages to offer. */
  demo: {
    method: 'GET',
    path: '/api/v1/demo',
    identity: 'none',
    summary: 'Demo helpers; 404 outside demo mode',
    answer: z.object({
      kiosks: z.array(z.object({ kiosk: DeviceId, name: Words, code: z.string() })),
      staff: z.object({ name: z.string(), password: z.string() }),
      phone: z.string(),
      member: z.object({ memberNumber: z.string(), phoneLast4: z.string() }).nullable(),
    }),
  },
  home: {
    method: 'GET',
    path: '/api/v1/home',
    identity: 'kiosk',
    summary: 'Everything the welcome screen shows',
    answer: HomeView,
  },
  // one scanner for everything
  scan: {
    method: 'POST',
    path: '/api/v1/scans',
    identity: 'kiosk',
    summary: 'A QR held to the kiosk: checks in, or shows what the locker or booking code allows',
    body: z.object({ text: QrText, source: z.enum(['camera', 'serial', 'wedge', 'typed']) }),
    answer: z.discriminatedUnion('purpose', [
      z.object({ purpose: z.literal('check-in'), checkIn: CheckInAnswer }),
      z.object({ purpose: z.literal('locker'), lease: LeaseView }),
      z.object({ purpose: z.literal('booking'), booking: BookingView, at: Instant }),
    ]),
  },
  lookForCode: {
    method: 'POST',
    path: '/api/v1/scans/look',
    identity: 'kiosk',
    summary:
      'A page invites a code: a scanner that reads on command looks for one, for some seconds; `looking` false = it needs no telling',
    answer: z.object({ looking: z.boolean() }),
  },
  // check-in
  checkIn: {
    method: 'POST',
    path: '/api/v1/check-ins',
    identity: 'kiosk',
    summary: 'Check in by QR, by member number and phone, or by a card on a reader',
    body: z.object({
      credential: z.union([QrCredential, MemberCredential, CardCredential, IdCardCredential]),
      session: HallNumber.optional(),
      /** With a typed credential: the ticket of an ID card not known yet, which is this member's from now on. */
      remember: Uuid.optional(),
    }),
    answer: CheckInAnswer,
  },
  undoCheckIn: {
    method: 'POST',
    path: '/api/v1/check-ins/{id}/undo',
    identity: 'kiosk',
    summary: 'Take a check-in back within 10 s at the same kiosk',
    params: byId,
    answer: done,
  },
  // lockers
  lockers: {
    method: 'GET',
    path: '/api/v1/lockers',
    identity: 'kiosk+staff',
    summary: 'The cabinets as they stand',
    answer: z.object({ compartments: z.array(CompartmentView), minutesOffered: z.array(z.number().int()) }),
  },
  presentLocker: {
    method: 'POST',
    path: '/api/v1/lockers/present',
    identity: 'kiosk',
    summary: 'What this code may do; opens nothing, uses nothing up',
    body: z.object({ credential: z.union([QrCredential, LockerCode]) }),
    answer: LeaseView,
  },
  actLocker: {
    method: 'POST',
    path: '/api/v1/lockers/act',
    identity: 'kiosk',
    summary: 'Open again, or finish: one explicit act per code',
    body: z.object({ credential: z.union([QrCredential, LockerCode]), act: z.enum(['open', 'finish']) }),
    answer: z.object({ lease: LeaseView, command: DoorCommandView }),
  },
  rentLocker: {
    method: 'POST',
    path: '/api/v1/lockers/rent',
    identity: 'kiosk',
    summary: 'Rent a compartment here and now; works with the internet cut',
    body: z.object({
      holder: z.union([
        MemberCredential,
        z.object({ kind: z.literal('visitor'), mobile: z.string().min(5).max(24) }),
      ]),
      size: z.enum(['small', 'medium', 'large']),
      minutes: z
        .number()
        .int()
        .min(15)
        .max(24 * 60),
      termsAccepted: z.boolean(),
    }),
    answer: z.object({
      lease: LeaseView,
      digits: z.string().regex(/^\d{8}$/),
      qr: z.string(),
      slip: PrintJob,
      command: DoorCommandView,
    }),
  },
  doorCommand: {
    method: 'GET',
    path: '/api/v1/door-commands/{id}',
    identity: 'kiosk+staff',
    summary: 'How an opening is going',
    params: byId,
    answer: DoorCommandView,
  },
  lockerTrouble: {
    method: 'POST',
    path: '/api/v1/lockers/trouble',
    identity: 'kiosk',
    summary: 'Door did not open, does not close, not my things: staff are called',
    body: z.object({ commandId: Uuid, trouble: z.enum(['did-not-open', 'does-not-close', 'not-mine']) }),
    answer: HelpView,
  },
  // resources and bookings
  resources: {
    method: 'GET',
    path: '/api/v1/resources',
    identity: 'kiosk+staff',
    summary: 'What is free now',
    answer: z.object({ resources: z.array(ResourceView) }),
  },
  resourceDay: {
    method: 'GET',
    path: '/api/v1/resources/{id}/days/{day}',
    identity: 'kiosk+staff',
    summary: 'Slots of one day',
    params: z.object({ id: z.coerce.number().int(), day: Day }),
    answer: z.object({ resource: Resource, slots: z.array(Slot) }),
  },
  book: {
    method: 'POST',
    path: '/api/v1/bookings',
    identity: 'kiosk',
    summary: 'Book a slot',
    body: z.object({
      credential: MemberCredential,
      resource: HallNumber,
      startsAt: Instant,
      endsAt: Instant,
    }),
    answer: z.object({ booking: BookingView, slip: PrintJob }),
  },
  myBookings: {
    method: 'POST',
    path: '/api/v1/bookings/mine',
    identity: 'kiosk',
    summary: "A member's bookings still to come",
    body: z.object({ credential: MemberCredential }),
    answer: z.object({ nameMasked: z.string(), bookings: z.array(BookingView) }),
  },
  checkInBooking: {
    method: 'POST',
    path: '/api/v1/bookings/{id}/check-in',
    identity: 'kiosk',
    summary: 'Arrive at a booked place',
    params: byId,
    body: z.object({ credential: z.union([QrCredential, MemberCredential]) }),
    answer: BookingView,
  },
  cancelBooking: {
    method: 'POST',
    path: '/api/v1/bookings/{id}/cancel',
    identity: 'kiosk',
    summary: 'Cancel while it is allowed',
    params: byId,
    body: z.object({ credential: MemberCredential }),
    answer: BookingView,
  },
  // services
  services: {
    method: 'GET',
    path: '/api/v1/services',
    identity: 'kiosk+staff',
    summary: 'The catalogue',
    answer: z.object({ services: z.array(ServiceSummary) }),
  },
  service: {
    method: 'GET',
    path: '/api/v1/services/{id}',
    identity: 'kiosk+staff',
    summary: 'One service with its pages',
    params: byId,
    answer: ServiceDefinition,
  },
  startDraft: {
    method: 'POST',
    path: '/api/v1/drafts',
    identity: 'kiosk',
    summary: 'Begin an application; the code resumes it',
    body: z.object({ service: z.string() }),
    answer: z.object({ draft: DraftView, resumeCode: z.string() }),
  },
  resumeDraft: {
    method: 'POST',
    path: '/api/v1/drafts/resume',
    identity: 'kiosk',
    summary: 'Go on with a draft',
    body: z.object({ resumeCode: z.string().min(4).max(32) }),
    answer: DraftView,
  },
  answerDraft: {
    method: 'PUT',
    path: '/api/v1/drafts/{id}/answers',
    identity: 'kiosk',
    summary: 'Answers of one page; sensitive ones are sealed at once',
    params: byId,
    body: z.object({ page: z.string(), answers: z.record(z.string(), Answer) }),
    answer: DraftView,
  },
  dropDraft: {
    method: 'DELETE',
    path: '/api/v1/drafts/{id}',
    identity: 'kiosk',
    summary: 'Throw a draft away',
    params: byId,
    answer: done,
  },
  submitDraft: {
    method: 'POST',
    path: '/api/v1/drafts/{id}/submit',
    identity: 'kiosk',
    summary: 'Hand in',
    params: byId,
    answer: Receipt,
  },
  progress: {
    method: 'POST',
    path: '/api/v1/applications/progress',
    identity: 'kiosk',
    summary: 'Where an application stands',
    body: z.object({ number: z.string().min(1).max(24), queryCode: z.string().min(1).max(16) }),
    answer: ProgressView,
  },
  // way
  map: {
    method: 'GET',
    path: '/api/v1/map',
    identity: 'kiosk+staff',
    summary: 'Floor plan and where this kiosk stands',
    answer: z.object({ map: HallMap, anchor: z.string() }),
  },
  route: {
    method: 'GET',
    path: '/api/v1/route',
    identity: 'kiosk',
    summary: 'The way from this kiosk',
    query: z.object({ to: z.string().min(1).max(64), stepFree: z.enum(['true', 'false']) }),
    answer: Route,
  },
  // help and paper
  callHelp: {
    method: 'POST',
    path: '/api/v1/help',
    identity: 'kiosk',
    summary: 'Call a person',
    body: z.object({ page: z.string().max(80), note: z.string().max(200).optional() }),
    answer: HelpView,
  },
  help: {
    method: 'GET',
    path: '/api/v1/help/{id}',
    identity: 'kiosk+staff',
    summary: 'Is somebody coming',
    params: byId,
    answer: HelpView,
  },
  withdrawHelp: {
    method: 'POST',
    path: '/api/v1/help/{id}/withdraw',
    identity: 'kiosk',
    summary: 'No longer needed',
    params: byId,
    answer: HelpView,
  },
  print: {
    method: 'POST',
    path: '/api/v1/print',
    identity: 'kiosk',
    summary: 'Print a slip on this kiosk',
    body: z.object({ job: PrintJob }),
    answer: z.object({ printed: z.boolean(), reason: z.string().nullable() }),
  },
  // desk
  signIn: {
    method: 'POST',
    path: '/api/v1/staff/sign-in',
    identity: 'none',
    summary: 'Staff session cookie',
    body: z.object({ name: z.string().min(1).max(40), password: z.string().min(1).max(200) }),
    answer: z.object({ name: z.string(), role: z.enum(['clerk', 'manager']) }),
  },
  signOut: {
    method: 'POST',
    path: '/api/v1/staff/sign-out',
    identity: 'staff',
    summary: 'End the session',
    answer: done,
  },
  desk: {
    method: 'GET',
    path: '/api/v1/desk',
    identity: 'staff',
    summary: 'The live board',
    answer: DeskView,
  },
  openDoor: {
    method: 'POST',
    path: '/api/v1/desk/doors/{id}/open',
    identity: 'staff',
    summary: 'Remote opening, reason required',
    params: byId,
    body: z.object({ reason: z.string().max(200) }),
    answer: DoorCommandView,
  },
  endLease: {
    method: 'POST',
    path: '/api/v1/desk/leases/{id}/end',
    identity: 'staff',
    summary: 'End a lease after the compartment was emptied',
    params: byId,
    body: z.object({ reason: z.string().max(200) }),
    answer: LeaseView,
  },
  compartmentService: {
    method: 'POST',
    path: '/api/v1/desk/doors/{id}/service',
    identity: 'staff',
    summary: 'Take a compartment out of service or back',
    params: byId,
    body: z.object({ out: z.boolean(), reason: z.string().max(200) }),
    answer: CompartmentView,
  },
  takeHelp: {
    method: 'POST',
    path: '/api/v1/desk/help/{id}/take',
    identity: 'staff',
    summary: 'I am going',
    params: byId,
    answer: HelpView,
  },
  endHelp: {
    method: 'POST',
    path: '/api/v1/desk/help/{id}/end',
    identity: 'staff',
    summary: 'Done',
    params: byId,
    answer: HelpView,
  },
  decide: {
    method: 'POST',
    path: '/api/v1/desk/applications/{id}/decide',
    identity: 'staff',
    summary: 'Approve, refuse or return; reason required unless approved',
    params: byId,
    body: z.object({ decision: z.enum(['approved', 'refused', 'returned']), reason: z.string().max(500) }),
    answer: done,
  },
  undoDecision: {
    method: 'POST',
    path: '/api/v1/desk/applications/{id}/undo',
    identity: 'staff',
    summary: 'Take a decision back within 10 s',
    params: byId,
    answer: done,
  },
  seenConflict: {
    method: 'POST',
    path: '/api/v1/desk/conflicts/{id}/seen',
    identity: 'staff',
    summary: 'Read and dealt with',
    params: byId,
    answer: done,
  },
  kioskCode: {
    method: 'POST',
    path: '/api/v1/desk/kiosks/{id}/code',
    identity: 'staff',
    summary: 'A one-time enrolment code for a kiosk',
    params: byId,
    answer: z.object({ code: z.string() }),
  },
  sensors: {
    method: 'GET',
    path: '/api/v1/desk/sensors',
    identity: 'staff',
    summary: 'Sensors found on the bus, and the places they belong to',
    answer: SensorsView,
  },
  placeSensor: {
    method: 'POST',
    path: '/api/v1/desk/sensors/place',
    identity: 'staff',
    summary: 'Give a sensor to a place, or take it away (null); the answer names the place before, for undo',
    body: z.object({ id: z.string().min(1).max(600), resource: HallNumber.nullable() }),
    answer: z.object({ before: HallNumber.nullable() }),
  },
  bus: {
    method: 'GET',
    path: '/api/v1/desk/bus',
    identity: 'staff',
    summary: 'Who may say and hear what on the MQTT bus; managers only',
    answer: BusView,
  },
  cards: {
    method: 'GET',
    path: '/api/v1/desk/cards',
    identity: 'staff',
    summary: 'Cards of the last minutes that nobody is known by, and how many are bound',
    answer: CardsView,
  },
  bindCard: {
    method: 'POST',
    path: '/api/v1/desk/cards/bind',
    identity: 'staff',
    summary: 'Give a card that was just laid to a member who is here with it',
    body: z.object({
      card: Uuid,
      memberNumber: z.string().min(1).max(20),
      phoneLast4: z.string().min(1).max(8),
    }),
    answer: z.object({ nameMasked: z.string(), binding: Uuid }),
  },
  unbindCard: {
    method: 'POST',
    path: '/api/v1/desk/cards/unbind',
    identity: 'staff',
    summary: 'Take a binding back at once (undo), or every card of a member who lost one',
    body: z.union([z.object({ binding: Uuid }), z.object({ memberNumber: z.string().min(1).max(20) })]),
    answer: z.object({ ended: z.number().int() }),
  },
  busPass: {
    method: 'POST',
    path: '/api/v1/desk/bus/pass',
    identity: 'staff',
    summary:
      'A pass of some minutes to watch devices and rooms over MQTT in WebSocket; refused where another broker carries the bus',
    answer: BusPass,
  },
  commissioning: {
    method: 'GET',
    path: '/api/v1/desk/commissioning',
    identity: 'staff',
    summary: 'Gateways, their lines and how far a commissioning is; managers only',
    answer: CommissioningView,
  },
  startCommissioning: {
    method: 'POST',
    path: '/api/v1/desk/gateways/{id}/commissioning',
    identity: 'staff',
    summary: 'Begin to commission a line of a gateway, reason required; its devices pause meanwhile',
    params: byId,
    body: z.object({ line: z.string().min(1).max(300), reason: z.string().max(200) }),
    answer: z.object({ session: Uuid }),
  },
  answerCommissioning: {
    method: 'POST',
    path: '/api/v1/desk/commissioning/{id}/answer',
    identity: 'staff',
    summary: 'Answer the question of that number; may give one pulse to one lock',
    params: byId,
    body: z.object({ question: z.number().int(), answer: z.string().max(64) }),
    answer: done,
  },
  keepCommissioning: {
    method: 'POST',
    path: '/api/v1/desk/commissioning/{id}/keep',
    identity: 'staff',
    summary: 'Somebody is still there; without it the line goes back to its devices',
    params: byId,
    answer: done,
  },
  stopCommissioning: {
    method: 'POST',
    path: '/api/v1/desk/commissioning/{id}/stop',
    identity: 'staff',
    summary: 'Stop; progress is kept',
    params: byId,
    answer: done,
  },
  switchPower: {
    method: 'POST',
    path: '/api/v1/desk/power/{id}',
    identity: 'staff',
    summary: 'Switch a room by hand for some minutes, or give it back to bookings and sensors',
    params: byId,
    body: z.object({
      to: z.enum(['on', 'off', 'auto']),
      minutes: z.number().int().min(5).max(720).default(120),
    }),
    answer: DeskView.shape.power.element,
  },
  syncNow: {
    method: 'POST',
    path: '/api/v1/desk/sync/now',
    identity: 'staff',
    summary: 'Try central at once',
    answer: SyncView,
  },
} as const satisfies RouteTable;

export type HallRouteName = keyof typeof hallRoutes;

/**
 * Live views: `GET /api/v1/live` (WebSocket; kiosk or staff identity, Origin checked).
 * `changed` names what to fetch again; `scan` is a serial scanner's reading for this kiosk.
 */
export const LiveMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), version: z.string(), now: Instant }),
  z.object({
    type: z.literal('changed'),
    topics: z.array(
      z.enum([
        'doors',
        'resources',
        'sessions',
        'help',
        'applications',
        'devices',
        'sensors',
        'sync',
        'conflicts',
        'services',
        'cards',
      ]),
    ),
  }),
  z.object({ type: z.literal('door'), command: DoorCommandView }),
  z.object({ type: z.literal('scan'), text: z.string() }),
  /** A card was laid on this kiosk's reader. */
  z.object({ type: z.literal('card') }),
  z.object({ type: z.literal('id-card'), ticket: Uuid }),
]);
export type LiveMessage = z.infer<typeof LiveMessage>;
export const LIVE_PATH = '/api/v1/live';

/** `GET /healthz`. */
export const Health = z.object({
  status: z.enum(['ok', 'degraded', 'down']),
  version: z.string(),
  parts: z.record(z.string(), z.enum(['ok', 'down', 'off'])),
});
export type Health = z.infer<typeof Health>;
