import { accepted, refused } from '../../contract/refusals.ts';
import type { HallHandlers } from '../handlers.ts';
import type { SensorsService } from './sensors.service.ts';

/** Handlers for the desk's page of sensors. */
export function createSensorsApi(service: SensorsService): Pick<HallHandlers, 'sensors' | 'placeSensor'> {
  return {
    sensors: ({ caller }) => (caller.kind === 'staff' ? accepted(service.view()) : refused('not-allowed')),
    placeSensor: ({ caller, body }) =>
      caller.kind === 'staff' ? service.place(body.id, body.resource, caller.name) : refused('not-allowed'),
  };
}
