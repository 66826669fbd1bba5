import { createContext, use } from 'react';
import type { Refusal } from '../../contract/refusals.ts';
import { hallRoutes } from '../../contract/hall-api.ts';
import { createApi } from '../../ui/api/client.ts';
import type { Api } from '../../ui/api/client.ts';
import type { Activity } from './activity.ts';

export type DeskApi = Api<typeof hallRoutes>;

/** Requests of a desk nobody touches say so, and do not keep its session alive [CN11]. */
export function createDeskApi(activity: Pick<Activity, 'touched'>): DeskApi {
  return createApi(hallRoutes, () => (activity.touched() ? {} : { 'x-background': '1' }));
}

const ApiContext = createContext<DeskApi | undefined>(undefined);
export const DeskApiProvider = ApiContext.Provider;

export function useDeskApi(): DeskApi {
  const api = use(ApiContext);
  if (api === undefined) throw new Error('no DeskApiProvider above');
  return api;
}

/** A refusal on the way through react-query, which knows failures as errors only. */
export class RefusalError extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}
