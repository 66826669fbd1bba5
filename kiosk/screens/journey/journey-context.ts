import { createContext, use, useEffect, useRef } from 'react';
import type { hallRoutes, HomeView, LiveMessage } from '../../../contract/hall-api.ts';
import type { Words } from '../../../contract/ids.ts';
import type { Refusal } from '../../../contract/refusals.ts';
import { sentence } from '../../../contract/refusals.ts';
import type { Api } from '../../../ui/api/client.ts';
import { useVisitor } from '../frame/visitor-settings.ts';

/** What every journey is given by the app around it. */
export interface Journey {
  readonly api: Api<typeof hallRoutes>;
  readonly home: HomeView;
  /** Hears the live view until the returned function is called. */
  readonly onLive: (hear: (message: LiveMessage) => void) => () => void;
  /** Somebody has been called from this kiosk and has not come yet. */
  readonly called: boolean;
  /** One touch: a person is called; `page` says where the visitor stands. */
  readonly callStaff: (page: string) => void;
  /** Leads to a place of the map. */
  readonly showWay: (unit: string) => void;
  /** A code was read here: what it is for decides where it leads. */
  readonly scan: (text: string, source: 'camera' | 'serial' | 'wedge') => void;
  /** A card lies on this kiosk's reader: whoever it belongs to arrives. */
  readonly cardLaid: () => void;
}

export const JourneyContext = createContext<Journey | undefined>(undefined);

export function useJourney(): Journey {
  const journey = use(JourneyContext);
  if (journey === undefined) throw new Error('a journey was mounted outside the kiosk app');
  return journey;
}

/** Calls `hear` with every live message while the component stands. */
export function useLive(hear: (message: LiveMessage) => void): void {
  const { onLive } = useJourney();
  const newest = useRef(hear);
  useEffect(() => {
    newest.current = hear;
  }, [hear]);
  useEffect(
    () =>
      onLive((message) => {
        newest.current(message);
      }),
    [onLive],
  );
}

/** Server words and refusals in the visitor's language. */
export function useSay(): {
  words: (words: Words) => string;
  refusal: (refusal: Refusal) => string;
  zh: boolean;
} {
  const { settings } = useVisitor();
  const language = settings.language === 'en' ? 'en' : 'zh';
  return {
    words: (words) => words[language],
    refusal: (refusal) => sentence(refusal, language),
    zh: language === 'zh',
  };
}
