import type { CancelTimer, Clock, Millis, Random } from '../../contract/ports.ts';
import type { Transport, TransportListener, TransportState, WriteResult } from './transport.ts';

/** One opened line, until it closes. */
export interface Port {
  /** Resolves when the bytes are out; rejects when the line broke or they were taken back. */
  write(bytes: Uint8Array): Promise<void>;
  discard(): void;
  close(): Promise<void>;
}

export interface PortEvents {
  onBytes(chunk: Uint8Array): void;
  /** Called once, with the reason, when the line is gone. */
  onClosed(reason: string): void;
}

export type OpenPort = (events: PortEvents) => Promise<Port>;

const FIRST_RETRY_MS: Millis = 100;
const LONGEST_RETRY_MS: Millis = 5_000;

/**
 * A transport that opens its port again after every loss, with growing, jittered waits [DV9].
 * A write while the line is down is answered `not-written` at once: nothing is kept for later.
 */
export function createReopeningTransport(open: OpenPort, clock: Clock, random: Random): Transport {
  let listener: TransportListener | undefined;
  let state: TransportState = { name: 'opening' };
  let port: Port | undefined;
  let failures = 0;
  let cancelRetry: CancelTimer = () => undefined;
  let writes: Promise<unknown> = Promise.resolve();
  // Read through a function: stopping may happen during any await.
  const stopped = (): boolean => state.name === 'stopped';

  function become(next: TransportState): void {
    state = next;
    listener?.onState(next);
  }

  function lost(reason: string): void {
    port = undefined;
    if (stopped()) return;
    const retryInMs =
      Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10)) *
      (0.5 + random.fraction() / 2);
    failures += 1;
    become({ name: 'down', reason, retryInMs });
    cancelRetry = clock.after(retryInMs, () => {
      void connect();
    });
  }

  async function connect(): Promise<void> {
    if (stopped()) return;
    if (failures === 0) become({ name: 'opening' });
    let closed: string | undefined;
    let mine: Port | undefined;
    try {
      mine = await open({
        onBytes: (chunk) => {
          if (!stopped()) listener?.onBytes(chunk);
        },
        onClosed: (reason) => {
          closed = reason;
          if (mine !== undefined && mine === port) lost(reason);
        },
      });
    } catch (error) {
      lost(error instanceof Error ? error.message : String(error));
      return;
    }
    if (stopped()) {
      await mine.close();
      return;
    }
    if (closed !== undefined) {
      lost(closed);
      return;
    }
    port = mine;
    failures = 0;
    become({ name: 'open' });
  }

  async function writeNow(bytes: Uint8Array): Promise<WriteResult> {
    const now = port;
    if (now === undefined) return 'not-written';
    try {
      await now.write(bytes);
      return 'written';
    } catch {
      // The reason reaches the operator through the state; the caller only needs to know that it is unsure.
      return 'interrupted';
    }
  }

  return {
    start: (to) => {
      listener = to;
      void connect();
    },
    write: (bytes) => {
      const mine = writes.then(() => writeNow(bytes));
      writes = mine;
      return mine;
    },
    discard: () => port?.discard(),
    state: () => state,
    stop: async () => {
      if (stopped()) return;
      become({ name: 'stopped' });
      cancelRetry();
      await port?.close();
      port = undefined;
    },
  };
}
