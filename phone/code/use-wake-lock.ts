import { useEffect } from 'react';

/** Keeps the screen lit while a code is shown; phones that cannot do it go dark as always. */
export function useWakeLock(on: boolean): void {
  useEffect(() => {
    if (!on || !('wakeLock' in navigator)) return undefined;
    let gone = false;
    let held: WakeLockSentinel | undefined;
    const take = async (): Promise<void> => {
      if (document.visibilityState !== 'visible') return;
      try {
        const lock = await navigator.wakeLock.request('screen');
        if (gone) await lock.release();
        else held = lock;
      } catch (error) {
        // Low battery or a setting of the phone: the code works all the same.
        console.info('the screen may go dark', error);
      }
    };
    const again = (): void => void take();
    again();
    // The phone takes the lock away whenever the page is hidden.
    document.addEventListener('visibilitychange', again);
    return () => {
      gone = true;
      document.removeEventListener('visibilitychange', again);
      void held?.release();
    };
  }, [on]);
}
