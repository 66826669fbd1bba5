import { useCallback, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { hallRoutes } from '../../contract/hall-api.ts';
import type { RouteAnswer } from '../../contract/http.ts';
import type { Refusal, Result } from '../../contract/refusals.ts';
import type { CallParts } from '../../ui/api/client.ts';
import { useDeskApi } from './desk-api.ts';
import { DESK_KEY } from './use-desk.ts';

type Routes = typeof hallRoutes;

export interface Act<N extends keyof Routes> {
  /** Sends once; while one is on its way a second press does nothing and answers undefined. */
  readonly run: (parts: CallParts<Routes[N]>) => Promise<Result<RouteAnswer<Routes[N]>> | undefined>;
  /** For buttons that stay: one that goes away with its act must not announce that it works. */
  readonly pending: boolean;
  readonly refusal: Refusal | undefined;
  readonly forget: () => void;
}

/** An act of staff: sent, its refusal kept for the page, the board fetched anew whatever came. */
export function useAct<N extends keyof Routes & string>(name: N): Act<N> {
  const api = useDeskApi();
  const client = useQueryClient();
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const run = useCallback(
    async (parts: CallParts<Routes[N]>) => {
      if (pending) return undefined;
      setPending(true);
      setRefusal(undefined);
      const answer = await api.call(name, parts);
      setPending(false);
      if (!answer.ok) setRefusal(answer.refusal);
      void client.invalidateQueries({ queryKey: DESK_KEY });
      return answer;
    },
    [api, client, name, pending],
  );
  const forget = useCallback(() => {
    setRefusal(undefined);
  }, []);
  return { run, pending, refusal, forget };
}
