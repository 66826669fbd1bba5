import type { FactBody, FactType } from '../../contract/facts.ts';
import { fromInstant } from '../../contract/time.ts';
import type { Applications } from '../applications/applications.service.ts';
import type { Bookings } from '../bookings/bookings.service.ts';
import type { Leases } from '../leases/leases.service.ts';
import type { Rulings } from '../rulings/rulings.service.ts';
import type { HallRow } from '../store/feed.store.ts';
import type { Tx } from '../store/sql.ts';

/** One accepted fact becomes rows. A fact is never refused because of state: what cannot stand gets a ruling (CE17). */
export type Fold = <T extends FactType>(tx: Tx, hall: HallRow, type: T, body: FactBody<T>) => Promise<void>;

type Handlers = { readonly [T in FactType]: (tx: Tx, hall: HallRow, body: FactBody<T>) => Promise<void> };

export function createFold(parts: {
  readonly bookings: Bookings;
  readonly leases: Leases;
  readonly applications: Applications;
  readonly rulings: Rulings;
}): Fold {
  const { bookings, leases, applications, rulings } = parts;
  const nothing = (): Promise<void> => Promise.resolve();

  const handlers: Handlers = {
    'epoch.started': nothing,
    'issuing-key.added': async (tx, hall, body) => {
      await tx.query(
        'INSERT INTO issuing_key (hall, key_id, public_key) VALUES ($1, $2, $3) ON CONFLICT (hall, key_id) DO UPDATE SET public_key = $3',
        [hall.id, body.keyId, body.publicKey],
      );
    },
    'pool.ceded': (tx, hall, body) => leases.replacePool(tx, hall.id, body.compartments),
    'check-in.recorded': async (tx, hall, body) => {
      await tx.query(
        'INSERT INTO check_in (hall, id, session, member_ref, at, kiosk, credential) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (hall, id) DO NOTHING',
        [hall.id, body.checkInId, body.session, body.memberRef, body.at, body.kiosk, body.credential],
      );
    },
    'check-in.undone': async (tx, hall, body) => {
      await tx.query('UPDATE check_in SET undone_at = $3 WHERE hall = $1 AND id = $2', [
        hall.id,
        body.checkInId,
        body.at,
      ]);
    },
    'door.intended': async (tx, hall, body) => {
      await tx.query(
        'INSERT INTO door_command (hall, id, compartment, cause, done_by) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hall, id) DO UPDATE SET cause = $4, done_by = $5',
        [hall.id, body.commandId, body.compartment, body.cause, body.by],
      );
    },
    'door.ended': async (tx, hall, body) => {
      await tx.query(
        'INSERT INTO door_command (hall, id, compartment, outcome, position, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hall, id) DO UPDATE SET outcome = $4, position = $5, at = $6',
        [hall.id, body.commandId, body.compartment, body.outcome, body.position, body.at],
      );
    },
    // The fact itself is the record; nothing at central is derived from it.
    'door.forced': nothing,
    'lease.made': async (tx, hall, body) => {
      if ((await leases.find(tx, hall.id, body.lease)) !== undefined) return;
      const made = await leases.recordHallLease(tx, hall.id, {
        ref: body.lease,
        compartment: body.compartment,
        holder: body.holder,
        startsAt: fromInstant(body.startsAt),
        endsAt: fromInstant(body.endsAt),
        origin: body.origin,
      });
      await rulings.settleLease(tx, hall, made);
    },
    'lease.activated': async (tx, hall, body) => {
      const row = await leases.find(tx, hall.id, body.lease);
      if (row?.state === 'made') await leases.setState(tx, row, 'active');
    },
    'lease.ended': async (tx, hall, body) => {
      const row = await leases.find(tx, hall.id, body.lease);
      if (row !== undefined && row.state !== 'ended') await leases.setState(tx, row, 'ended');
    },
    'booking.made': async (tx, hall, body) => {
      if ((await bookings.byId(tx, hall.id, body.bookingId)) !== undefined) return;
      const row = await bookings.insert(tx, hall.id, {
        id: body.bookingId,
        resource: body.resource,
        memberRef: body.memberRef,
        startsAt: fromInstant(body.startsAt),
        endsAt: fromInstant(body.endsAt),
        state: 'booked',
        origin: 'hall',
        madeInDark: false,
      });
      await rulings.settleBooking(tx, hall, row);
    },
    'booking.cancelled': async (tx, hall, body) => {
      const row = await bookings.byId(tx, hall.id, body.bookingId);
      if (row?.state === 'booked') await bookings.setState(tx, row, 'cancelled');
    },
    'booking.checked-in': async (tx, hall, body) => {
      const row = await bookings.byId(tx, hall.id, body.bookingId);
      if (row === undefined || row.state === 'checked-in') return;
      if (row.state === 'booked') await bookings.setState(tx, row, 'checked-in');
      // Somebody is there although the slot had been given up or lost: who is there beats who is absent.
      else await rulings.settleBooking(tx, hall, { ...row, state: 'checked-in' });
    },
    'booking.released': async (tx, hall, body) => {
      const row = await bookings.byId(tx, hall.id, body.bookingId);
      if (row?.state === 'booked') await bookings.setState(tx, row, 'released');
    },
    'application.submitted': (tx, hall, body) => applications.submitted(tx, hall.id, body),
    'application.decided': (tx, hall, body) => applications.decided(tx, hall.id, body),
    'occupancy.changed': async (tx, hall, body) => {
      await tx.query(
        'INSERT INTO occupancy (hall, resource, state, confidence, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hall, resource) DO UPDATE SET state = $3, confidence = $4, at = $5',
        [hall.id, body.resource, body.state, body.confidence, body.at],
      );
    },
    'device.changed': async (tx, hall, body) => {
      await tx.query(
        'INSERT INTO device (hall, id, state, detail, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hall, id) DO UPDATE SET state = $3, detail = $4, at = $5',
        [hall.id, body.device, body.state, body.detail ?? null, body.at],
      );
    },
    'help.called': async (tx, hall, body) => {
      await tx.query(
        'INSERT INTO help_call (hall, id, kiosk, page, called_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hall, id) DO UPDATE SET kiosk = $3, page = $4, called_at = $5',
        [hall.id, body.helpId, body.kiosk, body.page, body.at],
      );
    },
    'help.ended': async (tx, hall, body) => {
      await tx.query(
        'INSERT INTO help_call (hall, id, ended_at, outcome) VALUES ($1, $2, $3, $4) ON CONFLICT (hall, id) DO UPDATE SET ended_at = $3, outcome = $4',
        [hall.id, body.helpId, body.at, body.outcome],
      );
    },
  };
  return (tx, hall, type, body) => handlers[type](tx, hall, body);
}
