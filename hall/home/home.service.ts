import type { HomeView, ResourceView, SessionView } from '../../contract/hall-api.ts';
import { COMMAND_LIFE_MS, LineState } from '../../contract/messages.ts';
import type { Millis } from '../../contract/ports.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import { toInstant } from '../../contract/time.ts';
import type { DeviceListener, HallContext } from '../ports.ts';

const LOOK_AGAIN_MS: Millis = 1_000;

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
  /** Has the kiosk's scanner look for a code, where it reads on command; false = it looks by itself, or there is none. */
  look(kiosk: string): Result<{ looking: boolean }>;
  /** A serial scanner's readings go to the kiosk it is wired to, and to no other. */
  readonly listener: DeviceListener;
}

/** The welcome screen: a journey without anything behind it has no tile [HT14]. */
export function createHomeService(
  context: Pick<HallContext, 'config' | 'clock' | 'ids' | 'devices' | 'live'>,
  parts: HomeParts,
): HomeService {
  const { config, clock, live } = context;
  /** Scanners that said they read on command, and when each was told last. */
  const onCommand = new Map<string, Millis>();
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
    look: (id) => {
      const scanner = config.kiosks.find((each) => each.id === id)?.scanner;
      const last = scanner === undefined ? undefined : onCommand.get(scanner);
      if (scanner === undefined || last === undefined) return accepted({ looking: false });
      // A page that asks too often is answered, and the scanner left in peace.
      if (clock.monotonic() - last >= LOOK_AGAIN_MS) {
        onCommand.set(scanner, clock.monotonic());
        context.devices.look({
          commandId: context.ids.uuid(),
          device: scanner,
          expiresAt: toInstant(clock.now() + COMMAND_LIFE_MS),
        });
      }
      return accepted({ looking: true });
    },
    listener: {
      onState: (device, payload) => {
        if (!config.kiosks.some((each) => each.scanner === device)) return;
        const state = LineState.safeParse(payload);
        if (!state.success || state.data.onCommand !== true) onCommand.delete(device);
        else if (!onCommand.has(device)) onCommand.set(device, -Infinity);
      },
      onEvent: (device, event) => {
        if (event.kind !== 'scan') return;
        const kiosk = config.kiosks.find((each) => each.scanner === device);
        if (kiosk !== undefined) live.send(kiosk.id, { type: 'scan', text: event.text });
      },
    },
  };
}
