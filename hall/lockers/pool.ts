import type { CompartmentConfig } from '../../contract/config.ts';
import type { HallContext } from '../ports.ts';
import type { LockersStore } from './lockers.store.ts';
import { poolOf } from './lockers.rules.ts';

/**
 * Hands the configured share of compartments to central, once per change [LK12]. A compartment taken
 * back stays closed to renting here until central has acknowledged the fact: until then it may
 * still be rented out there.
 */
export function cedePool(
  context: Pick<HallContext, 'config' | 'store'>,
  rows: LockersStore,
  compartments: readonly CompartmentConfig[],
): void {
  const wanted = new Set(poolOf(compartments, context.config.cededShare));
  const now = rows.ceded();
  const given = new Set(now.filter((each) => each.back_seq === null).map((each) => each.number));
  const same = wanted.size === given.size && [...wanted].every((number) => given.has(number));
  if (same) return;
  context.store.transaction((tx) => {
    const { seq } = tx.record('pool.ceded', {
      compartments: compartments
        .filter((each) => wanted.has(each.number))
        .map(({ number, size }) => ({ number, size })),
    });
    for (const number of wanted) rows.cede(number);
    for (const number of given) if (!wanted.has(number)) rows.takeBack(number, seq);
    tx.audit({ actor: 'hall', action: 'pool.ceded', subject: 'lockers', detail: { count: wanted.size } });
    return undefined;
  });
}
