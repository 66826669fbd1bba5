import type {
  RouteAnswer,
  RouteBody,
  RouteParams,
  RouteQuery,
  RouteSpec,
  RouteTable,
} from '../../contract/http.ts';
import { Problem } from '../../contract/refusals.ts';

/** A browser without a window: keeps cookies, sends Origin, speaks a route table. */

export type ApiReply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly problem: Problem | undefined };

type Part<K extends string, V> = V extends undefined ? unknown : { readonly [P in K]: V };
export type CallParts<R extends RouteSpec> = Part<'params', RouteParams<R>> &
  Part<'query', RouteQuery<R>> &
  Part<'body', RouteBody<R>>;

export interface ApiClient<T extends RouteTable> {
  call<N extends keyof T & string>(name: N, parts: CallParts<T[N]>): Promise<ApiReply<RouteAnswer<T[N]>>>;
  /** The cookie header as it stands. */
  cookies(): string;
  setCookie(pair: string): void;
}

/** Rejects only when no answer came at all (network cut). Answers are parsed by their schema. */
export function createApiClient<T extends RouteTable>(base: string, routes: T): ApiClient<T> {
  const jar = new Map<string, string>();
  const cookies = (): string => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const setCookie = (pair: string): void => {
    const [name, ...value] = (pair.split(';')[0] ?? '').split('=');
    if (name !== undefined && name !== '') jar.set(name.trim(), value.join('='));
  };

  return {
    cookies,
    setCookie,
    call: async (name, parts) => {
      const route: RouteSpec | undefined = routes[name];
      if (route === undefined) throw new TypeError(`no route ${name}`);
      const given = parts as {
        params?: Record<string, unknown>;
        query?: Record<string, unknown>;
        body?: unknown;
      };
      const path = route.path.replace(/\{(\w+)\}/g, (_, key: string) =>
        encodeURIComponent(String(given.params?.[key])),
      );
      const query = new URLSearchParams(
        Object.entries(given.query ?? {}).map(([key, value]): [string, string] => [key, String(value)]),
      ).toString();
      const answer = await fetch(`${base}${path}${query === '' ? '' : `?${query}`}`, {
        method: route.method,
        headers: {
          origin: new URL(base).origin,
          ...(jar.size === 0 ? {} : { cookie: cookies() }),
          ...(given.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
      });
      for (const pair of answer.headers.getSetCookie()) setCookie(pair);
      const json: unknown = await answer.json();
      if (answer.status === 200) return { ok: true, value: route.answer.parse(json) as never };
      const problem = Problem.safeParse(json);
      return { ok: false, status: answer.status, problem: problem.success ? problem.data : undefined };
    },
  };
}

/** The value, or an Error that names the refusal. */
export async function expectOk<T>(reply: Promise<ApiReply<T>>): Promise<T> {
  const answer = await reply;
  if (answer.ok) return answer.value;
  throw new Error(
    `refused: ${String(answer.status)} ${answer.problem?.code ?? 'without problem details'} ${answer.problem?.detail ?? ''}`,
  );
}
