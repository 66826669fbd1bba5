import { useCallback, useEffect, useRef } from 'react';
import type { CancelTimer, Millis } from '../../../contract/ports.ts';
import { useClock } from '../../../ui/clock.ts';
import { hearWedge } from '../../camera/wedge.ts';
import { useJourney, useLive } from './journey-context.ts';

/** A scanner that reads on command looks for five seconds; it is told again before that ends. */
const LOOK_AGAIN_MS: Millis = 4_500;

/**
 * While `listening`, a code held to any scanner of this kiosk leads to what it is for, and a card checks in. Returned: the camera's way in.
 * @param invites the page asks for a code: a scanner that is dark until told is told to look [KC15].
 */
export function useScans(listening: boolean, invites = false): (text: string) => void {
  const { api, scan, cardLaid } = useJourney();
  const clock = useClock();
  const newest = useRef(scan);
  useEffect(() => {
    newest.current = scan;
  }, [scan]);
  useLive((message) => {
    if (!listening) return;
    if (message.type === 'scan') scan(message.text, 'serial');
    if (message.type === 'card') cardLaid();
  });
  useEffect(() => {
    if (!listening) return;
    return hearWedge(window, clock, (text) => {
      newest.current(text, 'wedge');
    });
  }, [listening, clock]);
  const ask = useRef(api);
  useEffect(() => {
    ask.current = api;
  }, [api]);
  useEffect(() => {
    if (!listening || !invites) return;
    let cancel: CancelTimer = () => undefined;
    let left = false;
    const look = (): void => {
      void ask.current.call('lookForCode', {}).then((answer) => {
        // Most scanners look by themselves: those are not asked again.
        if (!left && answer.ok && answer.value.looking) cancel = clock.after(LOOK_AGAIN_MS, look);
      });
    };
    look();
    return () => {
      left = true;
      cancel();
    };
  }, [listening, invites, clock]);
  return useCallback((text: string) => {
    newest.current(text, 'camera');
  }, []);
}
