/// <reference path="./aedes-persistence.d.ts" />
import { Readable } from 'node:stream';
import MemoryPersistence from 'aedes-persistence/asyncPersistence.js';
import type { StoredSubscription } from 'aedes-persistence/asyncPersistence.js';
import type { Clock } from '../contract/ports.ts';
import { CommitGroup } from './commit-group.ts';
import type { BrokerLimits } from './limits.ts';
import { OfflineQueue } from './offline-queue.ts';
import type { BrokerDatabase } from './store.ts';
import { payloadOf, storedPayload } from './stored-packet.ts';
import type { StoredPacket } from './stored-packet.ts';

interface ClientRef {
  readonly id: string;
}

/** What the store needs to know of the broker it serves. */
interface BrokerRef {
  id: string;
}

interface PacketRow {
  client_id: string | null;
  broker_id: string | null;
  broker_counter?: number | null;
  topic: string;
  qos: number;
  retain: number;
  dup?: number;
  text: number;
  payload: Buffer;
}

export interface PersistenceOptions {
  readonly db: BrokerDatabase;
  readonly clock: Clock;
  readonly bounds: Pick<BrokerLimits, 'queueMessages' | 'queueBytes' | 'queueAge'>;
  /** Whether a client may hold this filter, and may be sent this topic (BR3, BR4). Without it: anything. */
  readonly rights?: {
    mayHold(clientId: string, filter: string): boolean;
    mayReceive(clientId: string, topic: string): boolean;
  };
  readonly queueDropped?: (clientId: string, messages: number) => void;
  readonly failed?: (error: Error) => void;
}

/**
 * Sessions, queues, retained messages and wills in SQLite, behind the asynchronous store interface
 * of aedes-persistence 11. Subscriptions, retained messages and wills are also held in memory, so
 * that a publish that needs no storing touches no disk.
 *
 * `accept` is ours: it stores a message BEFORE aedes acknowledges it, under the identity that the
 * later calls of aedes repeat, so that those find it done.
 */
export class SqlitePersistence {
  broker: BrokerRef = { id: '' };
  readonly #options: PersistenceOptions;
  readonly #commits: CommitGroup;
  protected readonly queue: OfflineQueue;
  readonly #index = new MemoryPersistence();
  readonly #retainedBy = new Map<string, string>();
  readonly #wills = new Map<string, StoredPacket>();
  readonly #incoming = new Map<string, Map<number, StoredPacket>>();
  /** Rising number of accepted messages by publisher and QoS: see `accept`. */
  readonly #accepted = new Map<string, number>();
  readonly #sql;
  #destroyed = false;

