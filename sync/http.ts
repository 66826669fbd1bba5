import type { Millis } from '../contract/ports.ts';

/** The network as the agent sees it; tests give one that drops, delays and repeats. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Rejects when no whole answer came (refused, cut, aborted). */
export type HttpPort = (request: HttpRequest) => Promise<HttpAnswer>;

/** Central could not be reached or its answer was cut. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** Central answered, but not with what was asked for. */
export class CentralRefused extends Error {
  override readonly name = 'CentralRefused';
  readonly status: number;
  readonly code: string;
  readonly retryAfter: Millis | undefined;

  constructor(status: number, code: string, retryAfter: Millis | undefined) {
    super(`central answered ${String(status)} ${code}`);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** The real network: the runtime's own fetch. Redirects are refused, since the signature covers the path. */
export const fetchPort: HttpPort = async (request) => {
  const answer = await fetch(request.url, {
    method: request.method,
    headers: { ...request.headers },
    redirect: 'error',
    signal: request.signal,
    ...(request.body === undefined ? {} : { body: new Uint8Array(request.body) }),
  });
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: new Uint8Array(await answer.arrayBuffer()),
  };
};
