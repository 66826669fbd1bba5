import { refused } from '../../contract/refusals.ts';
import type { HallHandlers } from '../handlers.ts';
import type { PowerService } from './power.service.ts';

/** Power of rooms from the desk. */
export function createPowerApi(service: PowerService): Pick<HallHandlers, 'switchPower'> {
  return {
    switchPower: ({ caller, params, body }) =>
      caller.kind === 'staff'
        ? service.byHand(params.id, body.to, body.minutes, caller.name)
        : refused('not-allowed'),
  };
}
