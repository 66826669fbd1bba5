import { centralRoutes } from '../../contract/central-api.ts';
import type { Refusal } from '../../contract/refusals.ts';
import { createApi } from '../../ui/api/client.ts';
import type { Api } from '../../ui/api/client.ts';

export type PhoneApi = Api<typeof centralRoutes>;

export function createPhoneApi(): PhoneApi {
  return createApi(centralRoutes);
}

/** A refusal on the way through react-query, which knows failures as errors only. */
export class RefusalError extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}
