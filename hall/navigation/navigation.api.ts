import { accepted, refused } from '../../contract/refusals.ts';
import type { HallHandlers } from '../handlers.ts';
import type { NavigationService } from './navigation.service.ts';

/** Handlers for the floor plan and the way. */
export function createNavigationApi(service: NavigationService): Pick<HallHandlers, 'map' | 'route'> {
  return {
    map: ({ caller }) => accepted(service.map(caller.kind === 'kiosk' ? caller.id : undefined)),
    route: ({ query, caller }) =>
      caller.kind === 'kiosk'
        ? service.route(caller.id, query.to, query.stepFree === 'true')
        : refused('not-allowed'),
  };
}
