import type { SyncView } from './hall-api.ts';
import type { FeedPage } from './feed.ts';
import type { FactsResponse, WireFact } from './facts.ts';

/**
 * What the sync agent needs from a hall, whether it runs inside the hall's process or
 * beside it. The hall implements them over its store; every method is one transaction.
 */

type Maybe<T> = T | Promise<T>;

export interface OutboxPort {
  /** The newest fact recorded here: epoch, its seq (0 = none) and hash. */
  head(): Maybe<{ epoch: number; seq: number; hash: string }>;
  /** Oldest facts not yet acknowledged, in order, of the present epoch or of an earlier one still waiting. */
  pending(limit: number): Maybe<{ epoch: number; facts: readonly WireFact[] }>;
  /** Marks facts up to `ackedSeq` of `epoch` as acknowledged and keeps quarantined ones for staff. */
  acknowledged(epoch: number, answer: FactsResponse): Maybe<void>;
  /** Facts waiting and since when, for people. */
  waiting(): Maybe<{ count: number; oldestAt: string | null; quarantined: number }>;
}

export interface InboxPort {
  /** Where the feed stands; undefined before the first snapshot. */
  position(): Maybe<{ feedEpoch: string; cursor: string } | undefined>;
  /** Applies a page and its cursor in one transaction. A change that does not parse is parked for staff, never dropped. */
  apply(page: FeedPage): Maybe<{ applied: number; parked: number }>;
  /** Replaces everything that came down before by a snapshot, in one transaction. */
  replace(snapshot: FeedPage): Maybe<{ applied: number; parked: number }>;
  /** Ids and versions of live records by type, for checksums. */
  records(): Maybe<Readonly<Record<string, readonly { id: string; version: number }[]>>>;
}

/** Where the agent tells how it is doing. */
export interface SyncReportPort {
  report(view: Omit<SyncView, 'waitingFacts' | 'oldestWaitingAt' | 'quarantined' | 'cursor'>): void;
  /** An alarm for staff: chain broken, checksum mismatch, stall. */
  alarm(
    kind: 'chain-broken' | 'checksum-mismatch' | 'stalled' | 'clock-skew' | 'enrolment',
    detail: string,
  ): void;
}
