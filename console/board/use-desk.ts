import { useEffect } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { DeskView } from '../../contract/hall-api.ts';
import type { Refusal } from '../../contract/refusals.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { useClock } from '../../ui/clock.ts';
import { RefusalError, useDeskApi } from './desk-api.ts';
import { openLive } from './live.ts';

export const DESK_KEY = ['desk'] as const;
/** Sensors are a page of their own: their values change too often for the whole board. */
export const SENSORS_KEY = ['sensors'] as const;
const REFETCH_MS = 15_000;
const RETRY_MS = 5_000;
/** Without a fresh answer for this long the picture counts as old, whatever the network says. */
export const STALE_MS = 40_000;

export type DeskState =
  | { kind: 'loading' }
  | { kind: 'signed-out' }
  | { kind: 'failed'; retry: () => void }
  | { kind: 'shown'; desk: DeskView; receivedAt: UnixMillis; reachable: boolean };

/** The live board [CN9, CN10]: asked at once when the hall tells of a change, and every 15 s. */
export function useDeskQuery(): DeskState {
  const api = useDeskApi();
  const clock = useClock();
  const client = useQueryClient();
  const query = useQuery<DeskView, RefusalError>({
    queryKey: DESK_KEY,
    queryFn: async () => {
      const answer = await api.call('desk', {});
      if (!answer.ok) throw new RefusalError(answer.refusal);
      return answer.value;
    },
    retry: false,
    networkMode: 'always',
    refetchInterval: (state) =>
      isSignedOut(state.state.error?.refusal)
        ? false
        : state.state.status === 'error'
          ? RETRY_MS
          : REFETCH_MS,
    refetchIntervalInBackground: true,
  });
  const signedOut = isSignedOut(query.error?.refusal);
  const ready = query.data !== undefined && !signedOut;
  useEffect(() => {
    if (!ready) return undefined;
    return openLive(
      window,
      clock,
      () => {
        void client.invalidateQueries({ queryKey: DESK_KEY });
      },
      () => {
        void client.invalidateQueries({ queryKey: SENSORS_KEY });
      },
    );
  }, [client, clock, ready]);
  if (signedOut) return { kind: 'signed-out' };
  if (query.data !== undefined) {
    return {
      kind: 'shown',
      desk: query.data,
      receivedAt: query.dataUpdatedAt,
      reachable: query.error === null,
    };
  }
  if (query.error !== null) return { kind: 'failed', retry: () => void query.refetch() };
  return { kind: 'loading' };
}

function isSignedOut(refusal: Refusal | undefined): boolean {
  return refusal?.code === 'not-signed-in' || refusal?.code === 'not-allowed';
}
