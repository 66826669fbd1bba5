import type { UnixMillis } from '../contract/ports.ts';
import type { DeferredWrites } from './commit-group.ts';
import type { BrokerLimits } from './limits.ts';
import { QueueRows } from './queue-rows.ts';
import type { BrokerDatabase } from './store.ts';
import { storedPayload } from './stored-packet.ts';
import type { StoredPacket } from './stored-packet.ts';

type Bounds = Pick<BrokerLimits, 'queueMessages' | 'queueBytes' | 'queueAge'>;

/** Bodies of the newest messages kept in memory: most are acknowledged before anybody needs the file. */
const HELD_BYTES = 8 * 1024 * 1024;

interface Message {
  readonly seq: number;
  /** Under which identity aedes speaks of it; undefined = none. */
  readonly identity: { readonly of: Map<number, Message>; readonly number: number } | undefined;
  readonly bytes: number;
  readonly at: UnixMillis;
  /** In memory until it is in the file, and a while longer. */
  packet: StoredPacket | undefined;
  stored: boolean;
  readonly waiting: Waiting[];
  /** How many of them still wait. */
  left: number;
}

/** One client's copy. */
interface Waiting {
  readonly message: Message;
  readonly clientId: string;
  /** Under which it was sent. */
  number: number | undefined;
  /** QoS 2: received; only PUBREL is still to be acknowledged. */
  released: boolean;
  gone: boolean;
}

interface ClientQueue {
  /** By rising row, which is the order of sending. */
  readonly copies: Map<number, Waiting>;
  /** The oldest copy under each number. */
  readonly byNumber: Map<number, Waiting>;
  /** Whether two copies ever had one number at a time: it came round again before the first was acknowledged. */
  collided: boolean;
  bytes: number;
}

/**
 * Messages on their way to clients with a stored session, oldest first, bounded per client by
 * count, bytes and age. A message is in a queue once, however many of the client's filters match.
 *
 * Who is owed what is held in memory and written at each commit, one row for each message that changed
 * since the last: a hundred receivers who acknowledge in that time cost one row, not a hundred (BR51).
 */
export class OfflineQueue implements DeferredWrites {
  readonly #bounds: Bounds;
  readonly #dropped: (clientId: string, messages: number) => void;
  readonly #rows: QueueRows;
  readonly #clients = new Map<string, ClientQueue>();
  readonly #identities = new Map<string, Map<number, Message>>();
  readonly #messages = new Map<number, Message>();
  /** Changed since the last commit. */
  #changed = new Set<Message>();
  /** In the file and in memory, oldest first. */
  readonly #held = new Set<Message>();
  #heldBytes = 0;
  #lastSeq = 0;

  constructor(db: BrokerDatabase, bounds: Bounds, dropped: (clientId: string, messages: number) => void) {
    this.#bounds = bounds;
    this.#dropped = dropped;
    this.#rows = new QueueRows(db);
    for (const head of this.#rows.heads()) {
      const message = this.#message(head.seq, head, head.bytes, head.at);
      message.stored = true;
      this.#lastSeq = head.seq;
      for (const [clientId, number, released] of head.owed) {
        const copy = this.#append(message, clientId);
        copy.released = released;
        if (number !== null) this.#setNumber(copy, number);
      }
    }
  }

