import type { UnixMillis } from '../contract/ports.ts';
import type { BrokerDatabase } from './store.ts';
import type { BrokerLimits } from './limits.ts';
import { payloadOf, storedPayload } from './stored-packet.ts';
import type { StoredPacket } from './stored-packet.ts';

/** One row of the queue, as SQLite returns it. */
interface QueueRow {
  id: number;
  broker_id: string | null;
  broker_counter: number | null;
  message_id: number | null;
  cmd: string;
  topic: string | null;
  qos: number;
  retain: number;
  dup: number;
  text: number;
  payload: Buffer | null;
  bytes: number;
}

type Bounds = Pick<BrokerLimits, 'queueMessages' | 'queueBytes' | 'queueAge'>;

/**
 * Messages on their way to clients with a stored session, oldest first, bounded per client by
 * count, bytes and age. A message is in a queue once, however many of the client's filters match.
 */
export class OfflineQueue {
  readonly #bounds: Bounds;
  readonly #totals = new Map<string, { messages: number; bytes: number }>();
  readonly #dropped: (clientId: string, messages: number) => void;
  readonly #sql;

  constructor(db: BrokerDatabase, bounds: Bounds, dropped: (clientId: string, messages: number) => void) {
    this.#bounds = bounds;
    this.#dropped = dropped;
    this.#sql = {
      totals: db.prepare<[], { client_id: string; messages: number; bytes: number }>(
        'SELECT client_id, count(*) AS messages, sum(bytes) AS bytes FROM outgoing GROUP BY client_id',
      ),
      insert: db.prepare(
        `INSERT OR IGNORE INTO outgoing (client_id, broker_id, broker_counter, message_id, cmd, topic, qos, retain, dup, text, payload, bytes, at)
         VALUES (?, ?, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      oldest: db.prepare<[string], { id: number; bytes: number; at: number }>(
        'SELECT id, bytes, at FROM outgoing WHERE client_id = ? ORDER BY id LIMIT 1',
      ),
      expired: db.prepare<[number], { id: number; client_id: string; bytes: number }>(
        'SELECT id, client_id, bytes FROM outgoing WHERE at < ?',
      ),
      remove: db.prepare('DELETE FROM outgoing WHERE id = ?'),
      removeAll: db.prepare('DELETE FROM outgoing WHERE client_id = ?'),
      number: db.prepare(
        'UPDATE outgoing SET message_id = ? WHERE client_id = ? AND broker_id = ? AND broker_counter = ?',
      ),
      release: db.prepare(
        `UPDATE outgoing SET cmd = ?, broker_id = NULL, broker_counter = NULL, payload = NULL
         WHERE id = (SELECT id FROM outgoing WHERE client_id = ? AND message_id = ? ORDER BY id LIMIT 1)`,
      ),
      byMessage: db.prepare<[string, number], QueueRow>(
        'SELECT * FROM outgoing WHERE client_id = ? AND message_id = ? ORDER BY id LIMIT 1',
      ),
      has: db.prepare<[string, string | null, number | null]>(
        'SELECT 1 FROM outgoing WHERE client_id = ? AND broker_id = ? AND broker_counter = ?',
      ),
      lastNumber: db
        .prepare<[string], number>(
          'SELECT message_id FROM outgoing WHERE client_id = ? AND message_id IS NOT NULL ORDER BY id DESC LIMIT 1',
        )
        .pluck(),
      page: db.prepare<[string, number], QueueRow>(
        'SELECT * FROM outgoing WHERE client_id = ? AND id > ? ORDER BY id LIMIT 64',
      ),
    };
    for (const row of this.#sql.totals.all()) {
      this.#totals.set(row.client_id, { messages: row.messages, bytes: row.bytes });
    }
  }

  /** Puts a message at the end of a client's queue; the oldest give way when it is full. */
  add(clientId: string, packet: StoredPacket, now: UnixMillis): void {
    const { text, payload } = storedPayload(packet.payload);
    const bytes = payload.length + (packet.topic?.length ?? 0) + 64;
    const done = this.#sql.insert.run(
      clientId,
      packet.brokerId ?? null,
      packet.brokerCounter ?? null,
      packet.cmd ?? 'publish',
      packet.topic ?? null,
      packet.qos ?? 0,
      packet.retain === true ? 1 : 0,
      packet.dup === true ? 1 : 0,
      text,
      payload,
      bytes,
      Math.floor(now),
    );
    if (done.changes === 0) return;
    const total = this.#totals.get(clientId) ?? { messages: 0, bytes: 0 };
    this.#totals.set(clientId, { messages: total.messages + 1, bytes: total.bytes + bytes });
    this.#shrink(clientId, now);
  }

  /** Remembers under which message id a queued message went out, or that a QoS 2 one was received. */
  update(clientId: string, packet: StoredPacket): void {
    if (packet.cmd === 'pubrel') {
      if (packet.messageId !== undefined) this.#sql.release.run('pubrel', clientId, packet.messageId);
      return;
    }
    if (packet.brokerId === undefined || packet.brokerCounter === undefined) return;
    this.#sql.number.run(packet.messageId ?? null, clientId, packet.brokerId, packet.brokerCounter);
  }

  /** Removes what the client acknowledged and returns it. */
  acknowledge(clientId: string, messageId: number): StoredPacket | undefined {
    const row = this.#sql.byMessage.get(clientId, messageId);
    if (row === undefined) return undefined;
    this.#sql.remove.run(row.id);
    this.#forget(clientId, row.bytes);
    return packetOf(row);
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
    return this.#sql.page.all(clientId, after).map((row) => ({ row: row.id, packet: packetOf(row) }));
  }

  /** Whether this message still waits for the client or for its acknowledgement. */
  has(clientId: string, { brokerId, brokerCounter }: StoredPacket): boolean {
    return this.#sql.has.get(clientId, brokerId ?? null, brokerCounter ?? null) !== undefined;
  }

  /** The number of the newest message under way, if any is. */
  lastNumber(clientId: string): number | undefined {
    return this.#sql.lastNumber.get(clientId);
  }

  /** Drops what is too old, in every queue. */
  expire(now: UnixMillis): void {
    for (const row of this.#sql.expired.all(Math.floor(now - this.#bounds.queueAge))) {
      this.#sql.remove.run(row.id);
      this.#forget(row.client_id, row.bytes);
      this.#dropped(row.client_id, 1);
    }
  }

  /** Forgets a client's whole queue. */
  clear(clientId: string): void {
    this.#sql.removeAll.run(clientId);
    this.#totals.delete(clientId);
  }

  size(clientId: string): { messages: number; bytes: number } {
    return this.#totals.get(clientId) ?? { messages: 0, bytes: 0 };
  }

  #shrink(clientId: string, now: UnixMillis): void {
    for (;;) {
      const total = this.size(clientId);
      const oldest = this.#sql.oldest.get(clientId);
      if (oldest === undefined) return;
      const full = total.messages > this.#bounds.queueMessages || total.bytes > this.#bounds.queueBytes;
      if (!full && oldest.at >= now - this.#bounds.queueAge) return;
      this.#sql.remove.run(oldest.id);
      this.#forget(clientId, oldest.bytes);
      this.#dropped(clientId, 1);
    }
  }

  #forget(clientId: string, bytes: number): void {
    const total = this.#totals.get(clientId);
    if (total === undefined) return;
    if (total.messages <= 1) this.#totals.delete(clientId);
    else this.#totals.set(clientId, { messages: total.messages - 1, bytes: total.bytes - bytes });
  }
}

function packetOf(row: QueueRow): StoredPacket {
  if (row.cmd === 'pubrel') return { cmd: 'pubrel', messageId: row.message_id ?? undefined };
  return {
    cmd: row.cmd,
    brokerId: row.broker_id ?? undefined,
    brokerCounter: row.broker_counter ?? undefined,
    topic: row.topic ?? undefined,
    payload: payloadOf(row.payload ?? Buffer.alloc(0), row.text),
    qos: row.qos,
    retain: row.retain === 1,
    dup: row.dup === 1,
    messageId: row.message_id ?? undefined,
  };
}
