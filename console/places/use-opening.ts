import { useQuery } from '@tanstack/react-query';
import type { DoorCommandView } from '../../contract/hall-api.ts';
import { RefusalError, useDeskApi } from '../board/desk-api.ts';

const FOLLOW_MS = 700;

/** Follows one opening until it has ended; `opened` may still become `closed`, which the board shows. */
export function useOpening(commandId: string | undefined): DoorCommandView | undefined {
  const api = useDeskApi();
  const query = useQuery<DoorCommandView, RefusalError>({
    queryKey: ['door-command', commandId],
    enabled: commandId !== undefined,
    queryFn: async () => {
      const answer = await api.call('doorCommand', { params: { id: commandId ?? '' } });
      if (!answer.ok) throw new RefusalError(answer.refusal);
      return answer.value;
    },
    refetchInterval: (state) => (hasEnded(state.state.data?.state) ? false : FOLLOW_MS),
    retry: false,
  });
  return query.data;
}

export function hasEnded(state: DoorCommandView['state'] | undefined): boolean {
  switch (state) {
    case undefined:
    case 'intended':
    case 'sent':
      return false;
    case 'opened':
    case 'closed':
    case 'refused':
    case 'failed':
    case 'unknown':
      return true;
  }
}
