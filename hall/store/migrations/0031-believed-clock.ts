import type { Migration } from './migration.ts';

/**
 * The newest fact of a believed clock is asked for at every check-in while the clock is not proved.
 * A hall that has been offline since its start has few such facts or none: without this index the
 * whole outbox is read to find that out.
 */
export const believedClock: Migration = {
  number: 31,
  name: 'believed-clock',
  up: `CREATE INDEX outbox_believed ON outbox (epoch, seq) WHERE clock = 'synced';`,
};