  /** Puts a message at the end of each client's queue; the oldest give way when one is full. */
  add(clientIds: Iterable<string>, packet: StoredPacket, now: UnixMillis): void {
    const { brokerId, brokerCounter, topic } = packet;
    let message = this.#find(packet);
    if (message === undefined) {
      const bytes = storedPayload(packet.payload).payload.length + (topic?.length ?? 0) + 64;
      message = this.#message(this.#lastSeq + 1, { brokerId, brokerCounter }, bytes, now);
      message.packet = kept(packet);
      this.#lastSeq += 1;
    }
    this.#changed.add(message);
    for (const clientId of clientIds) {
      if (this.#clients.get(clientId)?.copies.has(message.seq) === true) continue;
      this.#append(message, clientId);
      this.#shrink(clientId, now);
    }
  }

  /** Remembers under which message id a queued message went out, or that a QoS 2 one was received. */
  update(clientId: string, packet: StoredPacket): void {
    const queue = this.#clients.get(clientId);
    if (packet.cmd === 'pubrel') {
      const copy = packet.messageId === undefined ? undefined : queue?.byNumber.get(packet.messageId);
      if (copy === undefined) return;
      copy.released = true;
      this.#changed.add(copy.message);
      return;
    }
    const message = this.#find(packet);
    const copy = message && queue?.copies.get(message.seq);
    if (copy === undefined || copy.released || copy.number === packet.messageId) return;
    this.#setNumber(copy, packet.messageId);
    this.#changed.add(copy.message);
  }

  /** Removes what the client acknowledged and returns it. */
  acknowledge(clientId: string, messageId: number): StoredPacket | undefined {
    const copy = this.#clients.get(clientId)?.byNumber.get(messageId);
    if (copy === undefined) return undefined;
    const packet = this.#packetOf(copy);
    this.#remove(copy);
    return packet;
  }

  /** The queue as it is while it is read, a page at a time. */
  *read(clientId: string): Generator<StoredPacket> {
    let after = 0;
    for (;;) {
      const page = this.page(clientId, after);
      for (const { row, packet } of page) {
        after = row;
        yield packet;
      }
      if (page.length === 0) return;
    }
  }

  /** The next messages behind a row, at most 64; 0 begins. */
  page(clientId: string, after: number): { row: number; packet: StoredPacket }[] {
    const page: { row: number; packet: StoredPacket }[] = [];
    for (const [row, copy] of this.#clients.get(clientId)?.copies ?? []) {
      if (row <= after) continue;
      page.push({ row, packet: this.#packetOf(copy) });
      if (page.length === 64) break;
    }
    return page;
  }

  /** Whether this message still waits for the client or for its acknowledgement. */
  has(clientId: string, packet: StoredPacket): boolean {
    const message = this.#find(packet);
    const copy = message && this.#clients.get(clientId)?.copies.get(message.seq);
    return copy?.released === false;
  }

  /** The number of the newest message under way, if any is. */
  lastNumber(clientId: string): number | undefined {
    let newest: Waiting | undefined;
    for (const copy of this.#clients.get(clientId)?.copies.values() ?? [])
      if (copy.number !== undefined) newest = copy;
    return newest?.number;
  }

  /** Drops what is too old, in every queue. */
  expire(now: UnixMillis): void {
    for (const { at, waiting } of this.#messages.values()) {
      if (at >= now - this.#bounds.queueAge) continue;
      for (const copy of waiting) {
        if (copy.gone) continue;
        this.#remove(copy);
        this.#dropped(copy.clientId, 1);
      }
    }
  }

  /** Forgets a client's whole queue. */
  clear(clientId: string): void {
    for (const copy of this.#clients.get(clientId)?.copies.values() ?? []) this.#remove(copy);
  }

  size(clientId: string): { messages: number; bytes: number } {
    const queue = this.#clients.get(clientId);
    return { messages: queue?.copies.size ?? 0, bytes: queue?.bytes ?? 0 };
  }

  get pending(): boolean {
    return this.#changed.size > 0;
  }

  write(): void {
    for (const message of this.#changed) {
      if (message.left === 0) {
        if (message.stored) this.#rows.remove(message.seq);
        continue;
      }
      if (!message.stored) this.#rows.insert(message.seq, message.packet ?? {}, message.bytes, message.at);
      this.#rows.putOwed(
        message.seq,
        message.waiting
          .filter((copy) => !copy.gone)
          .map(({ clientId, number, released }) => [clientId, number ?? null, released]),
      );
    }
  }

  committed(): void {
    for (const message of this.#changed) {
      if (message.left === 0 || message.stored) continue;
      message.stored = true;
      this.#hold(message);
    }
    this.#changed = new Set();
  }

  /** What was to be stored for the first time is not owed: its publisher hears that it was not stored. The rest is tried again. */
  rolledBack(): void {
    for (const message of this.#changed) {
      if (message.stored) continue;
      for (const copy of message.waiting) if (!copy.gone) this.#remove(copy);
      this.#changed.delete(message);
    }
  }

  #message(
    seq: number,
    { brokerId, brokerCounter }: Pick<StoredPacket, 'brokerId' | 'brokerCounter'>,
    bytes: number,
    at: UnixMillis,
  ): Message {
    let identity: Message['identity'];
    if (brokerId !== undefined && brokerCounter !== undefined) {
      const of = this.#identities.get(brokerId) ?? new Map<number, Message>();
      this.#identities.set(brokerId, of);
      identity = { of, number: brokerCounter };
    }
    const made: Message = {
      ...{ seq, identity, bytes, at, packet: undefined, stored: false, waiting: [], left: 0 },
    };
    identity?.of.set(identity.number, made);
    this.#messages.set(seq, made);
    return made;
  }

  #find({ brokerId, brokerCounter }: StoredPacket): Message | undefined {
    if (brokerId === undefined || brokerCounter === undefined) return undefined;
    return this.#identities.get(brokerId)?.get(brokerCounter);
  }

  #append(message: Message, clientId: string): Waiting {
    const copy: Waiting = { message, clientId, number: undefined, released: false, gone: false };
    const queue = this.#clients.get(clientId) ?? newQueue();
    this.#clients.set(clientId, queue);
    message.waiting.push(copy);
    message.left += 1;
    queue.copies.set(message.seq, copy);
    queue.bytes += message.bytes;
    return copy;
  }

  #setNumber(copy: Waiting, number: number | undefined): void {
    const queue = this.#clients.get(copy.clientId);
    if (queue === undefined) return;
    this.#freeNumber(copy);
    copy.number = number;
    if (number === undefined) return;
    const other = queue.byNumber.get(number);
    if (other !== undefined) queue.collided = true;
    if (other === undefined || other.message.seq > copy.message.seq) queue.byNumber.set(number, copy);
  }

  #freeNumber(copy: Waiting): void {
    const queue = this.#clients.get(copy.clientId);
    const { number } = copy;
    if (number === undefined || queue?.byNumber.get(number) !== copy) return;
    queue.byNumber.delete(number);
    if (!queue.collided) return;
    for (const other of queue.copies.values()) {
      if (other === copy || other.number !== number) continue;
      queue.byNumber.set(number, other);
      return;
    }
  }

