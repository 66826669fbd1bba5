import type { SyncView } from '../contract/hall-api.ts';
import type { Clock, Random, UnixMillis, Millis } from '../contract/ports.ts';
import type { InboxPort, OutboxPort, SyncReportPort } from '../contract/sync-ports.ts';
import { toInstant } from '../contract/time.ts';
import { createCentralClient } from './central-client.ts';
import { differingTypes } from './checksum.rules.ts';
import { CentralRefused, Unreachable } from './http.ts';
import type { HttpPort } from './http.ts';
import { startLane } from './lane.ts';
import type { Lane } from './lane.ts';
import type { SyncIdentity } from './signing.ts';

/** Facts in one upload, and feed changes in one page. */
const BATCH = 200;
const PAGE = 500;
/** No acknowledgement for this long while facts wait and central answers = stalled [SN10]. */
const STALL_MS: Millis = 5 * 60_000;

export interface AgentParts {
  readonly hall: number;
  readonly url: string;
  readonly enrolCode?: string;
  readonly maxBackoffMs: Millis;
  readonly waitSeconds: number;
  readonly checksumEveryMs: Millis;
  readonly outbox: OutboxPort;
  readonly inbox: InboxPort;
  readonly report: SyncReportPort;
  readonly identity: SyncIdentity;
  readonly clock: Clock;
  readonly random: Random;
  readonly http: HttpPort;
  readonly heardTime: (central: UnixMillis, roundTrip: Millis) => void;
}

export interface SyncAgent {
  /** A fact was committed: offer it at once. */
  factsWaiting(): void;
  /** Try now, whatever the back-off says. */
  now(): void;
  stop(): void;
}

type Contact = Pick<SyncView, 'central' | 'lastContactAt' | 'nextTryAt' | 'trouble'>;

/**
 * Starts carrying facts up and the feed down, forever. Network down is normal: it is shown,
 * retried with jitter, and loses nothing.
 */
