import { createHmac } from 'node:crypto';
import { deriveKey, encodeGrant, encodeQr } from '../../contract/access-code.ts';
import type { FeedBody, FeedType } from '../../contract/feed.ts';
import type {
  CompartmentView,
  DeskView,
  DoorCommandView,
  HelpView,
  LeaseView,
  LockerCode,
  MemberCredential,
  QrCredential,
} from '../../contract/hall-api.ts';
import type { PrintJob } from '../../contract/messages.ts';
import type { CancelTimer, Millis, UnixMillis } from '../../contract/ports.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Refusal, Result } from '../../contract/refusals.ts';
import { fromInstant, toInstant } from '../../contract/time.ts';
import type { AccessService, TypedLease, VerifiedGrant } from '../access/access.service.ts';
import { localDay, localTime } from '../local-time.rules.ts';
import type { DeviceListener, FeedListener, HallContext, Transaction } from '../ports.ts';
import { createDoors } from './doors.ts';
import type { Place } from './doors.ts';
import { actsOf } from './lease.machine.ts';
import { createLeases } from './leases.ts';
import { commandedOf, isMismatch, NEVER_OPENED_MS, normalMobile } from './lockers.rules.ts';
import type { Size } from './lockers.rules.ts';
import { createLockersStore } from './lockers.store.ts';
import type { LeaseRow } from './lockers.store.ts';
import { cedePool } from './pool.ts';
import { rentSlip } from './slip.rules.ts';

export type LockerCredential = QrCredential | LockerCode;
export type RentHolder = MemberCredential | { readonly kind: 'visitor'; readonly mobile: string };
export interface Rented {
  lease: LeaseView;
  digits: string;
  qr: string;
  slip: PrintJob;
  command: DoorCommandView;
}

export interface LockersService extends FeedListener {
  /** What a code may do; uses nothing up and writes no lease [LK1]. */
  present(credential: LockerCredential, kiosk: string): Result<LeaseView>;
  /** One explicit act: code, lease and intent in one commit, then the command [LK1, LK4]. */
  act(
    credential: LockerCredential,
    act: 'open' | 'finish',
    kiosk: string,
  ): Result<{ lease: LeaseView; command: DoorCommandView }>;
  rent(
    wish: { holder: RentHolder; size: Size; minutes: number; termsAccepted: boolean },
    kiosk: string,
  ): Result<Rented>;
  /** `kiosk` undefined: the desk, which may follow every opening. */
  command(commandId: string, kiosk: string | undefined): Result<DoorCommandView>;
  trouble(
    commandId: string,
    trouble: 'did-not-open' | 'does-not-close' | 'not-mine',
    kiosk: string,
  ): Result<HelpView>;
  openByStaff(compartment: number, reason: string, staff: string): Result<DoorCommandView>;
  endLease(ref: string, reason: string, staff: string): Result<LeaseView>;
  setService(compartment: number, out: boolean, reason: string, staff: string): Result<CompartmentView>;
  compartments(): CompartmentView[];
  minutesOffered(): number[];
  summary(): { free: number; total: number; online: boolean };
  deskDoors(): DeskView['doors'];
  readonly listener: DeviceListener;
  start(): void;
  stop(): void;
}

const SWEEP_MS: Millis = 1_000;
/** Clocks differ: a lease works a little before and after its time, like its grant. */
const SLACK_MS: Millis = 5 * 60_000;
const NO_MEMBER = '000000000000';

/** A lease that a code names: a row, or what would become one at the first act. */
interface Found {
  readonly row: LeaseRow;
  readonly known: boolean;
}

