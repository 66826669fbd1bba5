import type { OccupancyState } from '../../contract/messages.ts';
import type { Database } from '../store/database.ts';

/** What was last told to central of each resource. */
export function createOccupancyStore(db: Database) {
  const told = db
    .prepare<[number], OccupancyState['state']>('SELECT state FROM occupancy_told WHERE resource = ?')
    .pluck();
  const setTold = db.prepare(
    'INSERT INTO occupancy_told (resource, state, confidence, at) VALUES (@resource, @state, @confidence, @at) ON CONFLICT (resource) DO UPDATE SET state = excluded.state, confidence = excluded.confidence, at = excluded.at',
  );
  return {
    told: (resource: number): OccupancyState['state'] | undefined => told.get(resource),
    setTold: (row: OccupancyState & { resource: number }): void => void setTold.run(row),
  };
}
