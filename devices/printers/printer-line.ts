import type { CancelTimer, Clock, Millis, UnixMillis } from '../../contract/ports.ts';
import type { PrinterDefinition } from '../definitions/definition.ts';
import type { LineResult } from '../drivers/lock-line.ts';
import type { Transport, TransportState, WriteResult } from '../transports/transport.ts';
import {
  CLEAR_BUFFER,
  conditionOf,
  faultOf,
  isEndMark,
  isStatus,
  statusRequest,
  type PrinterCondition,
  type StatusKind,
} from './escpos-status.rules.ts';

export interface PrinterStats {
  readonly printed: number;
  readonly failed: number;
  /** Bytes that answered nothing we asked. */
  readonly strayBytes: number;
}

/** One printer on its line: slips one after another, each printed once or reported [DV23]. */
export interface PrinterLine {
  start(): void;
  /** Prints the bytes of one slip unless `expiresAt` has passed when its turn comes. */
  print(bytes: Uint8Array, expiresAt: UnixMillis): Promise<LineResult>;
  condition(): PrinterCondition;
  stats(): PrinterStats;
  stop(): Promise<void>;
}

interface Waiter {
  readonly fits: (byte: number) => boolean;
  end(byte: number | undefined): void;
}

interface Expected {
  readonly byte: Promise<number | undefined>;
  forget(): void;
}

