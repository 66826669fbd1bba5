import { accepted, refused } from '../../contract/refusals.ts';
import type { HallHandlers } from '../handlers.ts';
import type { LockersService } from './lockers.service.ts';

/** Handlers for lockers, at the kiosk and at the desk. */
export function createLockersApi(
  service: LockersService,
): Pick<
  HallHandlers,
  | 'lockers'
  | 'presentLocker'
  | 'actLocker'
  | 'rentLocker'
  | 'doorCommand'
  | 'lockerTrouble'
  | 'openDoor'
  | 'endLease'
  | 'compartmentService'
> {
  return {
    lockers: () =>
      accepted({ compartments: service.compartments(), minutesOffered: service.minutesOffered() }),
    presentLocker: ({ body, caller }) =>
      caller.kind === 'kiosk' ? service.present(body.credential, caller.id) : refused('not-allowed'),
    actLocker: ({ body, caller }) =>
      caller.kind === 'kiosk' ? service.act(body.credential, body.act, caller.id) : refused('not-allowed'),
    rentLocker: ({ body, caller }) =>
      caller.kind === 'kiosk' ? service.rent(body, caller.id) : refused('not-allowed'),
    doorCommand: ({ params, caller }) => {
      if (caller.kind === 'none') return refused('not-allowed');
      return service.command(params.id, caller.kind === 'kiosk' ? caller.id : undefined);
    },
    lockerTrouble: ({ body, caller }) =>
      caller.kind === 'kiosk'
        ? service.trouble(body.commandId, body.trouble, caller.id)
        : refused('not-allowed'),
    openDoor: ({ params, body, caller }) =>
      caller.kind === 'staff'
        ? service.openByStaff(compartmentOf(params.id), body.reason, caller.name)
        : refused('not-allowed'),
    endLease: ({ params, body, caller }) =>
      caller.kind === 'staff'
        ? service.endLease(params.id, body.reason, caller.name)
        : refused('not-allowed'),
    compartmentService: ({ params, body, caller }) =>
      caller.kind === 'staff'
        ? service.setService(compartmentOf(params.id), body.out, body.reason, caller.name)
        : refused('not-allowed'),
  };
}

/** The compartment number in a path; 0, which no compartment has, when it is not one. */
function compartmentOf(text: string): number {
  return /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0;
}
