import { hallRoutes } from '../../contract/hall-api.ts';
import type { DoorCommandView } from '../../contract/hall-api.ts';
import type { Clock, Millis } from '../../contract/ports.ts';
import { sleep } from '../../contract/ports.ts';
import { createApiClient, expectOk } from './api-client.ts';
import type { ApiClient } from './api-client.ts';

/** A person at a kiosk, or the kiosk's page as far as the hall can tell. */
export interface KioskVisitor {
  readonly api: ApiClient<typeof hallRoutes>;
  /** Waits until the opening has ended in one of `states`. Throws when it has not within `limit`. */
  awaitDoor(
    commandId: string,
    states: readonly DoorCommandView['state'][],
    limit?: Millis,
  ): Promise<DoorCommandView>;
}

/** Enrols with the kiosk's one-time code and keeps the cookie. */
export async function enterKiosk(hallUrl: string, enrolCode: string, clock: Clock): Promise<KioskVisitor> {
  const api = createApiClient(hallUrl, hallRoutes);
  await expectOk(api.call('enrolKiosk', { body: { code: enrolCode } }));
  return {
    api,
    awaitDoor: async (commandId, states, limit = 10_000) => {
      const until = clock.monotonic() + limit;
      for (;;) {
        const view = await expectOk(api.call('doorCommand', { params: { id: commandId } }));
        if (states.includes(view.state)) return view;
        if (clock.monotonic() > until) {
          throw new Error(`door ${String(view.compartment)} is ${view.state}, not ${states.join(' or ')}`);
        }
        await sleep(clock, 50);
      }
    },
  };
}
