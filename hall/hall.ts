import type { FeedType } from '../contract/feed.ts';
import type { LineStatistics } from '../contract/messages.ts';
import type { SyncView } from '../contract/hall-api.ts';
import { createAccessService } from './access/access.service.ts';
import { createCheckInApi, createScanApi } from './activities/activities.api.ts';
import { createCheckInService } from './activities/check-in.service.ts';
import type { PlainHandlers } from './adapters/http.ts';
import { createBookingsApi } from './bookings/bookings.api.ts';
import { createBookingsService } from './bookings/bookings.service.ts';
import { createCardsApi } from './cards/cards.api.ts';
import { createCardsService } from './cards/cards.service.ts';
import { createBusApi } from './desk/bus.api.ts';
import type { Bus } from './desk/bus.api.ts';
import { createCommissioningApi } from './desk/commissioning.api.ts';
import { createCommissioningService } from './desk/commissioning.service.ts';
import { createDeskApi } from './desk/desk.api.ts';
import { createDeskService } from './desk/desk.service.ts';
import type { AlarmBook } from './desk/alarms.service.ts';
import { createDevicesService } from './desk/devices.service.ts';
import { createHelpApi } from './help/help.api.ts';
import { createHelpService } from './help/help.service.ts';
import { createHomeApi } from './home/home.api.ts';
import { createHomeService } from './home/home.service.ts';
import { createIdentityApi } from './identity/identity.api.ts';
import type { IdentityService } from './identity/identity.service.ts';
import { createLockersApi } from './lockers/lockers.api.ts';
import { createLockersService } from './lockers/lockers.service.ts';
import { createNavigationApi } from './navigation/navigation.api.ts';
import { createNavigationService } from './navigation/navigation.service.ts';
import { createOccupancyService } from './occupancy/occupancy.service.ts';
import type { DeviceListener, FeedListener, HallContext, Live } from './ports.ts';
import { createAnnouncementsService } from './sensors/announcements.service.ts';
import { createSensorsApi } from './sensors/sensors.api.ts';
import { createSensorsService } from './sensors/sensors.service.ts';
import { createPowerApi } from './power/power.api.ts';
import { createPowerService } from './power/power.service.ts';
import { createServicesApi } from './services/services.api.ts';
import { createServicesService } from './services/services.service.ts';

export interface Hall {
  readonly handlers: PlainHandlers;
  readonly listeners: readonly DeviceListener[];
  readonly feedListeners: readonly FeedListener[];
  kioskSeen(kiosk: string): void;
  /** What the lines of devices have seen, by device. */
  lines(): (readonly [string, LineStatistics])[];
  /** Begins periodic work and recovers what a stop or crash left open. Call once the devices can be reached. */
  start(): void;
  stop(): void;
}

export interface HallParts {
  readonly alarms: AlarmBook;
  readonly identity: IdentityService;
  readonly plan: Parameters<typeof createNavigationService>[0];
  readonly sync: { now(): void; view(): SyncView };
  /** Who holds a credential at the broker. */
  readonly bus: () => Bus;
  /** Where members use their phone page. */
  readonly phoneUrl: () => string;
}

/** All features of one hall joined together over one context: no I/O of its own, so that a scenario can run a whole hall in memory. */
export function createHall(context: Omit<HallContext, 'alarms'>, parts: HallParts): Hall {
  const whole: HallContext = { ...context, alarms: parts.alarms };
  const access = createAccessService(whole);
  const help = createHelpService(whole);
  const occupancy = createOccupancyService(whole);
  const sensors = createSensorsService(whole, occupancy);
  const bookings = createBookingsService(whole, occupancy, access);
  const services = createServicesService(whole, access.limits);
  const lockers = createLockersService(whole, access, (kiosk, page, note) => help.call(kiosk, page, note));
  const checkIns = createCheckInService(whole, access);
  const cards = createCardsService(whole, checkIns);
  const power = createPowerService(whole, {
    measured: (resource) => occupancy.measured(resource),
    today: (resource) => bookings.today(resource),
  });
  const navigation = createNavigationService(parts.plan);
  const commissioning = createCommissioningService(whole, (devices) => {
    const wired = whole.config.devices.filter((device) => devices.includes(device.id));
    const numbers = new Set(wired.flatMap((device) => device.compartments.map((each) => each.number)));
    return lockers
      .deskDoors()
      .flatMap(({ compartment: { number }, lease }) =>
        lease !== null && numbers.has(number) ? [number] : [],
      );
  });
  const devices = createDevicesService(
    whole,
    () => occupancy.health(),
    (id) => commissioning.isGateway(id),
  );
  const desk = createDeskService(whole, {
    bookings,
    services,
    help,
    devices,
    alarms: parts.alarms,
    doors: () => lockers.deskDoors(),
    power: () => power.list(),
    sync: () => parts.sync.view(),
  });
  const home = createHomeService(whole, {
    sessions: () => checkIns.sessionViews(),
    resources: () => bookings.resources(),
    services: () => services.summaries(),
    lockers: () => lockers.summary(),
    printer: (device) => devices.printer(device),
    onMap: (kiosk) => parts.plan.anchors.has(kiosk),
    online: () => parts.sync.view().central === 'online',
  });

  const announcements = createAnnouncementsService(whole, () => ({
    doors: lockers.positions(),
    places: whole.reference
      .all('resource')
      .map(({ number, name }) => ({ number, name, ...occupancy.measured(number) })),
    kiosks: desk.kiosks(),
    devices: whole.config.devices.map(({ id }) => ({ id, state: whole.devices.availability(id) })),
  }));

  const handlers: PlainHandlers = {
    ...createHomeApi(whole, home, parts.sync),
    ...createIdentityApi(whole, parts.identity, parts.phoneUrl),
    ...createScanApi({
      access,
      checkIns,
      lockers,
      scanBooking: (text, kiosk) => bookings.checkInByQr(text, kiosk),
    }),
    ...createCheckInApi(checkIns, cards),
    ...createCardsApi(cards),
    ...createLockersApi(lockers),
    ...createBookingsApi(bookings),
    ...createServicesApi(services),
    ...createNavigationApi(navigation),
    ...createHelpApi(help),
    ...createDeskApi(desk),
    ...createSensorsApi(sensors),
    ...createPowerApi(power),
    ...createCommissioningApi(commissioning),
    ...createBusApi(whole.config.hall, parts.bus),
  };
  const timed = [access, help, occupancy, sensors, bookings, services, lockers, power, announcements];

  return {
    handlers,
    listeners: [
      lockers.listener,
      occupancy.listener,
      sensors.listener,
      commissioning.listener,
      devices.listener,
      power.listener,
      home.listener,
      cards.listener,
      checkIns.listener,
      announcements.listener,
    ],
    feedListeners: [services.feedListener, bookings.feedListener, lockers],
    lines: () => devices.lines(),
    kioskSeen: (kiosk) => {
      desk.kioskSeen(kiosk);
    },
    start: () => {
      for (const each of timed) each.start();
    },
    stop: () => {
      for (const each of [...timed].reverse()) each.stop();
    },
  };
}

const topicOf: Partial<Record<FeedType, Parameters<Live['changed']>[0]>> = {
  session: 'sessions',
  registration: 'sessions',
  resource: 'resources',
  booking: 'resources',
  lease: 'doors',
  deny: 'doors',
  ruling: 'conflicts',
  service: 'services',
};

/** Tells the open pages what came down. */
export function tellFeedNews(live: Live, types: ReadonlySet<FeedType>): void {
  const topics = new Set([...types].flatMap((type) => topicOf[type] ?? []));
  if (topics.size > 0) live.changed(...topics);
}