export function startSyncAgent(parts: AgentParts): SyncAgent {
  const client = createCentralClient(parts);
  let stopped = false;
  let contact: Contact = { central: 'offline', lastContactAt: null, nextTryAt: null, trouble: null };
  let lastAckAt = parts.clock.monotonic();
  let stalled = false;
  let chainAlarmed = false;
  let lastCheckedAt: Millis | undefined;
  let enrolling: Promise<void> | undefined;

  function tell(change: Partial<Contact>): void {
    if (stopped) return;
    contact = { ...contact, ...change };
    parts.report.report(contact);
  }

  /** One lane got through: the other need not sit out its back-off. */
  function reached(lane: 'up' | 'down'): void {
    const wasAway = contact.central === 'offline';
    tell({
      central: stalled ? 'stalled' : 'online',
      lastContactAt: toInstant(parts.clock.now()),
      nextTryAt: null,
      trouble: null,
    });
    if (wasAway) (lane === 'up' ? down : up).poke(true);
  }

  /** [SN12] Both lanes may ask at once; the code works once, so they share one request. */
  function ensureEnrolled(): Promise<void> {
    if (parts.identity.keyId() !== undefined) return Promise.resolve();
    enrolling ??= enrol().finally(() => {
      enrolling = undefined;
    });
    return enrolling;
  }

  async function enrol(): Promise<void> {
    if (parts.enrolCode === undefined) throw new CentralRefused(401, 'not-enrolled', undefined);
    const { keyId } = await client.enrol(parts.enrolCode);
    await parts.identity.enrolled(keyId);
  }

  /** Offers the oldest facts; true when more wait. */
  async function push(): Promise<boolean> {
    await ensureEnrolled();
    const { epoch, facts } = await parts.outbox.pending(BATCH);
    if (facts.length === 0) {
      acknowledged();
      return false;
    }
    const answer = await client.facts(epoch, facts);
    await parts.outbox.acknowledged(epoch, answer);
    const first = facts[0]?.seq ?? 0;
    if (answer.ackedSeq >= first) acknowledged();
    else await watchStall();
    reached('up');
    return answer.ackedSeq >= first;
  }

  function acknowledged(): void {
    lastAckAt = parts.clock.monotonic();
    stalled = false;
    chainAlarmed = false;
  }

  /** [SN10] central answers but acknowledges nothing. */
  async function watchStall(): Promise<void> {
    if (parts.clock.monotonic() - lastAckAt < STALL_MS || stalled) return;
    stalled = true;
    client.reset();
    const { count } = await parts.outbox.waiting();
    parts.report.alarm('stalled', `${String(count)} facts wait and central acknowledges none`);
  }

  /** Fetches one page or the snapshot; always true: the feed is asked again at once, it waits at central. */
  async function pull(): Promise<boolean> {
    await ensureEnrolled();
    const position = await parts.inbox.position();
    if (position === undefined) {
      await replaceAll();
      return true;
    }
    try {
      const startedAt = parts.clock.monotonic();
      const page = await client.feed(position, PAGE, parts.waitSeconds);
      if (page.feedEpoch !== position.feedEpoch) {
        await replaceAll();
        return true;
      }
      const moved = page.changes.length > 0 || page.next !== position.cursor;
      if (moved) await parts.inbox.apply(page);
      reached('down');
      if (!page.more) await compareChecksums();
      // A central that does not wait must not make us spin.
      return page.more || moved || parts.clock.monotonic() - startedAt >= 250;
    } catch (error) {
      if (error instanceof CentralRefused && error.status === 410) {
        await replaceAll();
        return true;
      }
      throw error;
    }
  }

  async function replaceAll(): Promise<void> {
    const snapshot = await client.snapshot();
    await parts.inbox.replace(snapshot);
    reached('down');
  }

  /** [SN11] */
  async function compareChecksums(): Promise<void> {
    const now = parts.clock.monotonic();
    if (lastCheckedAt !== undefined && now - lastCheckedAt < parts.checksumEveryMs) return;
    const position = await parts.inbox.position();
    if (position === undefined) return;
    const theirs = await client.checksums(position.cursor);
    if (theirs.cursor !== position.cursor || theirs.feedEpoch !== position.feedEpoch) return;
    lastCheckedAt = now;
    const differing = differingTypes(theirs, await parts.inbox.records());
    if (differing.length === 0) return;
    parts.report.alarm('checksum-mismatch', differing.join(', '));
    await replaceAll();
  }

  /** Tells people, and says how long this lane should at least wait. */
  function failed(error: unknown, waitMs: Millis): Millis {
    const nextTryAt = (wait: Millis): string => toInstant(parts.clock.now() + wait);
    if (error instanceof CentralRefused) {
      const chain = error.code === 'chain-broken';
      const wait =
        chain || error.code === 'not-enrolled' || error.code === 'enrol-code-wrong'
          ? parts.maxBackoffMs
          : waitMs;
      if (chain && !chainAlarmed) {
        chainAlarmed = true;
        parts.report.alarm('chain-broken', error.message);
      }
      if (error.code === 'clock-skew') parts.report.alarm('clock-skew', error.message);
      if (error.code === 'enrol-code-wrong') parts.report.alarm('enrolment', error.message);
      const serverTrouble = error.status >= 500 || error.status === 429;
      tell({
        central: serverTrouble ? 'offline' : 'refused',
        nextTryAt: nextTryAt(wait),
        trouble: error.code,
      });
      return wait;
    }
    // A failed local transaction is as retryable as the network, but people must see which it is.
    const trouble = error instanceof Unreachable ? null : error instanceof Error ? error.message : 'unknown';
    tell({ central: 'offline', nextTryAt: nextTryAt(waitMs), trouble });
    return waitMs;
  }

  const lane = (work: () => Promise<boolean>, idleMs: Millis): Lane =>
    startLane({
      work,
      idleMs,
      failed,
      clock: parts.clock,
      random: parts.random,
      longestMs: parts.maxBackoffMs,
    });
  const up = lane(push, 5000);
  const down = lane(pull, 1000);

  return {
    factsWaiting: () => {
      up.poke(false);
    },
    now: () => {
      up.poke(true);
      down.poke(true);
    },
    stop: () => {
      stopped = true;
      up.stop();
      down.stop();
      client.close();
    },
  };
}
