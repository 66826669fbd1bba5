import { z } from 'zod';
import { feedBodies } from '../../contract/feed.ts';
import type { Checksums, FeedPage } from '../../contract/feed.ts';
import { factBodies } from '../../contract/facts.ts';
import type { FactsRequest, FactsResponse } from '../../contract/facts.ts';
import type { Millis } from '../../contract/ports.ts';
import type { Result } from '../../contract/refusals.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Base } from '../base.ts';
import type { Notifier } from '../store/notifier.ts';
import type { Facts } from './facts.service.ts';

const PAGE = 500;
/** Another central on the same database may have written: its changes are found by looking. */
const LOOK_EVERY: Millis = 2_000;

export interface FeedWish {
  readonly feedEpoch?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
  /** Seconds to wait for a first change. */
  readonly wait?: number | undefined;
}

/** What halls ask of the sync protocol, once it is known who asks. */
export interface SyncApi {
  /** A page after the cursor; without changes it waits for one. `gone` (aborted) ends the waiting. */
  feed(hall: number, wish: FeedWish, gone: AbortSignal): Promise<Result<FeedPage>>;
  snapshot(hall: number): Promise<Result<FeedPage>>;
  facts(hall: number, request: FactsRequest): Promise<Result<FactsResponse>>;
  checksums(hall: number, at: string | undefined): Promise<Result<Checksums>>;
  head(hall: number): Promise<Result<{ epoch: number; ackedSeq: number; hash: string }>>;
  /** JSON Schemas of all fact and feed types. */
  readonly schemas: Readonly<Record<string, unknown>>;
}

export function createSyncApi(base: Base, facts: Facts, notifier: Notifier): SyncApi {
  const { clock, feed } = base;

  const pageOnce = async (hall: number, wish: FeedWish): Promise<Result<FeedPage>> => {
    const page = await feed.page(
      hall,
      { feedEpoch: wish.feedEpoch, cursor: Number(wish.cursor ?? '0') },
      wish.limit ?? PAGE,
    );
    if (page === 'gone') return refused('cursor-gone');
    return page === 'unknown-hall' ? refused('hall-unknown') : accepted(page);
  };

  return {
    feed: async (hall, wish, gone) => {
      const until = clock.monotonic() + (wish.wait ?? 0) * 1000;
      for (;;) {
        // Listening begins before looking: a change between the two is not missed.
        const waiting = createWait(notifier, hall, gone);
        const page = await pageOnce(hall, wish);
        const left = until - clock.monotonic();
        if (!page.ok || page.value.changes.length > 0 || left <= 0 || gone.aborted) {
          waiting.stop();
          return page;
        }
        const cancel = clock.after(Math.min(left, LOOK_EVERY), waiting.stop);
        await waiting.done;
        cancel();
      }
    },
    snapshot: async (hall) => {
      const snapshot = await feed.snapshot(hall);
      return snapshot === 'unknown-hall' ? refused('hall-unknown') : accepted(snapshot);
    },
    facts: (hall, request) => facts.receive(hall, request),
    checksums: async (hall, at) => {
      const found = await feed.checksums(hall, at === undefined ? undefined : Number(at));
      if (found === 'gone') return refused('cursor-gone');
      return found === 'unknown-hall' ? refused('hall-unknown') : accepted(found);
    },
    head: (hall) => facts.head(hall),
    schemas: {
      facts: schemasOf(factBodies),
      feed: schemasOf(feedBodies),
    },
  };
}

/** Ends at the hall's next change, when the asker is gone, or when told. */
function createWait(
  notifier: Notifier,
  hall: number,
  gone: AbortSignal,
): { readonly done: Promise<void>; readonly stop: () => void } {
  let stop = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    const forget = notifier.once(hall, () => {
      stop();
    });
    stop = () => {
      forget();
      gone.removeEventListener('abort', stop);
      resolve();
    };
    gone.addEventListener('abort', stop);
  });
  return { done, stop: () => stop() };
}

function schemasOf(bodies: Readonly<Record<string, z.ZodType>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(bodies).map(([type, schema]) => [
      type,
      z.toJSONSchema(schema, { unrepresentable: 'any', reused: 'inline' }),
    ]),
  );
}
