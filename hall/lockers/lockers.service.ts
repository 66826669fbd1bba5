import type { DoorPosition } from '../../contract/messages.ts';
import type { FeedBody, FeedType } from '../../contract/feed.ts';
import type {
  CompartmentView,
  DeskView,
  DoorCommandView,
  HelpView,
  LeaseView,
} from '../../contract/hall-api.ts';
import type { CancelTimer, Millis } from '../../contract/ports.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import type { AccessService } from '../access/access.service.ts';
import type { DeviceListener, FeedListener, HallContext, Transaction } from '../ports.ts';
import { createDoors } from './doors.ts';
import type { Place } from './doors.ts';
import { createFindLease } from './find-lease.ts';
import type { LockerCredential } from './find-lease.ts';
import { createLeaseEnds } from './lease-ends.ts';
import { actsOf } from './lease.machine.ts';
import { createLeases } from './leases.ts';
import { holderName } from './lockers.rules.ts';
import { createLockersStore } from './lockers.store.ts';
import { cedePool } from './pool.ts';
import { createRent } from './rent.ts';
import type { Rented, RentWish } from './rent.ts';
import { createStaffActs } from './staff-acts.ts';
import { createLockerViews } from './views.ts';

export interface LockersService extends FeedListener {
  /** What a code may do; uses nothing up and writes no lease [LK1]. */
  present(credential: LockerCredential, kiosk: string): Result<LeaseView>;
  /** One explicit act: code, lease and intent in one commit, then the command [LK1, LK4]. */
  act(
    credential: LockerCredential,
    act: 'open' | 'finish',
    kiosk: string,
  ): Result<{ lease: LeaseView; command: DoorCommandView }>;
  rent(wish: RentWish, kiosk: string): Result<Rented>;
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
  /** Every door as last seen; nothing about who rents what. */
  positions(): { readonly number: number; readonly position: DoorPosition }[];
  readonly listener: DeviceListener;
  start(): void;
  stop(): void;
}

const SWEEP_MS: Millis = 1_000;

/** Lockers of one hall: rules LK of hall/SPEC.md. `callHelp` is the help feature's call. */
export function createLockersService(
  context: HallContext,
  access: AccessService,
  callHelp: (kiosk: string, page: string, note: string) => HelpView,
): LockersService {
  const { config, clock, store, devices } = context;
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
  const parts = { context, access, rows, leases, doors, places };
  const views = createLockerViews(parts);
  const find = createFindLease(parts, views);
  const ends = createLeaseEnds(parts);
  let timer: CancelTimer | undefined;

  function present(credential: LockerCredential, kiosk: string): Result<LeaseView> {
    const result = find(credential, kiosk);
    if (!result.ok) return result;
    const view = views.lease(result.value.found.row);
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
        by: holderName(row.member_ref),
        actor: `kiosk:${kiosk}`,
        kiosk,
        credential: verified?.credential ?? 'typed',
        clockUnproved: verified?.clockUnproved ?? false,
      });
    });
    const answer: Answer = accepted({
      lease: views.lease(rows.leaseByRef(row.ref) ?? row),
      command: doors.view(rows.door(command.command_id) ?? command),
    });
    return text === undefined ? answer : access.firstAnswers.keep('locker', kiosk, text, answer);
  }

  function sweep(): void {
    doors.sweep();
    ends.sweepLeases();
    if (rows.ceded().some((each) => each.back_seq !== null))
      store.transaction(() => {
        rows.forgetReturned();
        return undefined;
      });
    timer = clock.after(SWEEP_MS, sweep);
  }

  return {
    present,
    act,
    rent: createRent(parts, views),
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
    ...createStaffActs(parts, views),
    compartments: () => views.compartments(),
    minutesOffered: () => [...config.rentMinutes],
    summary: () => ({
      free: (['small', 'medium', 'large'] as const).reduce((sum, size) => sum + views.freeOf(size).length, 0),
      total: places.size,
      online: [...new Set([...places.values()].map((place) => place.device))].every(
        (device) => devices.availability(device) === 'online',
      ),
    }),
    deskDoors: () => views.deskDoors(),
    positions: () =>
      [...places.keys()].map((number) => ({ number, position: doors.position(number).position })),
    listener: doors.listener,
    onFeed: <T extends FeedType>(type: T, id: string, body: FeedBody<T> | null, tx: Transaction): void => {
      if (type === 'lease')
        leases.heard(tx, id, body as FeedBody<'lease'> | null, (number) => places.has(number));
      if (type === 'deny' && body !== null) ends.onDeny(tx, body as FeedBody<'deny'>);
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
