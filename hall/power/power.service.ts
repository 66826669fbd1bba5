import type { BookingView, DeskView } from '../../contract/hall-api.ts';
import { COMMAND_LIFE_MS, RelayState } from '../../contract/messages.ts';
import type { CancelTimer, Millis, UnixMillis } from '../../contract/ports.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import { fromInstant, toInstant } from '../../contract/time.ts';
import type { DeviceListener, HallContext } from '../ports.ts';
import { powerWish } from './power.rules.ts';
import type { PowerWish } from './power.rules.ts';
import { createPowerStore } from './power.store.ts';

const TURN_MS: Millis = 5_000;
/** A relay is not told again before it had time to answer, nor oftener than this: nothing flickers [PW4]. */
const AGAIN_MS: Millis = 15_000;
/** Seen otherwise than wished for this long, the desk is told [PW5]. */
const MISMATCH_MS: Millis = 30_000;
const MINUTE_MS: Millis = 60_000;

interface Room {
  readonly id: string;
  readonly config: HallContext['config']['power'][number];
  heldAt: UnixMillis | undefined;
  wish: PowerWish | undefined;
  /** What the relay was last seen to be; undefined while its board is not heard. */
  observed: boolean | undefined;
  toldAt: Millis | undefined;
  differsSince: Millis | undefined;
}

export interface PowerNeeds {
  readonly measured: (resource: number) => {
    readonly state: 'occupied' | 'empty' | 'unknown';
    readonly hasSensors: boolean;
  };
  /** Live bookings of a place today. */
  readonly today: (resource: number) => readonly BookingView[];
}

/** Light and power of rooms, by bookings, by people and by hand. Never decided by the relay board. */
export function createPowerService(context: HallContext, needs: PowerNeeds) {
  const { clock, config, devices, ids, live, store } = context;
  const rows = createPowerStore(store.db);
  const rooms: Room[] = config.power.map((each) => ({
    id: `${each.device}:${String(each.channel)}`,
    config: each,
    heldAt: undefined,
    wish: undefined,
    observed: undefined,
    toldAt: undefined,
    differsSince: undefined,
  }));
  const overrides = new Map(rows.all().map((row) => [row.id, row]));
  let cancel: CancelTimer | undefined;

  function judge(room: Room): PowerWish {
    const { resource, leadMinutes, lingerMinutes, notKnownMinutes } = room.config;
    const now = clock.now();
    const { state, hasSensors } = needs.measured(resource);
    const override = overrides.get(room.id);
    const wish = powerWish(
      {
        leadMs: leadMinutes * MINUTE_MS,
        lingerMs: lingerMinutes * MINUTE_MS,
        notKnownMs: notKnownMinutes * MINUTE_MS,
      },
      {
        now,
        bookings: needs
          .today(resource)
          .filter(({ booking }) => booking.state === 'booked' || booking.state === 'checked-in')
          .map(({ booking }) => ({ from: fromInstant(booking.startsAt), to: fromInstant(booking.endsAt) })),
        presence: state,
        hasSensors,
        heldAt: room.heldAt,
        override: override === undefined ? undefined : { on: override.on === 1, until: override.until },
      },
    );
    if (wish.held) room.heldAt = now;
    if (override !== undefined && now >= override.until) forget(room.id);
    return wish;
  }

  function forget(id: string): void {
    overrides.delete(id);
    store.transaction(() => {
      rows.remove(id);
      return undefined;
    });
  }

  function turn(room: Room): void {
    const before = room.wish;
    const wish = judge(room);
    room.wish = wish;
    if (before?.on !== wish.on || before.why !== wish.why) live.changed('resources');
    const now = clock.monotonic();
    const agrees = room.observed === wish.on;
    room.differsSince = agrees ? undefined : (room.differsSince ?? now);
    if (agrees || devices.availability(room.config.device) !== 'online') return;
    // A changed wish goes out at once, a repeated one waits.
    const fresh = before !== undefined && before.on !== wish.on;
    if (!fresh && room.toldAt !== undefined && now - room.toldAt < AGAIN_MS) return;
    room.toldAt = now;
    devices.switch({
      commandId: ids.uuid(),
      device: room.config.device,
      channel: room.config.channel,
      on: wish.on,
      expiresAt: toInstant(clock.now() + COMMAND_LIFE_MS),
    });
  }

  function turnAll(): void {
    for (const room of rooms) turn(room);
  }

  function beat(): void {
    turnAll();
    cancel = clock.after(TURN_MS, beat);
  }

  function view(room: Room): DeskView['power'][number] {
    const { config: each } = room;
    const wish = room.wish ?? judge(room);
    const waited = room.differsSince === undefined ? 0 : clock.monotonic() - room.differsSince;
    return {
      id: room.id,
      resource: each.resource,
      name: each.name,
      wanted: wish.on,
      observed: room.observed ?? null,
      why: wish.why,
      until: wish.until === undefined ? null : toInstant(wish.until),
      by: wish.why === 'by-hand' ? (overrides.get(room.id)?.by ?? null) : null,
      trouble: waited >= MISMATCH_MS,
    };
  }

  const listener: DeviceListener = {
    onState: (device, payload) => {
      const mine = rooms.filter((room) => room.config.device === device);
      if (mine.length === 0) return;
      const told = RelayState.safeParse(payload);
      if (!told.success) return;
      for (const room of mine) {
        const observed = told.data.channels[String(room.config.channel)];
        if (observed === room.observed) continue;
        room.observed = observed;
        live.changed('resources');
        if (cancel !== undefined) turn(room);
      }
    },
    onAvailability: (device, online) => {
      for (const room of rooms)
        if (room.config.device === device && !online) {
          room.observed = undefined;
          live.changed('resources');
        }
    },
  };

  return {
    listener,
    list: (): DeskView['power'] => rooms.map(view),
    /** Staff switch a room by hand for a time, or give it back to its bookings and sensors [PW3]. */
    byHand: (
      id: string,
      to: 'on' | 'off' | 'auto',
      minutes: number,
      staff: string,
    ): Result<DeskView['power'][number]> => {
      const room = rooms.find((each) => each.id === id);
      if (room === undefined) return refused('not-found');
      const now = clock.now();
      store.transaction((tx) => {
        if (to === 'auto') {
          overrides.delete(id);
          rows.remove(id);
        } else {
          const row = { id, on: to === 'on' ? 1 : 0, until: now + minutes * MINUTE_MS, by: staff } as const;
          overrides.set(id, row);
          rows.put(row);
        }
        tx.audit({
          actor: `staff:${staff}`,
          action: `power.${to}`,
          subject: id,
          detail: { resource: room.config.resource, ...(to === 'auto' ? {} : { minutes }) },
        });
        tx.afterCommit(() => {
          turn(room);
          live.changed('resources');
        });
        return undefined;
      });
      return accepted(view(room));
    },
    start: (): void => {
      if (cancel === undefined && rooms.length > 0) beat();
    },
    stop: (): void => {
      cancel?.();
      cancel = undefined;
    },
  };
}

export type PowerService = ReturnType<typeof createPowerService>;
