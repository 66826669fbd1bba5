import type { CompartmentView, DeskView, LeaseView } from '../../contract/hall-api.ts';
import { toInstant } from '../../contract/time.ts';
import type { AccessService } from '../access/access.service.ts';
import type { HallContext } from '../ports.ts';
import type { Doors, Place } from './doors.ts';
import { actsOf } from './lease.machine.ts';
import type { Leases } from './leases.ts';
import { commandedOf, isMismatch } from './lockers.rules.ts';
import type { Size } from './lockers.rules.ts';
import type { LeaseRow, LockersStore } from './lockers.store.ts';

/** What the files of this feature share; made once by the service. */
export interface LockerParts {
  readonly context: HallContext;
  readonly access: AccessService;
  readonly rows: LockersStore;
  readonly leases: Leases;
  readonly doors: Doors;
  readonly places: ReadonlyMap<number, Place>;
}

export interface LockerViews {
  lease(row: LeaseRow): LeaseView;
  compartments(): CompartmentView[];
  deskDoors(): DeskView['doors'];
  /** Compartments of one size that may be rented here now, lowest first, whatever their board says. */
  freeOf(size: Size): number[];
}

/** What kiosk and desk see of the lockers. */
export function createLockerViews({ rows, doors, places }: LockerParts): LockerViews {
  const leaseView = (row: LeaseRow): LeaseView => ({
    lease: row.ref,
    compartment: row.compartment,
    state: row.state,
    startsAt: toInstant(row.starts_at),
    endsAt: toInstant(row.ends_at),
    acts: [...actsOf(row.state, row.maybe_used === 1)],
  });

  function freeOf(size: Size): number[] {
    const away = new Set(rows.ceded().map((each) => each.number));
    const taken = new Set(rows.liveLeases().map((each) => each.compartment));
    const known = rows.compartments();
    return [...places.values()]
      .filter(
        ({ config: each }) =>
          each.size === size &&
          !away.has(each.number) &&
          !taken.has(each.number) &&
          known.get(each.number)?.out_of_service !== 1 &&
          doors.position(each.number).position !== 'open',
      )
      .map(({ config: each }) => each.number)
      .sort((a, b) => a - b);
  }

  function compartments(): CompartmentView[] {
    const taken = new Set(rows.liveLeases().map((each) => each.compartment));
    const known = rows.compartments();
    return [...places.values()]
      .map(({ device, config: each }): CompartmentView => ({
        number: each.number,
        size: each.size,
        bank: device,
        column: each.column,
        row: each.row,
        height: each.height,
        state:
          known.get(each.number)?.out_of_service === 1 ? 'out' : taken.has(each.number) ? 'leased' : 'free',
        position: doors.position(each.number).position,
      }))
      .sort((a, b) => a.number - b.number);
  }

  function deskDoors(): DeskView['doors'] {
    const byCompartment = new Map(rows.liveLeases().map((row) => [row.compartment, row]));
    return compartments().map((compartment) => {
      const row = byCompartment.get(compartment.number);
      const last = rows.latestDoor(compartment.number);
      const observed = doors.position(compartment.number);
      return {
        compartment,
        lease: row === undefined ? null : leaseView(row),
        commanded: commandedOf(last?.state),
        commandedAt: last === undefined ? null : toInstant(last.created_at),
        observed: observed.position,
        observedAt: observed.at === null ? null : toInstant(observed.at),
        mismatch: isMismatch(last?.state, observed.position),
      };
    });
  }

  return { lease: leaseView, compartments, deskDoors, freeOf };
}
