import { useCallback, useEffect, useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { CommissioningSession, CommissioningView } from '../../contract/commissioning.ts';
import type { CancelTimer, Millis } from '../../contract/ports.ts';
import type { Refusal } from '../../contract/refusals.ts';
import { useClock } from '../../ui/clock.ts';
import { RefusalError, useDeskApi } from '../board/desk-api.ts';
import { isLive } from './commissioning.rules.ts';

const KEY = ['desk-commissioning'] as const;
/** While a door is moved by hand, the page follows. */
const LIVE_MS = 700;
const IDLE_MS = 5_000;
/** Well within the lease of the gateway: a page that is closed lets the line go [CN21]. */
const KEEP_MS: Millis = 5_000;

/** Gateways and what they commission; keeps the line of a live session for as long as this page is open [CN21]. */
export function useCommissioning() {
  const api = useDeskApi();
  const clock = useClock();
  const client = useQueryClient();
  const [refusal, setRefusal] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  const query = useQuery<CommissioningView, RefusalError>({
    queryKey: KEY,
    queryFn: async () => {
      const answer = await api.call('commissioning', {});
      if (!answer.ok) throw new RefusalError(answer.refusal);
      return answer.value;
    },
    retry: false,
    networkMode: 'always',
    refetchInterval: ({ state }) => (liveOf(state.data) === undefined ? IDLE_MS : LIVE_MS),
  });
  const live = liveOf(query.data)?.session;
  useEffect(() => {
    if (live === undefined) return undefined;
    let cancel: CancelTimer = () => undefined;
    const keep = (): void => {
      void api.call('keepCommissioning', { params: { id: live } });
      cancel = clock.after(KEEP_MS, keep);
    };
    keep();
    return () => {
      cancel();
    };
  }, [api, clock, live]);

  const act = useCallback(
    async (run: () => Promise<{ readonly ok: true } | { readonly ok: false; readonly refusal: Refusal }>) => {
      setBusy(true);
      setRefusal(undefined);
      const answer = await run();
      if (!answer.ok) setRefusal(answer.refusal);
      await client.invalidateQueries({ queryKey: KEY });
      setBusy(false);
      return answer.ok;
    },
    [client],
  );
  return {
    query,
    refusal,
    busy,
    start: (gateway: string, line: string, reason: string) =>
      act(() => api.call('startCommissioning', { params: { id: gateway }, body: { line, reason } })),
    answer: (session: string, question: number, answer: string) =>
      act(() => api.call('answerCommissioning', { params: { id: session }, body: { question, answer } })),
    stop: (session: string) => act(() => api.call('stopCommissioning', { params: { id: session } })),
    forget: () => {
      setRefusal(undefined);
    },
  };
}

function liveOf(view: CommissioningView | undefined): CommissioningSession | undefined {
  return view?.gateways.flatMap(({ online, session }) => (online && session ? [session] : [])).find(isLive);
}
