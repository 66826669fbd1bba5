import { accepted, refused } from '../../contract/refusals.ts';
import type { Caller, HallHandlers } from '../handlers.ts';
import type { BookingsService } from './bookings.service.ts';

type Routes = 'resources' | 'resourceDay' | 'book' | 'myBookings' | 'checkInBooking' | 'cancelBooking';

/** Handlers for what is free, and for bookings at a kiosk. */
export function createBookingsApi(service: BookingsService): Pick<HallHandlers, Routes> {
  return {
    resources: () => accepted({ resources: service.resources() }),
    resourceDay: ({ params }) => service.day(params.id, params.day),
    book: ({ body, caller }) => atKiosk(caller, (kiosk) => service.book(body, kiosk)),
    myBookings: ({ body, caller }) => atKiosk(caller, (kiosk) => service.mine(body.credential, kiosk)),
    checkInBooking: ({ params, body, caller }) =>
      atKiosk(caller, (kiosk) => service.checkIn(params.id, body.credential, kiosk)),
    cancelBooking: ({ params, body, caller }) =>
      atKiosk(caller, (kiosk) => service.cancel(params.id, body.credential, kiosk)),
  };
}

function atKiosk<T>(caller: Caller, run: (kiosk: string) => T): T | ReturnType<typeof refused> {
  return caller.kind === 'kiosk' ? run(caller.id) : refused('not-allowed');
}
