import type { Transport, TransportListener, TransportState, WriteResult } from './transport.ts';

/** A line inside this process: the far end is a function. */
export interface MemoryTransport extends Transport {
  /** Bytes arriving from the far end. */
  feed(chunk: Uint8Array): void;
  unplug(reason: string): void;
  plug(): void;
  /** How often waiting bytes were taken back. */
  discards(): number;
}

/**
 * @param onWrite called with every written frame; may answer by `feed`, and may say how the write ended.
 */
export function createMemoryTransport(
  onWrite: (bytes: Uint8Array) => WriteResult | Promise<WriteResult>,
): MemoryTransport {
  let listener: TransportListener | undefined;
  let state: TransportState = { name: 'opening' };
  let discards = 0;
  let writes: Promise<unknown> = Promise.resolve();
  const become = (next: TransportState): void => {
    state = next;
    listener?.onState(next);
  };
  return {
    start: (to) => {
      listener = to;
      become({ name: 'open' });
    },
    write: (bytes) => {
      const mine = writes.then(() => (state.name === 'open' ? onWrite(bytes) : 'not-written'));
      writes = mine;
      return mine;
    },
    discard: () => {
      discards += 1;
    },
    state: () => state,
    stop: () => {
      become({ name: 'stopped' });
      return Promise.resolve();
    },
    feed: (chunk) => listener?.onBytes(chunk),
    unplug: (reason) => {
      become({ name: 'down', reason, retryInMs: 0 });
    },
    plug: () => {
      become({ name: 'open' });
    },
    discards: () => discards,
  };
}
