import { createContext, use } from 'react';
import type { DeskView } from '../../contract/hall-api.ts';
import type { Millis, UnixMillis } from '../../contract/ports.ts';
import { useNow } from '../../ui/clock.ts';
import { hallNow } from '../rules/waiting.rules.ts';

/** The board as it was last received. */
export interface Desk {
  desk: DeskView;
  receivedAt: UnixMillis;
  reachable: boolean;
}

export const DeskContext = createContext<Desk | undefined>(undefined);
export const DeskProvider = DeskContext.Provider;

export function useDeskState(): Desk {
  const state = use(DeskContext);
  if (state === undefined) throw new Error('no DeskProvider above');
  return state;
}

export function useDesk(): DeskView {
  return useDeskState().desk;
}

/** The hall's time [CN3], refreshed every `step` milliseconds. */
export function useHallNow(step: Millis = 10_000): UnixMillis {
  const { desk, receivedAt } = useDeskState();
  // The answer may be newer than the last tick.
  return hallNow(Math.max(useNow(step), receivedAt), { now: desk.now, receivedAt });
}
