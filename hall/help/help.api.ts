import { accepted, refused } from '../../contract/refusals.ts';
import type { HallHandlers } from '../handlers.ts';
import type { HelpService } from './help.service.ts';

/** Handlers for calling a person, at the kiosk and at the desk. */
export function createHelpApi(
  service: HelpService,
): Pick<HallHandlers, 'callHelp' | 'help' | 'withdrawHelp' | 'takeHelp' | 'endHelp'> {
  return {
    callHelp: ({ body, caller }) =>
      caller.kind === 'kiosk'
        ? accepted(service.call(caller.id, body.page, body.note))
        : refused('not-allowed'),
    help: ({ params }) => service.get(params.id),
    withdrawHelp: ({ params, caller }) =>
      caller.kind === 'kiosk' ? service.withdraw(params.id, caller.id) : refused('not-allowed'),
    takeHelp: ({ params, caller }) =>
      caller.kind === 'staff' ? service.take(params.id, caller.name) : refused('not-allowed'),
    endHelp: ({ params, caller }) =>
      caller.kind === 'staff' ? service.end(params.id, caller.name) : refused('not-allowed'),
  };
}