/** Lockers of one hall: rules LK of hall/SPEC.md. `callHelp` is the help feature's call. */
export function createLockersService(
  context: HallContext,
  access: AccessService,
  callHelp: (kiosk: string, page: string, note: string) => HelpView,
): LockersService {
  const { config, clock, store, ids, random, keys, devices, live } = context;
  const places = new Map<number, Place>(
    config.devices.flatMap((device) =>
      device.compartments.map((each): [number, Place] => [each.number, { device: device.id, config: each }]),
    ),
  );
  const rows = createLockersStore(store.db);
  store.transaction(() => {
    rows.putCompartments([...places.keys()]);
    return undefined;
  });
  const leases = createLeases(context, rows);
  const doors = createDoors(context, rows, leases, places);
  let timer: CancelTimer | undefined;

  const leaseView = (row: LeaseRow): LeaseView => ({
    lease: row.ref,
    compartment: row.compartment,
    state: row.state,
    startsAt: toInstant(row.starts_at),
    endsAt: toInstant(row.ends_at),
    acts: [...actsOf(row.state, row.maybe_used === 1)],
  });
  const rowView = (row: LeaseRow): LeaseView => leaseView(rows.leaseByRef(row.ref) ?? row);

  // ── finding the lease of a code ────────────────────────────────────────────
  function findByGrant(verified: VerifiedGrant): Found {
    const known = rows.leaseByGrant(verified.grantId);
    if (known !== undefined) return { row: known, known: true };
    const fed = rows.feedLeaseByGrant(verified.grantId);
    if (fed !== undefined) {
      const row = rows.leaseByUuid(fed.id);
      if (row !== undefined) return { row, known: true };
      const fresh = leases.fromCentral(fed);
      return {
        row: fed.state === 'ended' || fed.state === 'end-requested' ? { ...fresh, state: 'ended' } : fresh,
        known: false,
      };
    }
    const start = verified.grant.notBefore * 1000;
    return {
      known: false,
      // First learnt from a grant: named by the grant id in every fact [LK9].
      row: {
        ref: verified.grantId,
        uuid: null,
        grant_id: verified.grantId,
        compartment: verified.target,
        origin: 'grant',
        member_ref: verified.memberRef,
        visitor: null,
        starts_at: start,
        ends_at: start + verified.grant.minutes * 60_000,
        generation: 0,
        state: 'made',
        made_at: clock.now(),
        maybe_used: 0,
        overdue: 0,
        end_requested: 0,
      },
    };
  }

  function findByCompartment(compartment: number): Found | undefined {
    const row = rows.liveLease(compartment);
    if (row !== undefined) return { row, known: true };
    // A lease of central's that collided when it came and has become possible since.
    const now = clock.now();
    const fed = rows
      .feedLeasesOf(compartment)
      .find(
        (each) =>
          (each.state === 'made' || each.state === 'active') &&
          fromInstant(each.endsAt) > now &&
          rows.leaseByUuid(each.id) === undefined &&
          rows.leaseByGrant(each.grantId) === undefined,
      );
    return fed === undefined ? undefined : { row: leases.fromCentral(fed), known: false };
  }

  /** State, the last of the checks. */
  function stateRefusal(found: Found, verified: VerifiedGrant | undefined): Refusal | undefined {
    const { row } = found;
    if (row.state === 'ended') return refused('lease-over').refusal;
    const time = access.now();
    if (time.at > row.ends_at + SLACK_MS) return refused('lease-over').refusal;
    if (time.proved && time.at < row.starts_at - SLACK_MS)
      return refused('qr-too-early', { from: localTime(row.starts_at, config.timeZone) }).refusal;
    if (verified?.grant.printed === true && verified.usedBefore) return refused('grant-used').refusal;
    if (
      verified === undefined &&
      (row.member_ref !== null || row.grant_id !== null) &&
      access.isDenied(row.member_ref ?? NO_MEMBER, row.grant_id ?? undefined)
    )
      return refused('grant-revoked').refusal;
    if (!places.has(row.compartment) || rows.compartments().get(row.compartment)?.out_of_service === 1)
      return refused('compartment-out').refusal;
    if (found.known) return undefined;
    const holder = rows.liveLease(row.compartment);
    if (holder === undefined) return undefined;
    // Goods inside win: never open for the second lease [LK9].
    const size = places.get(row.compartment)?.config.size ?? 'small';
    const other = freeOf(size)[0];
    return other === undefined
      ? refused('no-free-compartment').refusal
      : refused('compartment-taken', { compartment: row.compartment, other }).refusal;
  }

  function find(
    credential: LockerCredential,
    kiosk: string,
  ): Result<{ found: Found; verified: VerifiedGrant | undefined }> {
    if (credential.kind === 'qr') {
      const verified = access.verifyQr(credential.text, kiosk, 'locker');
      if (!verified.ok) return verified;
      const found = findByGrant(verified.value);
      const refusal = stateRefusal(found, verified.value);
      return refusal === undefined ? accepted({ found, verified: verified.value }) : { ok: false, refusal };
    }
    const found = findByCompartment(credential.compartment);
    const typed: TypedLease | undefined =
      found === undefined ? undefined : { uuid: found.row.uuid, generation: found.row.generation };
    const right = access.lockerCode(credential, kiosk, typed);
    if (!right.ok) return right;
    if (found === undefined) return refused('code-wrong');
    const refusal = stateRefusal(found, undefined);
    return refusal === undefined ? accepted({ found, verified: undefined }) : { ok: false, refusal };
  }

  function present(credential: LockerCredential, kiosk: string): Result<LeaseView> {
    const result = find(credential, kiosk);
    if (!result.ok) return result;
    const view = leaseView(result.value.found.row);
    // A slip opens once; finishing needs the typed code.
    return accepted(
      result.value.verified?.grant.printed === true
        ? { ...view, acts: view.acts.filter((act) => act === 'open') }
        : view,
    );
  }

  function act(
    credential: LockerCredential,
    wanted: 'open' | 'finish',
    kiosk: string,
  ): Result<{ lease: LeaseView; command: DoorCommandView }> {
    type Answer = Result<{ lease: LeaseView; command: DoorCommandView }>;
    const text = credential.kind === 'qr' ? credential.text : undefined;
    const first = text === undefined ? undefined : access.firstAnswers.get<Answer>('locker', kiosk, text);
    if (first !== undefined) return first;
    const result = find(credential, kiosk);
    if (!result.ok) return result;
    const { found, verified } = result.value;
    const { row } = found;
    if (verified?.grant.printed === true && wanted === 'finish') return refused('grant-used');
    const refusal = doors.busy(row.compartment);
    if (refusal !== undefined) return { ok: false, refusal };
    if (!actsOf(row.state, row.maybe_used === 1).includes(wanted))
      return refused(row.state === 'finishing' ? 'door-busy' : 'bad-request');
    const command = store.transaction((tx) => {
      if (!found.known) leases.insert(tx, row);
      if (verified !== undefined) access.consume(tx, verified, kiosk);
      if (wanted === 'finish') leases.apply(tx, row.ref, 'finish-intended', { actor: `kiosk:${kiosk}` });
      return doors.intend(tx, {
        compartment: row.compartment,
        lease: row.ref,
        cause: wanted === 'finish' ? 'finish' : 'open-again',
        by: byOf(row),
        actor: `kiosk:${kiosk}`,
        kiosk,
        credential: verified?.credential ?? 'typed',
        clockUnproved: verified?.clockUnproved ?? false,
      });
    });
    const answer: Answer = accepted({
      lease: rowView(row),
      command: doors.view(rows.door(command.command_id) ?? command),
    });
    return text === undefined ? answer : access.firstAnswers.keep('locker', kiosk, text, answer);
  }

  // ── renting on the spot ────────────────────────────────────────────────────
  /** Compartments that may be rented here now, whatever their board says. */
  function freeOf(size: Size): number[] {
    const away = new Set(rows.ceded().map((each) => each.number));
    const taken = new Set(rows.liveLeases().map((each) => each.compartment));
    const known = rows.compartments();
    return [...places.values()]
      .filter(
        ({ config: each }) =>
          each.size === size &&
          !away.has(each.number) &&
          !taken.has(each.number) &&
          known.get(each.number)?.out_of_service !== 1 &&
          doors.position(each.number).position !== 'open',
      )
      .map(({ config: each }) => each.number)
      .sort((a, b) => a - b);
  }

  function holderOf(
    holder: RentHolder,
    kiosk: string,
  ): Result<{ memberRef: string | null; visitor: string | null }> {
    if (holder.kind === 'member') {
      const member = access.typedMember(holder, kiosk);
      return member.ok ? accepted({ memberRef: member.value.memberRef, visitor: null }) : member;
    }
    const mobile = normalMobile(holder.mobile);
    if (mobile === undefined)
      return {
        ok: false,
        refusal: {
          code: 'answers-wrong',
          params: { count: 1 },
          fields: {
            mobile: { zh: '手机号不对，请再看一遍。', en: 'This is not a mobile number. Please check it.' },
          },
        },
      };
    return accepted({ memberRef: null, visitor: visitorHashes(mobile)[0] ?? '' });
  }

  /** Keyed hashes of a phone number by the current and the previous key: the number itself is never stored. */
  function visitorHashes(mobile: string): string[] {
    return keys
      .hallKeys()
      .map(({ key }) =>
        createHmac('sha256', deriveKey(key, 'id-number'))
          .update(`mobile|${mobile}`)
          .digest('hex')
          .slice(0, 32),
      );
  }

  function liveLeaseOf(wish: RentHolder, holder: { memberRef: string | null }): LeaseRow | undefined {
    if (holder.memberRef !== null) return rows.liveOfMember(holder.memberRef);
    if (wish.kind !== 'visitor') return undefined;
    const hashes = visitorHashes(normalMobile(wish.mobile) ?? '');
    return hashes.map((hash) => rows.liveOfVisitor(hash)).find((row) => row !== undefined);
  }

  function rent(
    wish: { holder: RentHolder; size: Size; minutes: number; termsAccepted: boolean },
    kiosk: string,
  ): Result<Rented> {
    if (!wish.termsAccepted) return refused('terms-not-accepted');
    if (!config.rentMinutes.includes(wish.minutes)) return refused('bad-request');
    // Without K_hall there is no typed code, and the person could never get the things back alone.
    if (keys.hallKeys().length === 0) return refused('part-unavailable');
    const holder = holderOf(wish.holder, kiosk);
    if (!holder.ok) return holder;
    const own = liveLeaseOf(wish.holder, holder.value);
    if (own !== undefined) return refused('member-has-lease', { compartment: own.compartment });
    const free = freeOf(wish.size);
    if (free.length === 0) return refused('no-free-compartment');
    const compartment = free.find(
      (number) => devices.availability(places.get(number)?.device ?? '') === 'online',
    );
    if (compartment === undefined) return refused('lock-board-offline');
    const refusal = doors.busy(compartment);
    if (refusal !== undefined) return { ok: false, refusal };

    const now = clock.now();
    const uuid = ids.uuid();
    const grantId = Buffer.from(random.bytes(8)).toString('hex');
    const endsAt = now + wish.minutes * 60_000;
    const row: LeaseRow = {
      ref: uuid,
      uuid,
      grant_id: grantId,
      compartment,
      origin: 'hall',
      member_ref: holder.value.memberRef,
      visitor: holder.value.visitor,
      starts_at: now,
      ends_at: endsAt,
      generation: 0,
      state: 'made',
      made_at: now,
      maybe_used: 0,
      overdue: 0,
      end_requested: 0,
    };
    const digits = access.digitsFor(uuid, compartment, 0);
    if (digits === undefined) return refused('part-unavailable');
    const signed = encodeGrant({
      keyId: keys.keyIdForIssuing(),
      hall: config.hall,
      purpose: 'locker',
      grantId,
      memberRef: row.member_ref ?? NO_MEMBER,
      target: compartment,
      notBefore: Math.floor(now / 1000),
      minutes: wish.minutes,
      printed: true,
    });
    const qr = encodeQr(signed, keys.issue(signed).signature);
    const command = store.transaction((tx) => {
      leases.insert(tx, row);
      return doors.intend(tx, {
        compartment,
        lease: uuid,
        cause: 'rent',
        by: byOf(row),
        actor: `kiosk:${kiosk}`,
        kiosk,
        credential: 'typed',
        clockUnproved: false,
      });
    });
    live.changed('doors');
    const slip = rentSlip({
      hall: config.name,
      compartment,
      digits,
      qr,
      until: `${localDay(endsAt, config.timeZone)} ${localTime(endsAt, config.timeZone)}`,
      helpPhone: config.helpPhone,
    });
    return accepted({
      lease: rowView(row),
      digits,
      qr,
      slip,
      command: doors.view(rows.door(command.command_id) ?? command),
    });
  }

  // ── the desk ───────────────────────────────────────────────────────────────
  function openByStaff(compartment: number, reason: string, staff: string): Result<DoorCommandView> {
    if (reason.trim() === '') return refused('reason-missing');
    if (!places.has(compartment)) return refused('not-found');
    const refusal = doors.busy(compartment);
    if (refusal !== undefined) return { ok: false, refusal };
    const lease = rows.liveLease(compartment)?.ref;
    const command = store.transaction((tx) =>
      doors.intend(tx, {
        compartment,
        lease,
        cause: 'staff',
        by: `staff:${staff}`,
        actor: `staff:${staff}`,
        kiosk: undefined,
        credential: 'staff',
        clockUnproved: false,
        reason: reason.trim(),
      }),
    );
    return accepted(doors.view(rows.door(command.command_id) ?? command));
  }

  function endLease(ref: string, reason: string, staff: string): Result<LeaseView> {
    if (reason.trim() === '') return refused('reason-missing');
    const row = rows.leaseByRef(ref);
    if (row === undefined) return refused('not-found');
    if (row.state === 'ended') return refused('lease-over');
    if (rows.pendingDoor()?.compartment === row.compartment) return refused('door-busy');
    const ended = store.transaction((tx) => {
      tx.afterCommit(() => live.changed('doors'));
      return leases.apply(tx, ref, 'staff-ended', { actor: `staff:${staff}`, reason: reason.trim() });
    });
    return accepted(leaseView(ended));
  }

  function setService(
    compartment: number,
    out: boolean,
    reason: string,
    staff: string,
  ): Result<CompartmentView> {
    if (reason.trim() === '') return refused('reason-missing');
    if (!places.has(compartment)) return refused('not-found');
    store.transaction((tx) => {
      rows.putService(compartment, out);
      tx.audit({
        actor: `staff:${staff}`,
        action: out ? 'compartment.out' : 'compartment.back',
        subject: `compartment:${String(compartment)}`,
        detail: { reason: reason.trim() },
      });
      tx.afterCommit(() => live.changed('doors'));
      return undefined;
    });
    const view = compartments().find((each) => each.number === compartment);
    return view === undefined ? refused('not-found') : accepted(view);
  }

  // ── views ──────────────────────────────────────────────────────────────────
  function compartments(): CompartmentView[] {
    const taken = new Set(rows.liveLeases().map((each) => each.compartment));
    const known = rows.compartments();
    return [...places.values()]
      .map(({ device, config: each }): CompartmentView => ({
        number: each.number,
        size: each.size,
        bank: device,
        column: each.column,
        row: each.row,
        height: each.height,
        state:
          known.get(each.number)?.out_of_service === 1 ? 'out' : taken.has(each.number) ? 'leased' : 'free',
        position: doors.position(each.number).position,
      }))
      .sort((a, b) => a.number - b.number);
  }

  function deskDoors(): DeskView['doors'] {
    const byCompartment = new Map(rows.liveLeases().map((row) => [row.compartment, row]));
    return compartments().map((compartment) => {
      const row = byCompartment.get(compartment.number);
      const last = rows.latestDoor(compartment.number);
      const observed = doors.position(compartment.number);
      return {
        compartment,
        lease: row === undefined ? null : leaseView(row),
        commanded: commandedOf(last?.state),
        commandedAt: last === undefined ? null : toInstant(last.created_at),
        observed: observed.position,
        observedAt: observed.at === null ? null : toInstant(observed.at),
        mismatch: isMismatch(last?.state, observed.position),
      };
    });
  }

  // ── life ───────────────────────────────────────────────────────────────────
  /** Leases whose time is over, and rentals that never began [LK11]. */
  function sweepLeases(): void {
    const time = access.now();
    const due = rows.liveLeases().filter((row) => {
      if (
        row.origin === 'hall' &&
        row.state === 'made' &&
        row.maybe_used === 0 &&
        time.at - row.made_at >= NEVER_OPENED_MS
      )
        return true;
      // An unproved clock ends nothing: things would be locked in or given away.
      return time.proved && row.overdue === 0 && time.at > row.ends_at + SLACK_MS;
    });
    if (due.length === 0) return;
    const moving = rows.pendingDoor()?.compartment;
    store.transaction((tx) => {
      for (const row of due) {
        if (row.compartment === moving) continue;
        const why = { actor: 'hall' };
        if (row.maybe_used === 1 || row.state !== 'made') leases.apply(tx, row.ref, 'overdue', why);
        else leases.apply(tx, row.ref, time.at > row.ends_at ? 'lapsed' : 'never-opened', why);
      }
      tx.afterCommit(() => live.changed('doors'));
      return undefined;
    });
  }

  function sweep(): void {
    doors.sweep();
    sweepLeases();
    if (rows.ceded().some((each) => each.back_seq !== null))
      store.transaction(() => {
        rows.forgetReturned();
        return undefined;
      });
    timer = clock.after(SWEEP_MS, sweep);
  }

  function onDeny(tx: Transaction, body: FeedBody<'deny'>): void {
    const until: UnixMillis = fromInstant(body.until);
    if (until <= access.now().at) return;
    for (const row of rows.liveLeases()) {
      const byGrant = body.grantId !== undefined && row.grant_id === body.grantId;
      const byMember = body.memberRef !== undefined && row.member_ref === body.memberRef;
      if (byGrant || byMember) leases.withdraw(tx, row, 'central');
    }
  }

  return {
    present,
    act,
    rent,
    command: (commandId, kiosk) => {
      const row = rows.door(commandId);
      // A kiosk follows its own openings only.
      return row === undefined || (kiosk !== undefined && row.kiosk !== kiosk)
        ? refused('not-found')
        : accepted(doors.view(row));
    },
    trouble: (commandId, trouble, kiosk) => {
      const row = rows.door(commandId);
      if (row?.kiosk !== kiosk) return refused('not-found');
      store.transaction((tx) => {
        tx.audit({
          actor: `kiosk:${kiosk}`,
          action: 'door.trouble',
          subject: `compartment:${String(row.compartment)}`,
          detail: { commandId, trouble },
        });
        return undefined;
      });
      return accepted(callHelp(kiosk, 'locker', `${String(row.compartment)} 号柜：${troubleWords[trouble]}`));
    },
    openByStaff,
    endLease,
    setService,
    compartments,
    minutesOffered: () => [...config.rentMinutes],
    summary: () => ({
      free: freeOf('small').length + freeOf('medium').length + freeOf('large').length,
      total: places.size,
      online: [...new Set([...places.values()].map((place) => place.device))].every(
        (device) => devices.availability(device) === 'online',
      ),
    }),
    deskDoors,
    listener: doors.listener,
    onFeed: <T extends FeedType>(type: T, id: string, body: FeedBody<T> | null, tx: Transaction): void => {
      if (type === 'lease')
        leases.heard(tx, id, body as FeedBody<'lease'> | null, (number) => places.has(number));
      if (type === 'deny' && body !== null) onDeny(tx, body as FeedBody<'deny'>);
    },
    start: () => {
      if (timer !== undefined) return;
      cedePool(
        context,
        rows,
        [...places.values()].map((place) => place.config),
      );
      doors.recover();
      sweep();
    },
    stop: () => {
      timer?.();
      timer = undefined;
      doors.stop();
    },
  };
}

const troubleWords = {
  'did-not-open': '门没开',
  'does-not-close': '门关不上',
  'not-mine': '里面不是我的东西',
} as const;

function byOf(row: LeaseRow): string {
  return row.member_ref === null ? 'visitor' : `member:${row.member_ref}`;
}