  #remove(copy: Waiting): void {
    const { clientId, message } = copy;
    const queue = this.#clients.get(clientId);
    if (queue === undefined || copy.gone) return;
    copy.gone = true;
    this.#freeNumber(copy);
    queue.copies.delete(message.seq);
    queue.bytes -= message.bytes;
    if (queue.copies.size === 0) this.#clients.delete(clientId);
    message.left -= 1;
    this.#changed.add(message);
    if (message.left === 0) this.#forget(message);
  }

  #forget(message: Message): void {
    this.#messages.delete(message.seq);
    message.identity?.of.delete(message.identity.number);
    if (this.#held.delete(message)) this.#heldBytes -= message.bytes;
  }

  #shrink(clientId: string, now: UnixMillis): void {
    for (const copy of this.#clients.get(clientId)?.copies.values() ?? []) {
      const { messages, bytes } = this.size(clientId);
      const full = messages > this.#bounds.queueMessages || bytes > this.#bounds.queueBytes;
      if (!full && copy.message.at >= now - this.#bounds.queueAge) return;
      this.#remove(copy);
      this.#dropped(clientId, 1);
    }
  }

  #hold(message: Message): void {
    this.#held.add(message);
    this.#heldBytes += message.bytes;
    for (const oldest of this.#held) {
      if (this.#heldBytes <= HELD_BYTES) return;
      this.#held.delete(oldest);
      this.#heldBytes -= oldest.bytes;
      oldest.packet = undefined;
    }
  }

  #packetOf({ message, number, released }: Waiting): StoredPacket {
    if (released) return { cmd: 'pubrel', messageId: number };
    return { ...(message.packet ?? this.#rows.packet(message.seq)), messageId: number };
  }
}

function newQueue(): ClientQueue {
  return { copies: new Map(), byNumber: new Map(), collided: false, bytes: 0 };
}

/** A copy that keeps nothing else alive: a payload is a window on a whole read of its socket. */
function kept({
  cmd = 'publish',
  brokerId,
  brokerCounter,
  topic,
  payload,
  qos = 0,
  retain = false,
  dup = false,
}: StoredPacket): StoredPacket {
  const own = typeof payload === 'string' ? payload : Buffer.from(payload ?? []);
  return { cmd, brokerId, brokerCounter, topic, payload: own, qos, retain, dup };
}
