import { accepted, refused } from '../../contract/refusals.ts';
import type { Caller, HallHandlers } from '../handlers.ts';
import type { CommissioningService } from './commissioning.service.ts';

const isManager = (caller: Caller): caller is Extract<Caller, { kind: 'staff' }> =>
  caller.kind === 'staff' && caller.role === 'manager';

/** Commissioning from the desk: for managers only [DK22]. */
export function createCommissioningApi(
  service: CommissioningService,
): Pick<
  HallHandlers,
  'commissioning' | 'startCommissioning' | 'answerCommissioning' | 'keepCommissioning' | 'stopCommissioning'
> {
  return {
    commissioning: ({ caller }) => (isManager(caller) ? accepted(service.view()) : refused('not-allowed')),
    startCommissioning: ({ caller, params, body }) =>
      isManager(caller)
        ? service.start(params.id, body.line, body.reason, caller.name)
        : refused('not-allowed'),
    answerCommissioning: ({ caller, params, body }) =>
      isManager(caller)
        ? service.answer(params.id, body.question, body.answer, caller.name)
        : refused('not-allowed'),
    keepCommissioning: ({ caller, params }) =>
      isManager(caller) ? service.keep(params.id) : refused('not-allowed'),
    stopCommissioning: ({ caller, params }) =>
      isManager(caller) ? service.stop(params.id) : refused('not-allowed'),
  };
}
