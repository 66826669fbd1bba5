import type { DeskView, SyncView } from '../../contract/hall-api.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import { fromInstant, toInstant } from '../../contract/time.ts';
import type { BookingsService } from '../bookings/bookings.service.ts';
import type { HelpService } from '../help/help.service.ts';
import { localTime } from '../../contract/local-time.ts';
import type { HallContext } from '../ports.ts';
import type { ServicesService } from '../services/services.service.ts';
import type { AlarmBook } from './alarms.service.ts';
import { createDeskStore } from './desk.store.ts';
import type { DevicesService } from './devices.service.ts';

/** A kiosk that asked for nothing for this long is off or hangs. Its page asks at least every 30 s. */
const KIOSK_SILENT_MS = 90_000;

export interface DeskParts {
  readonly bookings: BookingsService;
  readonly services: ServicesService;
  readonly help: HelpService;
  readonly devices: DevicesService;
  readonly alarms: AlarmBook;
  /** Doors as commanded and observed, from the lockers. */
  readonly doors: () => DeskView['doors'];
  readonly power: () => DeskView['power'];
  readonly sync: () => SyncView;
}

/** The live board: everything staff see on one screen, put together from the features. */
export function createDeskService(context: HallContext, parts: DeskParts) {
  const { clock, config, reference, store: hall } = context;
  const rows = createDeskStore(hall.db);
  const kioskSeenAt = new Map<string, UnixMillis>();

  function conflicts(): DeskView['conflicts'] {
    const seen = rows.seenConflicts();
    const ruled = reference.all('ruling').map((ruling) => ({
      id: ruling.id,
      rule: ruling.rule,
      at: ruling.at,
      message: ruling.message,
      alternative: ruling.alternative ?? null,
      seen: seen.has(ruling.id),
    }));
    const waiting = parts.bookings.collisions().map(({ booking, resourceName }) => {
      const at = localTime(fromInstant(booking.startsAt), config.timeZone);
      return {
        id: booking.id,
        rule: 'BK6',
        at: booking.knownAt,
        message: {
          zh: `${resourceName.zh} ${at} 有两个预约：断网时这里已经订出，线上又订了一个。等中心裁定。`,
          en: `${resourceName.en} ${at} is booked twice: given here while offline, and again online. Central will rule.`,
        },
        alternative: {
          zh: '人已经来了的话，先请他用空着的场地。',
          en: 'If they are here, offer them a place that is free.',
        },
        seen: seen.has(booking.id),
      };
    });
    return [...waiting, ...ruled].sort((a, b) => Number(a.seen) - Number(b.seen) || (a.at < b.at ? 1 : -1));
  }

  function resources(): DeskView['resources'] {
    return parts.bookings.resources().map((view) => ({
      ...view,
      bookings: parts.bookings.today(view.resource.number).map((booking) => ({
        ...booking,
        nameMasked: reference.get('member', booking.booking.memberRef)?.nameMasked ?? '—',
      })),
    }));
  }

  function kiosks(): DeskView['kiosks'] {
    const now = clock.now();
    return config.kiosks.map((kiosk) => {
      const at = kioskSeenAt.get(kiosk.id);
      return {
        id: kiosk.id,
        name: kiosk.name,
        place: kiosk.place,
        lastSeenAt: at === undefined ? null : toInstant(at),
        state: at === undefined ? 'never' : now - at <= KIOSK_SILENT_MS ? 'online' : 'offline',
      };
    });
  }

  return {
    kiosks,
    /** The HTTP side calls this with every request of a kiosk. */
    kioskSeen: (kiosk: string): void => void kioskSeenAt.set(kiosk, clock.now()),
    view: (staff: DeskView['staff']): DeskView => {
      const open = parts.services.open();
      return {
        now: toInstant(clock.now()),
        demo: config.demo,
        hallName: config.name,
        timeZone: config.timeZone,
        staff,
        ...parts.help.board(),
        kiosks: kiosks(),
        doors: parts.doors(),
        resources: resources(),
        applications: open.applications,
        applicationsOpen: open.total,
        devices: parts.devices.list(),
        power: parts.power(),
        sync: parts.sync(),
        conflicts: conflicts(),
        parked: rows.parked(),
        alarms: parts.alarms.unseen(),
      };
    },
    /** A conflict or an alarm that somebody has dealt with. */
    seen: (id: string, staff: string): Result<{ ok: true }> =>
      hall.transaction((tx): Result<{ ok: true }> => {
        if (parts.alarms.seen(id, staff)) return accepted({ ok: true });
        if (!conflicts().some((conflict) => conflict.id === id)) return refused('not-found');
        rows.seeConflict(id, toInstant(clock.now()), staff);
        tx.audit({ actor: `staff:${staff}`, action: 'conflict.seen', subject: id });
        tx.afterCommit(() => context.live.changed('conflicts'));
        return accepted({ ok: true });
      }),
  };
}

export type DeskService = ReturnType<typeof createDeskService>;
