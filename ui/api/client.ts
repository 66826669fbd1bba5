import type {
  RouteAnswer,
  RouteBody,
  RouteParams,
  RouteQuery,
  RouteSpec,
  RouteTable,
} from '../../contract/http.ts';
import { Problem, refused } from '../../contract/refusals.ts';
import type { Refusal, Result } from '../../contract/refusals.ts';

/** What a page calls its server with: the route table says what goes out and what comes back. */

type Part<K extends string, V> = V extends undefined ? unknown : { readonly [P in K]: V };
export type CallParts<R extends RouteSpec> = Part<'params', RouteParams<R>> &
  Part<'query', RouteQuery<R>> &
  Part<'body', RouteBody<R>>;

export interface Api<T extends RouteTable> {
  /** Never rejects: a dead network or an unreadable answer is the refusal `part-unavailable`. */
  call<N extends keyof T & string>(name: N, parts: CallParts<T[N]>): Promise<Result<RouteAnswer<T[N]>>>;
}

/**
 * Same-origin client; the identity is the HttpOnly cookie, which this code never sees.
 * @param extraHeaders asked at every call, e.g. `{'x-background': '1'}` while nobody touches the page
 */
export function createApi<T extends RouteTable>(
  routes: T,
  extraHeaders: () => Readonly<Record<string, string>> = () => ({}),
): Api<T> {
  return {
    call: async (name, parts) => {
      const route: RouteSpec | undefined = routes[name];
      if (route === undefined) return refused('bad-request');
      const given = parts as {
        params?: Record<string, unknown>;
        query?: Record<string, unknown>;
        body?: unknown;
      };
      try {
        const answer = await fetch(address(route, given), {
          method: route.method,
          credentials: 'same-origin',
          cache: 'no-store',
          ...(given.body === undefined
            ? { headers: extraHeaders() }
            : {
                headers: { ...extraHeaders(), 'content-type': 'application/json' },
                body: JSON.stringify(given.body),
              }),
        });
        const json: unknown = await answer.json();
        if (answer.status === 200) {
          const value = route.answer.safeParse(json);
          return value.success ? { ok: true, value: value.data as never } : refused('part-unavailable');
        }
        const problem = Problem.safeParse(json);
        return problem.success
          ? { ok: false, refusal: toRefusal(problem.data) }
          : refused('part-unavailable');
      } catch {
        // Network down, server restarting, or not JSON: for the person it is one thing, and the page tries again.
        return refused('part-unavailable');
      }
    },
  };
}

function address(
  route: RouteSpec,
  given: { params?: Record<string, unknown>; query?: Record<string, unknown> },
): string {
  const path = route.path.replace(/\{(\w+)\}/g, (_, key: string) =>
    encodeURIComponent(String(given.params?.[key])),
  );
  const query = new URLSearchParams(
    Object.entries(given.query ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();
  return query === '' ? path : `${path}?${query}`;
}

function toRefusal(problem: Problem): Refusal {
  return {
    code: problem.code,
    ...(problem.params === undefined ? {} : { params: problem.params }),
    ...(problem.fields === undefined ? {} : { fields: problem.fields }),
  };
}
