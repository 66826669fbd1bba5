import { useCallback, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useClock } from '../../../ui/clock.ts';
import { IdleDialog } from '../../../ui/components/Dialogs.tsx';
import { useVisitor } from './visitor-settings.ts';

export interface IdleGuardProps {
  /** Seconds without a touch before the question: 60 browsing, 120 in forms, 30 on results. */
  seconds: number;
  /** A device works (printing, door open, camera), or this is the welcome page: no time-out. */
  paused?: boolean;
}

const WARNING_SECONDS = 30;
const ACTIVITY = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const;

/** Asks "are you still there?" after a quiet while, then ends the visit. Doubled in the elderly view. */
export function IdleGuard({ seconds, paused = false }: IdleGuardProps): ReactNode {
  const clock = useClock();
  const { settings, wipe } = useVisitor();
  const [asking, setAsking] = useState(false);
  const factor = settings.textSize === 'elderly' ? 2 : 1;
  const stay = useCallback(() => setAsking(false), []);
  useEffect(() => {
    if (paused) setAsking(false);
    if (paused || asking) return;
    let cancel = (): void => undefined;
    const restart = (): void => {
      cancel();
      cancel = clock.after(seconds * factor * 1000, () => setAsking(true));
    };
    restart();
    for (const kind of ACTIVITY) document.addEventListener(kind, restart, { passive: true });
    return () => {
      cancel();
      for (const kind of ACTIVITY) document.removeEventListener(kind, restart);
    };
  }, [clock, seconds, factor, paused, asking]);
  return asking ? <IdleDialog seconds={WARNING_SECONDS * factor} onStay={stay} onEnd={wipe} /> : null;
}
