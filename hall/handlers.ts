import type { HallRouteName, hallRoutes } from '../contract/hall-api.ts';
import type { RouteAnswer, RouteBody, RouteParams, RouteQuery } from '../contract/http.ts';
import type { Result } from '../contract/refusals.ts';

/** Who calls, as proved by the cookie: kiosks and staff never say who they are. */
export type Caller =
  | { readonly kind: 'kiosk'; readonly id: string }
  | { readonly kind: 'staff'; readonly name: string; readonly role: 'clerk' | 'manager' }
  | { readonly kind: 'none' };

export interface Call<N extends HallRouteName> {
  readonly params: RouteParams<(typeof hallRoutes)[N]>;
  readonly query: RouteQuery<(typeof hallRoutes)[N]>;
  readonly body: RouteBody<(typeof hallRoutes)[N]>;
  readonly caller: Caller;
}

/** One handler a route. A refusal is an answer; a throw is a defect and becomes a 500 that says so. */
export type HallHandlers = {
  readonly [N in HallRouteName]: (
    call: Call<N>,
  ) => Result<RouteAnswer<(typeof hallRoutes)[N]>> | Promise<Result<RouteAnswer<(typeof hallRoutes)[N]>>>;
};
