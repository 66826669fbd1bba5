/** The package's asynchronous memory store has types, but not where the compiler looks for them. */
declare module 'aedes-persistence/asyncPersistence.js' {
  import type { Readable } from 'node:stream';

  export interface StoredSubscription {
    topic: string;
    qos: number;
    rh?: number;
    rap?: boolean;
    nl?: boolean;
    subscriptionIdentifier?: number;
  }

  // eslint-disable-next-line no-restricted-syntax -- this is how the package exports it
  export default class MemoryPersistence {
    setup(broker: unknown): Promise<void>;
    storeRetained(packet: object): Promise<void>;
    createRetainedStream(pattern: string): Readable;
    createRetainedStreamCombi(patterns: readonly string[]): Readable;
    addSubscriptions(client: { id: string }, subs: readonly StoredSubscription[]): Promise<void>;
    removeSubscriptions(client: { id: string }, topics: readonly string[]): Promise<void>;
    subscriptionsByClient(client: { id: string }): Promise<StoredSubscription[]>;
    countOffline(): Promise<{ subsCount: number; clientsCount: number }>;
    subscriptionsByTopic(topic: string): Promise<(StoredSubscription & { clientId: string })[]>;
    cleanSubscriptions(client: { id: string }): Promise<void>;
    getClientList(topic: string): Readable;
  }
}
