import { accepted, refused } from '../../contract/refusals.ts';
import type { HallHandlers } from '../handlers.ts';
import type { DeskService } from './desk.service.ts';

/** Handlers for the live board. */
export function createDeskApi(service: DeskService): Pick<HallHandlers, 'desk' | 'seenConflict'> {
  return {
    desk: ({ caller }) =>
      caller.kind === 'staff'
        ? accepted(service.view({ name: caller.name, role: caller.role }))
        : refused('not-allowed'),
    seenConflict: ({ params, caller }) =>
      caller.kind === 'staff' ? service.seen(params.id, caller.name) : refused('not-allowed'),
  };
}
