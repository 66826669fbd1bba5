import { gunzipSync } from 'node:zlib';
import { factHash, FactsRequest, FIRST_PREV_HASH } from '../../contract/facts.ts';
import type { WireFact } from '../../contract/facts.ts';
import { checksumBuckets } from '../../contract/feed.ts';
import type { FeedChange } from '../../contract/feed.ts';
import type { HttpAnswer, HttpPort } from '../../sync/http.ts';

/**
 * The least central that keeps the protocol's promises, in memory, behind a network that a test
 * spoils. It shares no code with the real one; the real one is tested against the same agent.
 */
export interface CentralStandIn {
  readonly http: HttpPort;
  readonly facts: WireFact[];
  readonly requests: { method: string; path: string; headers: Readonly<Record<string, string>> }[];
  feed: FeedChange[];
  feedEpoch: string;
  /** What befalls each request before or after central has worked on it. */
  weather: (
    path: string,
  ) => 'fine' | 'lost-request' | 'lost-answer' | { status: number; code: string; retryAfter?: string };
  quarantine: (fact: WireFact) => boolean;
  /** Central answers but acknowledges nothing. */
  deaf: boolean;
  brokenChecksums: boolean;
  aborted: number;
}

export function createCentralStandIn(hall: number, now: () => number): CentralStandIn {
  const json = (status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
    status,
    headers: { date: new Date(now()).toUTCString(), ...headers },
    body: new TextEncoder().encode(JSON.stringify(body)),
  });
  const problem = (status: number, code: string, retryAfter?: string): HttpAnswer =>
    json(
      status,
      { type: `urn:union-hall:refusal:${code}`, title: code, status, code, actor: 'retry' },
      retryAfter === undefined ? {} : { 'retry-after': retryAfter },
    );
  let enrolled = false;

  function takeFacts(body: Uint8Array, packed: boolean): HttpAnswer {
    const text = new TextDecoder().decode(packed ? gunzipSync(body) : body);
    const request = FactsRequest.parse(JSON.parse(text));
    if (central.deaf) return json(200, { ackedSeq: central.facts.length, results: [] });
    const results = [];
    for (const fact of request.facts) {
      const known = central.facts[fact.seq - 1];
      if (known !== undefined) {
        if (known.id !== fact.id) return problem(409, 'chain-broken');
        results.push({ seq: fact.seq, status: 'duplicate' as const });
        continue;
      }
      const last = central.facts.at(-1);
      const prev = last === undefined ? FIRST_PREV_HASH : factHash(request.epoch, last);
      if (fact.seq !== central.facts.length + 1 || fact.prevHash !== prev)
        return problem(409, 'chain-broken');
      central.facts.push(fact);
      results.push(
        central.quarantine(fact)
          ? { seq: fact.seq, status: 'quarantined' as const, reason: 'not understood' }
          : { seq: fact.seq, status: 'accepted' as const },
      );
    }
    return json(200, { ackedSeq: central.facts.length, results });
  }

  function answer(
    url: URL,
    body: Uint8Array | undefined,
    headers: Readonly<Record<string, string>>,
  ): HttpAnswer {
    const base = `/sync/v1/halls/${String(hall)}`;
    const last = central.feed.at(-1)?.cursor ?? '0';
    switch (url.pathname) {
      case '/sync/v1/enrol':
        if (enrolled) return problem(403, 'enrol-code-wrong');
        enrolled = true;
        return json(200, { hall, keyId: 'key-of-hall' });
      case `${base}/facts`:
        return takeFacts(body ?? new Uint8Array(0), headers['content-encoding'] === 'gzip');
      case `${base}/snapshot`:
        return json(200, { feedEpoch: central.feedEpoch, changes: central.feed, next: last, more: false });
      case `${base}/feed`: {
        if (url.searchParams.get('feedEpoch') !== central.feedEpoch) return problem(410, 'cursor-gone');
        const cursor = BigInt(url.searchParams.get('cursor') ?? '0');
        const newer = central.feed.filter((change) => BigInt(change.cursor) > cursor);
        const page = newer.slice(0, 2);
        return json(200, {
          feedEpoch: central.feedEpoch,
          changes: page,
          next: page.at(-1)?.cursor ?? String(cursor),
          more: newer.length > page.length,
        });
      }
      case `${base}/checksums`: {
        const members = central.feed
          .filter((change) => change.op === 'put')
          .map(({ id, version }) => ({ id, version: version + (central.brokenChecksums ? 1 : 0) }));
        return json(200, {
          feedEpoch: central.feedEpoch,
          cursor: last,
          types: members.length === 0 ? {} : { member: checksumBuckets(members) },
        });
      }
      default:
        return problem(404, 'not-found');
    }
  }

  const central: CentralStandIn = {
    facts: [],
    requests: [],
    feed: [],
    feedEpoch: 'one',
    weather: () => 'fine',
    quarantine: () => false,
    deaf: false,
    brokenChecksums: false,
    aborted: 0,
    http: (request) => {
      const url = new URL(request.url);
      central.requests.push({ method: request.method, path: url.pathname, headers: request.headers });
      request.signal.addEventListener('abort', () => (central.aborted += 1));
      const weather = central.weather(url.pathname);
      if (weather === 'lost-request') return Promise.reject(new Error('connection refused'));
      if (typeof weather === 'object')
        return Promise.resolve(problem(weather.status, weather.code, weather.retryAfter));
      const reply = answer(url, request.body, request.headers);
      return weather === 'lost-answer'
        ? Promise.reject(new Error('connection reset'))
        : Promise.resolve(reply);
    },
  };
  return central;
}
