import { z } from 'zod';
import type { KioskShell } from '../../preload/bridge.ts';

/** What the shell put on the window, as far as it looks like a bridge; a browser has none. */
const Bridge = z.object({
  heartbeat: z.custom<KioskShell['heartbeat']>((value) => typeof value === 'function'),
  endVisit: z.custom<KioskShell['endVisit']>((value) => typeof value === 'function'),
  staffExit: z.custom<KioskShell['staffExit']>((value) => typeof value === 'function'),
});

/** The shell this page runs in, or undefined in a browser: there the page does without. */
export function shellOf(page: object): KioskShell | undefined {
  const bridge = Bridge.safeParse((page as Record<string, unknown>)['kioskShell']);
  return bridge.success ? bridge.data : undefined;
}
