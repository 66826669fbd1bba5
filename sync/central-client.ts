import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { centralRoutes } from '../contract/central-api.ts';
import type { FactsResponse, WireFact } from '../contract/facts.ts';
import type { Checksums, FeedPage } from '../contract/feed.ts';
import type { Clock, Millis, Random, UnixMillis } from '../contract/ports.ts';
import { Problem } from '../contract/refusals.ts';
import { CentralRefused, Unreachable } from './http.ts';
import type { HttpAnswer, HttpPort } from './http.ts';
import { retryAfterMs } from './retry.rules.ts';
import { signRequest } from './signing.ts';
import type { SyncIdentity } from './signing.ts';

const compress = promisify(gzip);

/** Bodies above this many bytes travel compressed. */
const GZIP_FROM_BYTES = 1024;

export interface CentralClient {
  enrol(code: string): Promise<{ hall: number; keyId: string }>;
  feed(
    position: { feedEpoch: string; cursor: string },
    limit: number,
    waitSeconds: number,
  ): Promise<FeedPage>;
  snapshot(): Promise<FeedPage>;
  facts(epoch: number, facts: readonly WireFact[]): Promise<FactsResponse>;
  checksums(cursor: string): Promise<Checksums>;
  /** Cuts everything in flight; later calls reject [SN13]. */
  close(): void;
  /** Cuts everything in flight; later calls open new connections [SN10]. */
  reset(): void;
}

export interface ClientParts {
  readonly hall: number;
  readonly url: string;
  readonly http: HttpPort;
  readonly identity: SyncIdentity;
  readonly clock: Clock;
  readonly random: Random;
  /** Time from central's `Date` header and the round trip it took [SN14]. */
  readonly heardTime: (central: UnixMillis, roundTrip: Millis) => void;
}

const TIMEOUT_MS: Millis = 30_000;

/** Speaks sync protocol v1. Rejects with Unreachable or CentralRefused, nothing else. */
export function createCentralClient(parts: ClientParts): CentralClient {
  const base = parts.url.replace(/\/$/, '');
  const inFlight = new Set<AbortController>();
  let closed = false;

  async function send(
    method: 'GET' | 'POST',
    path: string,
    json: unknown,
    timeoutMs: Millis,
    signed: boolean,
  ): Promise<unknown> {
    if (closed) throw new Unreachable('the agent has stopped');
    const plain = json === undefined ? new Uint8Array(0) : new TextEncoder().encode(JSON.stringify(json));
    const packed = plain.length > GZIP_FROM_BYTES;
    const body = packed ? new Uint8Array(await compress(plain)) : plain;
    const url = base + path;
    const headers: Record<string, string> = {
      accept: 'application/json',
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(packed ? { 'content-encoding': 'gzip' } : {}),
    };
    const keyId = parts.identity.keyId();
    if (signed && keyId === undefined) throw new CentralRefused(401, 'not-enrolled', undefined);
    const finalHeaders =
      signed && keyId !== undefined
        ? await signRequest(
            { method, url, headers, body },
            parts.identity,
            keyId,
            parts.clock.now(),
            Buffer.from(parts.random.bytes(16)).toString('base64url'),
          )
        : headers;

    const abort = new AbortController();
    inFlight.add(abort);
    const cancel = parts.clock.after(timeoutMs, () => {
      abort.abort();
    });
    const startedAt = parts.clock.monotonic();
    let answer: HttpAnswer;
    try {
      answer = await parts.http({
        method,
        url,
        headers: finalHeaders,
        signal: abort.signal,
        ...(json === undefined ? {} : { body }),
      });
    } catch (error) {
      throw new Unreachable(error instanceof Error ? error.message : 'no answer', { cause: error });
    } finally {
      cancel();
      inFlight.delete(abort);
    }
    tellTime(answer, parts.clock.monotonic() - startedAt);
    return judge(answer, parts.clock.now());
  }

  function tellTime(answer: HttpAnswer, roundTrip: Millis): void {
    const at = Date.parse(answer.headers['date'] ?? '');
    if (Number.isFinite(at)) parts.heardTime(at, roundTrip);
  }

  const hallPath = `/sync/v1/halls/${String(parts.hall)}`;
  const cutAll = (): void => {
    for (const each of inFlight) each.abort();
  };

  return {
    enrol: async (code) =>
      centralRoutes.enrolHall.answer.parse(
        await send(
          'POST',
          centralRoutes.enrolHall.path,
          { code, publicKey: parts.identity.publicKey },
          TIMEOUT_MS,
          false,
        ),
      ),
    feed: async (position, limit, waitSeconds) => {
      const query = new URLSearchParams({
        feedEpoch: position.feedEpoch,
        cursor: position.cursor,
        limit: String(limit),
        wait: String(waitSeconds),
      });
      return centralRoutes.feed.answer.parse(
        await send(
          'GET',
          `${hallPath}/feed?${query.toString()}`,
          undefined,
          TIMEOUT_MS + waitSeconds * 1000,
          true,
        ),
      );
    },
    snapshot: async () =>
      centralRoutes.snapshot.answer.parse(
        await send('GET', `${hallPath}/snapshot`, undefined, TIMEOUT_MS * 4, true),
      ),
    facts: async (epoch, facts) =>
      centralRoutes.facts.answer.parse(
        await send('POST', `${hallPath}/facts`, { epoch, facts }, TIMEOUT_MS, true),
      ),
    checksums: async (cursor) =>
      centralRoutes.checksums.answer.parse(
        await send('GET', `${hallPath}/checksums?at=${cursor}`, undefined, TIMEOUT_MS, true),
      ),
    close: () => {
      closed = true;
      cutAll();
    },
    reset: cutAll,
  };
}

function judge(answer: HttpAnswer, now: UnixMillis): unknown {
  const text = new TextDecoder().decode(answer.body);
  if (answer.status === 200) {
    try {
      return JSON.parse(text);
    } catch (error) {
      // A captive portal or a cut answer: the next try will tell.
      throw new Unreachable('the answer is not JSON', { cause: error });
    }
  }
  throw new CentralRefused(
    answer.status,
    problemCode(text),
    retryAfterMs(answer.headers['retry-after'], now),
  );
}

function problemCode(text: string): string {
  try {
    const problem = Problem.safeParse(JSON.parse(text));
    return problem.success ? problem.data.code : 'no-problem-details';
  } catch (error) {
    return error instanceof SyntaxError ? 'not-json' : 'unreadable';
  }
}
