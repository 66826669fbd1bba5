import type { HomeView, ResourceView, SessionView } from '../../contract/hall-api.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import { toInstant } from '../../contract/time.ts';
import type { DeviceListener, HallContext } from '../ports.ts';

/** What the welcome screen needs of the features. */
export interface HomeParts {
  readonly sessions: () => SessionView[];
  readonly resources: () => ResourceView[];
  readonly services: () => HomeView['services'];
  readonly lockers: () => HomeView['lockers'];
  readonly printer: (device: string | undefined) => HomeView['printer'];
  /** Is this kiosk drawn on the map. */
  readonly onMap: (kiosk: string) => boolean;
  readonly online: () => boolean;
}

export interface HomeService {
  home(kiosk: string): Result<HomeView>;
  /** A serial scanner's readings go to the kiosk it is wired to, and to no other. */
  readonly listener: DeviceListener;
}

/** The welcome screen: a journey without anything behind it has no tile [HT14]. */
export function createHomeService(
  context: Pick<HallContext, 'config' | 'clock' | 'live'>,
  parts: HomeParts,
): HomeService {
  const { config, clock, live } = context;
  return {
    home: (id) => {
      const kiosk = config.kiosks.find((each) => each.id === id);
      if (kiosk === undefined) return refused('not-found');
      const resources = parts.resources();
      const services = parts.services();
      const lockers = parts.lockers();
      const journeys: HomeView['journeys'] = ['check-in'];
      if (lockers.total > 0) journeys.push('locker');
      if (resources.some((each) => each.resource.bookable)) journeys.push('booking');
      if (services.length > 0) journeys.push('service', 'progress');
      if (parts.onMap(id)) journeys.push('way');
      journeys.push('help');
      return accepted({
        hall: { id: config.hall, name: config.name, timeZone: config.timeZone, helpPhone: config.helpPhone },
        kiosk: {
          id: kiosk.id,
          name: kiosk.name,
          place: kiosk.place,
          panelWidthMm: kiosk.panelWidthMm,
          ...(kiosk.idReader === undefined ? {} : { idReader: true }),
        },
        demo: config.demo,
        now: toInstant(clock.now()),
        network: parts.online() ? 'online' : 'offline',
        printer: parts.printer(kiosk.printer),
        lockers,
        sessions: parts.sessions(),
        resources,
        services,
        journeys,
      });
    },
    listener: {
      onEvent: (device, event) => {
        if (event.kind !== 'scan') return;
        const kiosk = config.kiosks.find((each) => each.scanner === device);
        if (kiosk !== undefined) live.send(kiosk.id, { type: 'scan', text: event.text });
      },
    },
  };
}
