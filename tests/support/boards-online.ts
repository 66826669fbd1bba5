import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { expectOk } from '../../simulators/people/api-client.ts';
import type { KioskVisitor } from '../../simulators/people/visitor.ts';

/** Waits until the hall has heard from its lock boards; right after a start it refuses to open anything. */
export async function boardsOnline(kiosk: KioskVisitor): Promise<void> {
  const until = systemClock.monotonic() + 10_000;
  for (;;) {
    const home = await expectOk(kiosk.api.call('home', {}));
    if (home.lockers.online) return;
    if (systemClock.monotonic() > until) throw new Error('the lock boards did not come online');
    await sleep(systemClock, 50);
  }
}
