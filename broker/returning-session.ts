import { Readable } from 'node:stream';
import { SqlitePersistence } from './persistence.ts';
import type { StoredPacket } from './stored-packet.ts';

/** What is used here of the client aedes hands to its store. */
export interface ReturningClient {
  readonly id: string;
  readonly clean?: boolean;
  /** The number the next message gets that has none. */
  _nextId?: number;
  /** The highest count of each publisher that it was sent; aedes drops what is not above it. */
  readonly duplicates?: Record<string, number>;
}

/** Messages read from the queue and not yet given a number, by identity; and who waits for that. */
interface HandOver {
  readonly open: Set<string>;
  settled: () => void;
}

/**
 * The store as aedes is given it, with what a stored session is owed when it returns:
 * - what may have been sent before has the DUP flag (BR40);
 * - all that waited comes first and in its order, and a message that arrives meanwhile is read from the
 *   queue or delivered live, never both (BR48);
 * - new numbers begin after those still under way (BR49).
 *
 * Plain aedes delivers live while it empties the queue: one message went out under two numbers.
 */
export class ReturningSessions extends SqlitePersistence {
  readonly #caughtUp = new WeakSet<ReturningClient>();
  readonly #handOvers = new WeakMap<ReturningClient, HandOver>();

  /** Whether a live copy is to be left to the queue, which this client is still being sent. */
  leftToQueue(client: ReturningClient, packet: StoredPacket): boolean {
    return (
      client.clean === false &&
      packet.messageId === undefined &&
      !this.#caughtUp.has(client) &&
      this.queue.has(client.id, packet)
    );
  }

  override outgoingStream(client: ReturningClient): Readable {
    const last = this.queue.lastNumber(client.id);
    if (last !== undefined) client._nextId = last >= 65_535 ? 1 : last + 1;
    return Readable.from(this.#waiting(client));
  }

  override async outgoingUpdate(client: ReturningClient, packet: StoredPacket): Promise<void> {
    await super.outgoingUpdate(client, packet);
    const handOver = this.#handOvers.get(client);
    if (handOver === undefined || packet.cmd === 'pubrel') return;
    handOver.open.delete(keyOf(packet));
    if (handOver.open.size === 0) handOver.settled();
  }

  async *#waiting(client: ReturningClient): AsyncGenerator<StoredPacket> {
    const handOver: HandOver = { open: new Set(), settled: () => undefined };
    this.#handOvers.set(client, handOver);
    let after = 0;
    for (;;) {
      const page = this.queue.page(client.id, after);
      for (const { row, packet } of page) {
        after = row;
        if (packet.cmd !== 'pubrel') handOver.open.add(keyOf(packet));
        this.#countAsSent(client, packet);
        yield asResent(packet);
      }
      // What was read must be on its way before the next live message may be: the streams of aedes hold some back.
      if (handOver.open.size > 0)
        await new Promise<void>((resolve) => {
          handOver.settled = resolve;
        });
      else if (page.length === 0) break;
    }
    this.#handOvers.delete(client);
    this.#caughtUp.add(client);
  }

  /** A message is in the queue before its live copy is on its way: that one may come when the queue has sent it. */
  #countAsSent({ duplicates }: ReturningClient, { brokerId = '', brokerCounter = 0 }: StoredPacket): void {
    if (duplicates === undefined || !brokerId.startsWith(this.broker.id)) return;
    duplicates[brokerId] = Math.max(duplicates[brokerId] ?? 0, brokerCounter);
  }
}

function keyOf({ brokerId = '', brokerCounter = 0 }: StoredPacket): string {
  return `${brokerId} ${String(brokerCounter)}`;
}

/** A message that has a number was sent before, or may have been: clause 3.3.1.1 wants the flag on it. */
function asResent(packet: StoredPacket): StoredPacket {
  return packet.cmd === 'publish' && packet.messageId !== undefined ? { ...packet, dup: true } : packet;
}
