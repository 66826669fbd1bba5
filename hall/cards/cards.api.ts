import { accepted, refused } from '../../contract/refusals.ts';
import type { HallHandlers } from '../handlers.ts';
import type { CardsService } from './cards.service.ts';

/** Handlers of the desk for member cards. */
export function createCardsApi(
  service: CardsService,
): Pick<HallHandlers, 'cards' | 'bindCard' | 'unbindCard'> {
  return {
    cards: ({ caller }) => (caller.kind === 'staff' ? accepted(service.view()) : refused('not-allowed')),
    bindCard: ({ body, caller }) =>
      caller.kind === 'staff' ? service.bind(body, caller.name) : refused('not-allowed'),
    unbindCard: ({ body, caller }) =>
      caller.kind === 'staff' ? service.unbind(body, caller.name) : refused('not-allowed'),
  };
}
