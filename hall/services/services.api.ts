import { accepted, refused } from '../../contract/refusals.ts';
import type { HallHandlers } from '../handlers.ts';
import type { ServicesService } from './services.service.ts';

type Routes =
  | 'services'
  | 'service'
  | 'startDraft'
  | 'resumeDraft'
  | 'answerDraft'
  | 'dropDraft'
  | 'submitDraft'
  | 'progress'
  | 'decide'
  | 'undoDecision';

/** Handlers for business handling: at the kiosk and at the desk. */
export function createServicesApi(service: ServicesService): Pick<HallHandlers, Routes> {
  return {
    services: () => accepted({ services: service.summaries() }),
    service: ({ params }) => service.definition(params.id),
    startDraft: ({ body }) => service.startDraft(body.service),
    resumeDraft: ({ body, caller }) =>
      caller.kind === 'kiosk' ? service.resume(body.resumeCode, caller.id) : refused('not-allowed'),
    answerDraft: ({ params, body }) => service.answer(params.id, body.page, body.answers),
    dropDraft: ({ params }) => service.drop(params.id),
    submitDraft: ({ params, caller }) =>
      caller.kind === 'kiosk' ? service.submit(params.id, caller.id) : refused('not-allowed'),
    progress: ({ body, caller }) =>
      caller.kind === 'kiosk'
        ? service.progress(body.number, body.queryCode, caller.id)
        : refused('not-allowed'),
    decide: ({ params, body, caller }) =>
      caller.kind === 'staff'
        ? service.decide(params.id, body.decision, body.reason, caller.name)
        : refused('not-allowed'),
    undoDecision: ({ params, caller }) =>
      caller.kind === 'staff' ? service.undo(params.id, caller.name) : refused('not-allowed'),
  };
}
