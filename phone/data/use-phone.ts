import { useCallback, useEffect, useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Keeper, Known } from './keeper.ts';
import type { RefusalError } from './phone-api.ts';
import type { Kept } from './vault.ts';

export const PHONE_KEY = ['phone'] as const;
/** Everything asked of central starts with this key, days of places too. */
export const CENTRAL_KEY = 'phone';
const REFETCH_MS = 15_000;
const RETRY_MS = 5_000;

export type PhoneState =
  | { kind: 'loading' }
  | { kind: 'failed'; retry: () => void }
  | { kind: 'signed-out' }
  | { kind: 'shown'; kept: Kept; reachable: boolean };

/**
 * The member's world: what was kept is shown at once, central is asked at once and every 15 s,
 * and again the moment the phone has a network or comes back to the front [PP3].
 */
export function usePhoneQuery(keeper: Keeper): PhoneState {
  const client = useQueryClient();
  const [ready, setReady] = useState(false);
  useEffect(() => {
    let gone = false;
    void keeper.stored().then((known) => {
      if (gone) return;
      if (known !== undefined) client.setQueryData(PHONE_KEY, known, { updatedAt: 0 });
      setReady(true);
    });
    return () => {
      gone = true;
    };
  }, [client, keeper]);
  const query = useQuery<Known, RefusalError>({
    queryKey: PHONE_KEY,
    queryFn: () => keeper.fetch(),
    enabled: ready,
    retry: false,
    networkMode: 'always',
    staleTime: 1000,
    gcTime: Infinity,
    refetchInterval: (state) =>
      state.state.data?.kind === 'signed-out'
        ? false
        : state.state.status === 'error'
          ? RETRY_MS
          : REFETCH_MS,
    refetchOnWindowFocus: true,
  });
  const { refetch } = query;
  const again = useCallback(() => void refetch(), [refetch]);
  useEffect(() => {
    if (!ready) return undefined;
    window.addEventListener('online', again);
    return () => {
      window.removeEventListener('online', again);
    };
  }, [again, ready]);
  const online = useOnline();
  if (query.data?.kind === 'signed-out') return { kind: 'signed-out' };
  if (query.data?.kind === 'shown') {
    return { kind: 'shown', kept: query.data.kept, reachable: online && query.error === null };
  }
  return query.error === null ? { kind: 'loading' } : { kind: 'failed', retry: again };
}

/** Whether the phone itself believes to have a network. */
export function useOnline(): boolean {
  const [online, setOnline] = useState(() => navigator.onLine);
  useEffect(() => {
    const look = (): void => {
      setOnline(navigator.onLine);
    };
    window.addEventListener('online', look);
    window.addEventListener('offline', look);
    return () => {
      window.removeEventListener('online', look);
      window.removeEventListener('offline', look);
    };
  }, []);
  return online;
}
