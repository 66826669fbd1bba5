import type { BookingView } from '../../contract/hall-api.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import type { AccessService } from '../access/access.service.ts';
import type { CardsService } from '../cards/cards.service.ts';
import type { HallHandlers } from '../handlers.ts';
import type { LockersService } from '../lockers/lockers.service.ts';
import type { CheckInService } from './check-in.service.ts';

/** Handlers for check-in. */
export function createCheckInApi(
  service: CheckInService,
  cards: Pick<CardsService, 'checkIn'>,
): Pick<HallHandlers, 'checkIn' | 'undoCheckIn'> {
  return {
    checkIn: ({ body, caller }) => {
      if (caller.kind !== 'kiosk') return refused('not-allowed');
      const { credential, session, remember } = body;
      switch (credential.kind) {
        case 'qr':
          return service.byQr(credential.text, caller.id);
        case 'member':
          return service.typed(credential, session, caller.id, remember);
        case 'id-card':
          return service.byIdCard(credential.ticket, session, caller.id);
        case 'card':
          return cards.checkIn(session, caller.id);
      }
    },
    undoCheckIn: ({ params, caller }) =>
      caller.kind === 'kiosk' ? service.undo(params.id, caller.id) : refused('not-allowed'),
  };
}

/**
 * The one scanner for everything: the purpose in the code says whose turn it is. The feature then
 * verifies the whole code itself, so a forged purpose gains nothing.
 */
export function createScanApi(parts: {
  readonly access: AccessService;
  readonly checkIns: CheckInService;
  readonly lockers: LockersService;
  readonly scanBooking: (text: string, kiosk: string) => Result<{ booking: BookingView; at: string }>;
}): Pick<HallHandlers, 'scan'> {
  return {
    scan: ({ body, caller }) => {
      if (caller.kind !== 'kiosk') return refused('not-allowed');
      const purpose = parts.access.purposeOf(body.text);
      switch (purpose) {
        case undefined:
          return refused('qr-unreadable');
        case 'check-in': {
          const result = parts.checkIns.byQr(body.text, caller.id);
          return result.ok ? accepted({ purpose, checkIn: result.value }) : result;
        }
        case 'locker': {
          const result = parts.lockers.present({ kind: 'qr', text: body.text }, caller.id);
          return result.ok ? accepted({ purpose, lease: result.value }) : result;
        }
        case 'booking': {
          const result = parts.scanBooking(body.text, caller.id);
          return result.ok
            ? accepted({ purpose, booking: result.value.booking, at: result.value.at })
            : result;
        }
      }
    },
  };
}
