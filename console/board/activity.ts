import type { Clock, UnixMillis } from '../../contract/ports.ts';

/** A request of a page that was touched within this time counts as a person's. */
const TOUCHED_MS = 60_000;

/** Notes when somebody last touched the desk. */
export interface Activity {
  touched(): boolean;
  stop(): void;
}

export function watchActivity(view: Window, clock: Clock): Activity {
  let last: UnixMillis = clock.now();
  const note = (): void => {
    last = clock.now();
  };
  const events = ['pointerdown', 'keydown', 'wheel'] as const;
  for (const name of events) view.addEventListener(name, note, { passive: true, capture: true });
  return {
    touched: () => clock.now() - last < TOUCHED_MS,
    stop: () => {
      for (const name of events) view.removeEventListener(name, note, { capture: true });
    },
  };
}
