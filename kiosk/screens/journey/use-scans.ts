import { useCallback, useEffect, useRef } from 'react';
import { useClock } from '../../../ui/clock.ts';
import { hearWedge } from '../../camera/wedge.ts';
import { useJourney, useLive } from './journey-context.ts';

/** While `listening`, a code held to any scanner of this kiosk leads to what it is for. Returned: the camera's way in. */
export function useScans(listening: boolean): (text: string) => void {
  const { scan } = useJourney();
  const clock = useClock();
  const newest = useRef(scan);
  useEffect(() => {
    newest.current = scan;
  }, [scan]);
  useLive((message) => {
    if (listening && message.type === 'scan') scan(message.text, 'serial');
  });
  useEffect(() => {
    if (!listening) return;
    return hearWedge(window, clock, (text) => {
      newest.current(text, 'wedge');
    });
  }, [listening, clock]);
  return useCallback((text: string) => {
    newest.current(text, 'camera');
  }, []);
}
