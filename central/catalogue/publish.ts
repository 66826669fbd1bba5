import type { ServiceDefinition } from '../../contract/services.ts';
import type { Base } from '../base.ts';
import { lockHall } from '../store/feed.store.ts';

/** Sends the services down to every hall; unchanged ones make no change, withdrawn ones are removed [DM6]. */
export async function publishCatalogue(base: Base, catalogue: readonly ServiceDefinition[]): Promise<void> {
  const { db, feed } = base;
  for (const { id: hall } of await db.query<{ id: number }>('SELECT id FROM hall ORDER BY id')) {
    await db.transaction(async (tx) => {
      if ((await lockHall(tx, hall)) === undefined) return;
      for (const service of catalogue) await feed.put(tx, hall, 'service', service);
      const sent = await tx.query<{ id: string }>(
        "SELECT id FROM feed_record WHERE hall = $1 AND type = 'service' AND op = 'put'",
        [hall],
      );
      for (const { id } of sent)
        if (!catalogue.some((each) => each.id === id)) await feed.remove(tx, hall, 'service', id);
    });
  }
}
