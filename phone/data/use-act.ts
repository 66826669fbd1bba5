import { useCallback, useRef, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { centralRoutes } from '../../contract/central-api.ts';
import type { RouteAnswer } from '../../contract/http.ts';
import type { Refusal, Result } from '../../contract/refusals.ts';
import type { CallParts } from '../../ui/api/client.ts';
import { usePhone } from './phone-context.ts';
import { CENTRAL_KEY } from './use-phone.ts';

type Routes = typeof centralRoutes;

export interface Act<N extends keyof Routes> {
  /** Sends once; while one is on its way a second press answers undefined. */
  readonly run: (parts: CallParts<Routes[N]>) => Promise<Result<RouteAnswer<Routes[N]>> | undefined>;
  readonly pending: boolean;
  readonly refusal: Refusal | undefined;
  readonly forget: () => void;
}

/** Something the member does: sent, its refusal kept for the page, everything asked anew whatever came. */
export function useAct<N extends keyof Routes & string>(name: N): Act<N> {
  const { api } = usePhone();
  const client = useQueryClient();
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const busy = useRef(false);
  const run = useCallback(
    async (parts: CallParts<Routes[N]>) => {
      if (busy.current) return undefined;
      busy.current = true;
      setPending(true);
      setRefusal(undefined);
      const answer = await api.call(name, parts);
      if (!answer.ok) setRefusal(answer.refusal);
      // The page shows the new state before the button comes back, also after a refusal [PP11].
      await client.invalidateQueries({ queryKey: [CENTRAL_KEY] });
      busy.current = false;
      setPending(false);
      return answer;
    },
    [api, client, name],
  );
  const forget = useCallback(() => {
    setRefusal(undefined);
  }, []);
  return { run, pending, refusal, forget };
}
