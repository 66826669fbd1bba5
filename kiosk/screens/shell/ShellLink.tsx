import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import type { Millis } from '../../../contract/ports.ts';
import { useClock } from '../../../ui/clock.ts';
import type { KioskShell } from '../../preload/bridge.ts';
import { StaffExit } from './StaffExit.tsx';

const HEARTBEAT_MS: Millis = 2_000;
/** How long staff hold the hall's name. */
const HOLD_MS: Millis = 5_000;

/**
 * The page's side of its shell [KS10]: it says that it lives, and staff who hold the hall's name for five
 * seconds are asked for the PIN [KS6]. A page that React gave up says nothing any more and is replaced.
 */
export function ShellLink({ shell }: { shell: KioskShell }): ReactNode {
  const clock = useClock();
  const [asking, setAsking] = useState(false);

  useEffect(() => {
    let cancel = (): void => undefined;
    const beat = (): void => {
      shell.heartbeat();
      cancel = clock.after(HEARTBEAT_MS, beat);
    };
    beat();
    return () => {
      cancel();
    };
  }, [clock, shell]);

  useEffect(() => {
    let cancel = (): void => undefined;
    const press = (event: PointerEvent): void => {
      cancel();
      const target = event.target instanceof Element ? event.target : null;
      if (target === null || target.closest('[data-staff-exit]') === null) return;
      cancel = clock.after(HOLD_MS, () => {
        setAsking(true);
      });
    };
    const release = (): void => {
      cancel();
    };
    document.addEventListener('pointerdown', press);
    for (const end of ['pointerup', 'pointercancel'] as const) document.addEventListener(end, release);
    return () => {
      cancel();
      document.removeEventListener('pointerdown', press);
      for (const end of ['pointerup', 'pointercancel'] as const) document.removeEventListener(end, release);
    };
  }, [clock]);

  return asking ? (
    <StaffExit
      shell={shell}
      onClose={() => {
        setAsking(false);
      }}
    />
  ) : null;
}
