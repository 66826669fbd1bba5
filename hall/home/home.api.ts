import type { SyncView } from '../../contract/hall-api.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { HallHandlers } from '../handlers.ts';
import type { HallContext } from '../ports.ts';
import type { HomeService } from './home.service.ts';

/** Routes of the welcome screen, the kiosk's printer, and the desk's wish to reach central at once. */
export function createHomeApi(
  context: Pick<HallContext, 'config' | 'devices'>,
  service: HomeService,
  sync: { now(): void; view(): SyncView },
): Pick<HallHandlers, 'home' | 'lookForCode' | 'print' | 'syncNow'> {
  return {
    home: ({ caller }) => (caller.kind === 'kiosk' ? service.home(caller.id) : refused('not-allowed')),
    lookForCode: ({ caller }) => (caller.kind === 'kiosk' ? service.look(caller.id) : refused('not-allowed')),
    print: async ({ caller, body }) => {
      if (caller.kind !== 'kiosk') return refused('not-allowed');
      const printer = context.config.kiosks.find((each) => each.id === caller.id)?.printer;
      if (printer === undefined) return accepted({ printed: false, reason: 'none' });
      return accepted(await context.devices.print(printer, body.job));
    },
    syncNow: () => {
      sync.now();
      return accepted(sync.view());
    },
  };
}