/** @param onCondition called when the line opened or was lost and whenever paper, cover or error changed */
export function createPrinterLine(parts: {
  readonly transport: Transport;
  readonly definition: PrinterDefinition;
  readonly clock: Clock;
  onCondition(line: TransportState): void;
}): PrinterLine {
  const { transport, definition, clock } = parts;
  const { timings } = definition;
  const answers = definition.status === 'real-time';
  const waiters = new Set<Waiter>();
  const counts = { printed: 0, failed: 0, strayBytes: 0 };
  let condition: PrinterCondition = { paper: 'unknown', cover: 'unknown' };
  let turns: Promise<unknown> = Promise.resolve();
  let cancelPoll: CancelTimer = () => undefined;
  let stopped = false;
  // True from the start: an earlier run may have left a slip in a printer that stands still for want of paper.
  let owesClear = answers;
  const isOpen = (): boolean => transport.state().name === 'open';

  function become(next: PrinterCondition): void {
    const changed =
      next.paper !== condition.paper || next.cover !== condition.cover || next.error !== condition.error;
    condition = next;
    if (changed) parts.onCondition(transport.state());
  }

  /** Waits for a byte that fits; undefined after `ms`, when the line is lost, or once nobody waits for it any more. */
  function heard(fits: (byte: number) => boolean, ms: Millis): Expected {
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const cancel = clock.after(ms, () => {
      waiter.end(undefined);
    });
    const waiter: Waiter = {
      fits,
      end: (byte) => {
        cancel();
        waiters.delete(waiter);
        resolve(byte);
      },
    };
    waiters.add(waiter);
    return {
      byte: promise,
      forget: () => {
        waiter.end(undefined);
      },
    };
  }

  async function ask(kind: StatusKind): Promise<number | undefined> {
    for (let attempt = 0; attempt < 2 && isOpen(); attempt += 1) {
      const answer = heard(isStatus, timings.statusTimeoutMs);
      // Not awaited for its bytes: a printer that takes nothing any more must not hold up the timeout.
      void transport.write(statusRequest(kind));
      const byte = await answer.byte;
      if (byte !== undefined) return byte;
    }
    return undefined;
  }

  /** One look at paper, cover and errors; the condition says what was seen. False when the printer gave no answer. */
  async function look(): Promise<boolean> {
    await clear();
    const paper = await ask(4);
    const cause = paper === undefined ? undefined : await ask(2);
    if (paper === undefined || cause === undefined) {
      become({ paper: 'unknown', cover: 'unknown', error: isOpen() ? 'no-answer' : 'line-down' });
      return false;
    }
    const error = (cause & 0x40) === 0 ? undefined : await ask(3);
    become(conditionOf({ paper, cause, error }));
    return true;
  }

  /** Slips and looks take turns: an answer always belongs to the question before it. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turns.then(work);
    turns = mine.catch(() => undefined);
    return mine;
  }

  async function printNow(bytes: Uint8Array, expiresAt: UnixMillis): Promise<LineResult> {
    if (!isOpen()) return { outcome: 'failed', reason: 'line-down' };
    if (answers) {
      const answered = await look();
      if (!answered) return { outcome: 'failed', reason: isOpen() ? 'printer-error' : 'line-down' };
      const fault = faultOf(condition);
      if (fault !== undefined) return { outcome: 'failed', reason: fault };
    }
    if (clock.now() >= expiresAt) return { outcome: 'refused', reason: 'expired' };
    const until = clock.monotonic() + timings.printTimeoutMs;
    // Expected before the first byte goes out: a fast printer may answer while the last ones still leave.
    const end = answers ? heard(isEndMark, timings.printTimeoutMs) : undefined;
    try {
      const written = await writeWithin(bytes, timings.printTimeoutMs);
      if (written === 'not-written') return { outcome: 'failed', reason: 'line-down' };
      if (written === 'stuck') transport.discard();
      if (written !== 'written')
        return await giveUp({ outcome: 'unknown', ...(isOpen() ? {} : { reason: 'line-down' }) });
      return end === undefined ? { outcome: 'done' } : await watchTheEnd(end.byte, until);
    } finally {
      // The end of a slip that was given up must never be taken for the end of the next one.
      end?.forget();
    }
  }

  /** The slip is out when the end mark comes back; until then paper, cover and errors are watched. */
  async function watchTheEnd(end: Promise<number | undefined>, until: number): Promise<LineResult> {
    let ended = false;
    const marked = end.then((byte) => {
      ended = byte !== undefined;
    });
    const seen = (): boolean => ended;
    for (;;) {
      await Promise.race([marked, pause(Math.min(timings.printPollMs, until - clock.monotonic()))]);
      // A stray byte can look like the mark: it counts only from a printer that still answers.
      if (seen()) return (await look()) ? { outcome: 'done' } : giveUp({ outcome: 'unknown' });
      if (!isOpen()) return giveUp({ outcome: 'unknown', reason: 'line-down' });
      const answered = await look();
      const fault = faultOf(condition);
      // The mark may have come during the look: then the slip is complete, whatever ran out after it.
      if (seen()) return answered || (await look()) ? { outcome: 'done' } : giveUp({ outcome: 'unknown' });
      if (answered && fault !== undefined) return giveUp({ outcome: 'failed', reason: fault });
      if (clock.monotonic() >= until) return giveUp({ outcome: 'unknown' });
    }
  }

  function writeWithin(bytes: Uint8Array, ms: number): Promise<WriteResult | 'stuck'> {
    return new Promise((resolve) => {
      const cancel = clock.after(ms, () => {
        resolve('stuck');
      });
      void transport.write(bytes).then((result) => {
        cancel();
        resolve(result);
      });
    });
  }

  /** What is left of an ended slip must not come out for the next person, here or in the printer [DV24]. */
  async function giveUp(result: LineResult): Promise<LineResult> {
    owesClear = answers;
    await clear();
    return result;
  }

  /** Empties the printer's buffer where that is still owed; tried again before the next look. */
  async function clear(): Promise<void> {
    if (!owesClear || !isOpen()) return;
    if ((await writeWithin(CLEAR_BUFFER, timings.statusTimeoutMs)) === 'written') owesClear = false;
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      clock.after(Math.max(0, ms), resolve);
    });
  }

  function poll(): void {
    cancelPoll();
    if (stopped || !answers) return;
    cancelPoll = clock.after(timings.pollMs, () => {
      void inTurn(look).then(poll);
    });
  }

  return {
    start: () => {
      transport.start({
        onBytes: (chunk) => {
          for (const byte of chunk) {
            const waiter = [...waiters].find((each) => each.fits(byte));
            if (waiter === undefined) counts.strayBytes += 1;
            else waiter.end(byte);
          }
        },
        onState: (state) => {
          if (state.name === 'open') {
            become({ paper: 'unknown', cover: 'unknown' });
            if (answers) void inTurn(look).then(poll);
          } else {
            for (const waiter of [...waiters]) waiter.end(undefined);
            if (state.name === 'down') become({ paper: 'unknown', cover: 'unknown', error: 'line-down' });
          }
          parts.onCondition(state);
        },
      });
    },
    print: (bytes, expiresAt) =>
      inTurn(async () => {
        const result = await printNow(bytes, expiresAt);
        if (result.outcome === 'done') counts.printed += 1;
        else counts.failed += 1;
        return result;
      }),
    condition: () => condition,
    stats: () => ({ ...counts }),
    stop: async () => {
      stopped = true;
      cancelPoll();
      await transport.stop();
    },
  };
}