  constructor(options: PersistenceOptions) {
    const { db } = options;
    this.#options = options;
    this.queue = new OfflineQueue(db, options.bounds, options.queueDropped ?? (() => undefined));
    this.#commits = new CommitGroup(db, options.clock, options.failed ?? (() => undefined), this.queue);
    this.#sql = {
      retained: db.prepare<[], PacketRow>('SELECT *, 1 AS retain FROM retained ORDER BY rowid'),
      putRetained: db.prepare(
        'INSERT OR REPLACE INTO retained (topic, client_id, broker_id, broker_counter, qos, text, payload) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ),
      delRetained: db.prepare('DELETE FROM retained WHERE topic = ?'),
      subscriptions: db.prepare<[], { client_id: string; body: string }>(
        'SELECT client_id, body FROM subscription ORDER BY rowid',
      ),
      putSubscription: db.prepare(
        'INSERT OR REPLACE INTO subscription (client_id, topic, body) VALUES (?, ?, ?)',
      ),
      delSubscription: db.prepare('DELETE FROM subscription WHERE client_id = ? AND topic = ?'),
      delSubscriptions: db.prepare('DELETE FROM subscription WHERE client_id = ?'),
      incoming: db.prepare<[], PacketRow & { message_id: number }>(
        'SELECT *, NULL AS broker_id FROM incoming',
      ),
      putIncoming: db.prepare(
        'INSERT OR REPLACE INTO incoming (client_id, message_id, topic, qos, retain, dup, text, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ),
      delIncoming: db.prepare('DELETE FROM incoming WHERE client_id = ? AND message_id = ?'),
      delAllIncoming: db.prepare('DELETE FROM incoming WHERE client_id = ?'),
      wills: db.prepare<[], PacketRow>('SELECT * FROM will'),
      putWill: db.prepare(
        'INSERT OR REPLACE INTO will (client_id, broker_id, topic, qos, retain, text, payload) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ),
      delWill: db.prepare('DELETE FROM will WHERE client_id = ?'),
    };
  }

  /** Loads what is kept in memory. Called by aedes before it serves anybody. */
  async setup(broker: BrokerRef): Promise<void> {
    this.broker = broker;
    for (const row of this.#sql.retained.all()) {
      if (row.client_id !== null) this.#retainedBy.set(row.topic, row.client_id);
      await this.#index.storeRetained(packetOf(row));
    }
    for (const row of this.#sql.subscriptions.all()) {
      const sub = JSON.parse(row.body) as StoredSubscription;
      await this.#index.addSubscriptions({ id: row.client_id }, [sub]);
    }
    for (const row of this.#sql.incoming.all()) {
      this.#incomingOf(row.client_id ?? '').set(row.message_id, {
        ...packetOf(row),
        messageId: row.message_id,
      });
    }
    for (const row of this.#sql.wills.all()) {
      const { topic, payload, qos, retain } = packetOf(row);
      this.#wills.set(row.client_id ?? '', {
        topic,
        payload,
        qos,
        retain,
        brokerId: row.broker_id ?? '',
        clientId: row.client_id ?? '',
      });
    }
    this.expire();
  }

  /**
   * Stores a QoS 1 message before its PUBACK: retained copy and queues of all stored sessions in
   * one commit. aedes acknowledges first and stores afterwards, so this is called from its
   * authorizePublish. undefined = nothing is owed for it: no retained flag, no stored session.
   *
   * The packet gets the identity (brokerId, brokerCounter) under which it is queued; aedes keeps an
   * identity it finds. It must not come from the broker's own counter: aedes drops a message whose
   * number is lower than one already sent to a subscriber, and other messages overtake this one
   * while it waits for the disk. So each publisher counts for itself, in its own order (BR12).
   */
  async accept(clientId: string, packet: StoredPacket): Promise<void> {
    const subs = await this.subscriptionsByTopic(packet.topic ?? '');
    if (subs.length === 0 && packet.retain !== true) return;
    await this.#commits.durable(() => {
      this.#storeNow(clientId, packet, subs);
    });
  }

  #storeNow(clientId: string, packet: StoredPacket, subs: readonly { clientId: string }[]): void {
    const source = `${this.broker.id}/${String(packet.qos ?? 0)}/${clientId}`;
    const number = (this.#accepted.get(source) ?? 0) + 1;
    this.#accepted.set(source, number);
    packet.brokerId = source;
    packet.brokerCounter = number;
    packet.clientId = clientId;
    if (packet.retain === true) this.#putRetained(packet);
    this.#enqueue(subs, packet);
  }

  #enqueue(subs: readonly { clientId: string }[], packet: StoredPacket): void {
    if (subs.length === 0) return;
    // A copy for a standing subscription is news, not a kept value: clause 3.3.1.3 wants the flag 0 on it.
    const copy = { ...packet, retain: false };
    this.queue.add(
      subs.map((sub) => sub.clientId),
      copy,
      this.#options.clock.now(),
    );
  }

  async storeRetained(packet: StoredPacket): Promise<void> {
    // Stored already by `accept`: aedes calls again with the same identity.
    const fresh = !this.#wasAccepted(packet);
    if (fresh) {
      this.#commits.lazy(() => {
        this.#putRetained(packet);
      });
    }
    await this.#index.storeRetained({ ...packet });
  }

  #wasAccepted(packet: StoredPacket): boolean {
    return (
      packet.brokerId !== undefined &&
      (this.#accepted.get(packet.brokerId) ?? 0) >= (packet.brokerCounter ?? Infinity)
    );
  }

  #putRetained(packet: StoredPacket): void {
    const topic = packet.topic ?? '';
    const { text, payload } = storedPayload(packet.payload);
    if (payload.length === 0) {
      this.#retainedBy.delete(topic);
      this.#sql.delRetained.run(topic);
      return;
    }
    if (packet.clientId === undefined) this.#retainedBy.delete(topic);
    else this.#retainedBy.set(topic, packet.clientId);
    this.#sql.putRetained.run(
      topic,
      packet.clientId ?? null,
      packet.brokerId ?? null,
      packet.brokerCounter ?? null,
      packet.qos ?? 0,
      text,
      payload,
    );
  }

  /** Topics whose retained message came from this client. */
  retainedFrom(clientId: string): string[] {
    return [...this.#retainedBy].filter(([, from]) => from === clientId).map(([topic]) => topic);
  }

  createRetainedStream(pattern: string): Readable {
    return this.#index.createRetainedStream(pattern);
  }

  createRetainedStreamCombi(patterns: readonly string[]): Readable {
    return this.#index.createRetainedStreamCombi(patterns);
  }

  /**
   * Stores a session's subscriptions before SUBACK. aedes 1.2.0 hands over ALL filters of a
   * SUBSCRIBE as soon as one is allowed; those without a right are left out here (BR3).
   */
  async addSubscriptions(client: ClientRef, subs: readonly StoredSubscription[]): Promise<ClientRef> {
    const allowed = subs.filter((sub) => this.#options.rights?.mayHold(client.id, sub.topic) ?? true);
    if (allowed.length === 0) return client;
    await this.#commits.durable(() => {
      for (const { topic, qos, rh, rap, nl, subscriptionIdentifier } of allowed) {
        this.#sql.putSubscription.run(
          client.id,
          topic,
          JSON.stringify({ topic, qos, rh, rap, nl, subscriptionIdentifier }),
        );
      }
    });
    await this.#index.addSubscriptions(client, allowed);
    return client;
  }

  async removeSubscriptions(client: ClientRef, topics: readonly string[]): Promise<ClientRef> {
    await this.#index.removeSubscriptions(client, topics);
    await this.#commits.durable(() => {
      for (const topic of topics) this.#sql.delSubscription.run(client.id, topic);
    });
    return client;
  }

  async subscriptionsByClient(client: ClientRef): Promise<StoredSubscription[]> {
    const subs = await this.#index.subscriptionsByClient(client);
    return subs.filter((sub) => this.#options.rights?.mayHold(client.id, sub.topic) ?? true);
  }

  async countOffline(): Promise<{ subsCount: number; clientsCount: number }> {
    return this.#index.countOffline();
  }

  async subscriptionsByTopic(topic: string): Promise<(StoredSubscription & { clientId: string })[]> {
    const subs = await this.#index.subscriptionsByTopic(topic);
    return subs.filter((sub) => this.#options.rights?.mayReceive(sub.clientId, topic) ?? true);
  }

  /** Ends a session: its subscriptions and everything still queued for it (clause 3.1.2.4). */
  async cleanSubscriptions(client: ClientRef): Promise<void> {
    const subs = await this.#index.subscriptionsByClient(client);
    if (subs.length === 0 && this.queue.size(client.id).messages === 0) return;
    await this.#index.cleanSubscriptions(client);
    await this.#commits.durable(() => {
      this.#sql.delSubscriptions.run(client.id);
      this.queue.clear(client.id);
    });
  }

  async outgoingEnqueue(sub: { clientId: string }, packet: StoredPacket): Promise<void> {
    await this.outgoingEnqueueCombi([sub], packet);
  }

  async outgoingEnqueueCombi(subs: readonly { clientId: string }[], packet: StoredPacket): Promise<void> {
    if (subs.length === 0 || this.#wasAccepted(packet)) return;
    this.#commits.deferred(() => {
      this.#enqueue(subs, packet);
    });
  }

  async outgoingUpdate(client: ClientRef, packet: StoredPacket): Promise<void> {
    const update = (): void => {
      this.queue.update(client.id, packet);
    };
    // PUBREL means "received once", and a receiver knows a QoS 2 message again by its number alone: neither
    // may be forgotten (BR39). At QoS 1 a lost number only means a resend.
    if (packet.cmd === 'pubrel' || packet.qos === 2) await this.#commits.durable(update);
    else this.#commits.deferred(update);
  }

  async outgoingClearMessageId(client: ClientRef, packet: StoredPacket): Promise<StoredPacket | undefined> {
    // aedes also calls this for a second copy of a message, before it has an id: nothing to clear.
    const { messageId } = packet;
    // Nor has anybody without a queue: an acknowledgement that concerns no stored message costs no transaction.
    if (messageId === undefined || this.queue.size(client.id).messages === 0) return undefined;
    return this.#commits.deferred(() => this.queue.acknowledge(client.id, messageId));
  }

  outgoingStream(client: ClientRef): Readable {
    return Readable.from(this.queue.read(client.id));
  }

  /** QoS 2: the message, its retained copy and its queues are stored before PUBREC, in one commit. */
  async incomingStorePacket(client: ClientRef, packet: StoredPacket): Promise<void> {
    const subs = await this.subscriptionsByTopic(packet.topic ?? '');
    const { text, payload } = storedPayload(packet.payload);
    const { messageId = 0, topic = '', qos = 0, retain = false, dup = false } = packet;
    await this.#commits.durable(() => {
      this.#sql.putIncoming.run(client.id, messageId, topic, qos, retain ? 1 : 0, dup ? 1 : 0, text, payload);
      if (subs.length > 0 || retain) this.#storeNow(client.id, packet, subs);
    });
    this.#incomingOf(client.id).set(messageId, {
      cmd: 'publish',
      topic,
      payload: packet.payload,
      qos,
      retain,
      dup,
      messageId,
    });
  }

  async incomingGetPacket(client: ClientRef, packet: StoredPacket): Promise<StoredPacket> {
    const found = this.#incoming.get(client.id)?.get(packet.messageId ?? 0);
    if (found === undefined) throw new Error('no such packet');
    return found;
  }

  async incomingDelPacket(client: ClientRef, packet: StoredPacket): Promise<void> {
    const messageId = packet.messageId ?? 0;
    const known = this.#incoming.get(client.id);
    if (known?.has(messageId) !== true) throw new Error('no such packet');
    // PUBCOMP frees the number for another message: were this forgotten in a crash, that one would be
    // taken for a duplicate, acknowledged and lost (BR39).
    await this.#commits.durable(() => this.#sql.delIncoming.run(client.id, messageId));
    known.delete(messageId);
  }

  async cleanIncoming(client: ClientRef): Promise<void> {
    if (!this.#incoming.delete(client.id)) return;
    this.#commits.lazy(() => this.#sql.delAllIncoming.run(client.id));
  }

  async putWill(client: ClientRef, packet: StoredPacket): Promise<ClientRef> {
    packet.brokerId = this.broker.id;
    packet.clientId = client.id;
    this.#wills.set(client.id, packet);
    const { text, payload } = storedPayload(packet.payload);
    await this.#commits.durable(() =>
      this.#sql.putWill.run(
        client.id,
        this.broker.id,
        packet.topic ?? '',
        packet.qos ?? 0,
        packet.retain === true ? 1 : 0,
        text,
        payload,
      ),
    );
    return client;
  }

  async getWill(client: ClientRef): Promise<StoredPacket | undefined> {
    return this.#wills.get(client.id);
  }

  async delWill(client: ClientRef): Promise<StoredPacket | undefined> {
    const will = this.#wills.get(client.id);
    if (will === undefined) return undefined;
    this.#wills.delete(client.id);
    this.#commits.lazy(() => this.#sql.delWill.run(client.id));
    return will;
  }

  streamWill(brokers: Readonly<Record<string, unknown>> = {}): Readable {
    return Readable.from(
      [...this.#wills.values()].filter((will) => brokers[will.brokerId ?? ''] === undefined),
    );
  }

  /** Wills of clients that an earlier run of the broker left behind (it was killed). */
  orphanedWills(): StoredPacket[] {
    return [...this.#wills.values()].filter((will) => will.brokerId !== this.broker.id);
  }

  getClientList(topic: string): Readable {
    return this.#index.getClientList(topic);
  }

  /** Drops queued messages that are too old. */
  expire(): void {
    this.#commits.deferred(() => {
      this.queue.expire(this.#options.clock.now());
    });
  }

  /** Commits what is open. The database stays open: it belongs to whoever opened it. */
  async destroy(): Promise<void> {
    if (this.#destroyed) throw new Error('destroyed called twice!');
    this.#destroyed = true;
    this.#commits.flush();
  }

  #incomingOf(clientId: string): Map<number, StoredPacket> {
    const known = this.#incoming.get(clientId);
    if (known !== undefined) return known;
    const made = new Map<number, StoredPacket>();
    this.#incoming.set(clientId, made);
    return made;
  }
}

function packetOf(row: PacketRow): StoredPacket {
  return {
    cmd: 'publish',
    brokerId: row.broker_id ?? undefined,
    brokerCounter: row.broker_counter ?? undefined,
    topic: row.topic,
    payload: payloadOf(row.payload, row.text),
    qos: row.qos,
    retain: row.retain === 1,
    dup: row.dup === 1,
  };
}
