import { useQueries } from '@tanstack/react-query';
import type { centralRoutes } from '../../contract/central-api.ts';
import type { RouteAnswer } from '../../contract/http.ts';
import type { Day } from '../../contract/time.ts';
import { RefusalError } from './phone-api.ts';
import { usePhone } from './phone-context.ts';
import { CENTRAL_KEY } from './use-phone.ts';

export type DayView = RouteAnswer<(typeof centralRoutes)['phoneDay']>;

export interface Days {
  readonly days: ReadonlyMap<number, DayView>;
  /** One of them could not be fetched, and there is nothing older to show. */
  readonly failed: boolean;
  readonly retry: () => void;
}

/** A day of each place, asked again every 15 s and after everything the member does. */
export function useDays(numbers: readonly number[], day: Day): Days {
  const { api } = usePhone();
  const answers = useQueries({
    queries: numbers.map((number) => ({
      queryKey: [CENTRAL_KEY, 'day', number, day],
      queryFn: async (): Promise<DayView> => {
        const answer = await api.call('phoneDay', { params: { number, day } });
        if (!answer.ok) throw new RefusalError(answer.refusal);
        return answer.value;
      },
      retry: false,
      networkMode: 'always' as const,
      refetchInterval: 15_000,
    })),
  });
  return {
    days: new Map(
      answers.flatMap(({ data }, index) => {
        const number = numbers[index];
        return data === undefined || number === undefined ? [] : [[number, data] as const];
      }),
    ),
    failed: answers.some(({ data, error }) => data === undefined && error !== null),
    retry: () => {
      for (const { refetch } of answers) void refetch();
    },
  };
}
