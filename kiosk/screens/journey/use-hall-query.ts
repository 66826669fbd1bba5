import { useQuery } from '@tanstack/react-query';
import type { hallRoutes, HallRouteName, LiveMessage } from '../../../contract/hall-api.ts';
import type { RouteAnswer } from '../../../contract/http.ts';
import type { Refusal } from '../../../contract/refusals.ts';
import type { CallParts } from '../../../ui/api/client.ts';
import { useJourney, useLive } from './journey-context.ts';

type Topic = Extract<LiveMessage, { type: 'changed' }>['topics'][number];

const REFRESH_MS = 15_000;

/** A refusal where react-query wants an exception. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

export interface HallQuery<T> {
  /** Newest answer; kept while a later one fails. */
  readonly data: T | undefined;
  readonly refusal: Refusal | undefined;
  readonly again: () => void;
}

/** Reads a route: at once, when the live view names one of `topics`, and every 15 s. */
export function useHallQuery<N extends HallRouteName>(
  name: N,
  parts: CallParts<(typeof hallRoutes)[N]>,
  topics: readonly Topic[] = [],
): HallQuery<RouteAnswer<(typeof hallRoutes)[N]>> {
  const { api } = useJourney();
  const { data, error, refetch } = useQuery({
    queryKey: [name, parts],
    retry: false,
    refetchInterval: REFRESH_MS,
    queryFn: async () => {
      const result = await api.call(name, parts);
      if (!result.ok) throw new Refused(result.refusal);
      return result.value;
    },
  });
  useLive((message) => {
    if (message.type === 'changed' && message.topics.some((topic) => topics.includes(topic))) void refetch();
  });
  return {
    data,
    refusal:
      error instanceof Refused ? error.refusal : error === null ? undefined : { code: 'part-unavailable' },
    again: () => void refetch(),
  };
}
