import { z } from 'zod';
import { FactsResponse, WireFact } from './facts.ts';
import { FeedPage } from './feed.ts';
import { SyncView } from './hall-api.ts';

/**
 * The wire between a hall and a sync process of its own (`npm run sync`): the ports of sync-ports.ts as one
 * JSON object a line over a Unix socket in the hall's data folder. The file's rights are the credential.
 */

export const SYNC_LINK_VERSION = 1;
/** Name of the socket in the hall's data folder. */
export const SYNC_SOCKET = 'sync.sock';
/** Longest line, in characters: a snapshot of a large hall fits many times. */
export const SYNC_LINE_LIMIT = 64 * 1024 * 1024;

const done = z.null();
const Applied = z.object({ applied: z.number().int(), parked: z.number().int() });

/** What the sync process may ask, with the answer to each. */
export const syncLinkMethods = {
  hello: {
    ask: z.strictObject({ version: z.number().int(), hall: z.number().int() }),
    answer: z.object({ publicKey: z.base64(), keyId: z.string().nullable() }),
  },
  head: {
    ask: z.strictObject({}),
    answer: z.object({ epoch: z.number().int(), seq: z.number().int(), hash: z.string() }),
  },
  pending: {
    ask: z.strictObject({ limit: z.number().int().min(1).max(1000) }),
    answer: z.object({ epoch: z.number().int(), facts: z.array(WireFact) }),
  },
  acknowledged: {
    ask: z.strictObject({ epoch: z.number().int().min(1), answer: FactsResponse }),
    answer: done,
  },
  waiting: {
    ask: z.strictObject({}),
    answer: z.object({
      count: z.number().int(),
      oldestAt: z.string().nullable(),
      quarantined: z.number().int(),
    }),
  },
  position: {
    ask: z.strictObject({}),
    answer: z.object({ feedEpoch: z.string(), cursor: z.string() }).nullable(),
  },
  apply: { ask: z.strictObject({ page: FeedPage }), answer: Applied },
  replace: { ask: z.strictObject({ snapshot: FeedPage }), answer: Applied },
  records: {
    ask: z.strictObject({}),
    answer: z.record(z.string(), z.array(z.object({ id: z.string(), version: z.number().int() }))),
  },
  /** Signs the signature base of one request to central; the key stays in the hall. */
  sign: { ask: z.strictObject({ message: z.base64() }), answer: z.object({ signature: z.base64() }) },
  enrolled: { ask: z.strictObject({ keyId: z.string().min(1).max(200) }), answer: done },
  report: {
    ask: z.strictObject({
      view: SyncView.omit({
        waitingFacts: true,
        oldestWaitingAt: true,
        quarantined: true,
        cursor: true,
      }),
    }),
    answer: done,
  },
  alarm: {
    ask: z.strictObject({
      kind: z.enum(['chain-broken', 'checksum-mismatch', 'stalled', 'clock-skew', 'enrolment']),
      detail: z.string(),
    }),
    answer: done,
  },
  heardTime: { ask: z.strictObject({ central: z.number(), roundTrip: z.number() }), answer: done },
} as const;

export type SyncLinkMethod = keyof typeof syncLinkMethods;
export type SyncLinkAsk<M extends SyncLinkMethod> = z.infer<(typeof syncLinkMethods)[M]['ask']>;
export type SyncLinkAnswer<M extends SyncLinkMethod> = z.infer<(typeof syncLinkMethods)[M]['answer']>;

/** Sync process -> hall. */
export const SyncLinkRequest = z.strictObject({
  id: z.number().int().min(1),
  method: z.enum(Object.keys(syncLinkMethods) as [SyncLinkMethod, ...SyncLinkMethod[]]),
  ask: z.unknown(),
});

/** Hall -> sync process: answers, and news that need no answer (`facts`: one was committed; `now`: staff want it tried). */
export const SyncLinkMessage = z.union([
  z.strictObject({ id: z.number().int(), answer: z.unknown() }),
  z.strictObject({ id: z.number().int(), refused: z.string() }),
  z.strictObject({ news: z.enum(['facts', 'now']) }),
]);
export type SyncLinkMessage = z.infer<typeof SyncLinkMessage>;
