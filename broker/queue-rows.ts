import type { UnixMillis } from '../contract/ports.ts';
import type { BrokerDatabase } from './store.ts';
import { payloadOf, storedPayload } from './stored-packet.ts';
import type { StoredPacket } from './stored-packet.ts';

/** Who is still owed a message: client, number under which it went out, whether QoS 2 received it (PUBREL is next). */
export type Owed = readonly [clientId: string, number: number | null, released: boolean];

/** A message in the file, without its body. */
export interface StoredHead {
  readonly seq: number;
  readonly brokerId: string | undefined;
  readonly brokerCounter: number | undefined;
  readonly bytes: number;
  readonly at: UnixMillis;
  readonly owed: Owed[];
}

interface HeadRow {
  seq: number;
  broker_id: string | null;
  broker_counter: number | null;
  bytes: number;
  at: number;
  receivers: string;
}

interface MessageRow {
  broker_id: string | null;
  broker_counter: number | null;
  cmd: string;
  topic: string | null;
  qos: number;
  retain: number;
  dup: number;
  text: number;
  payload: Buffer;
}

/**
 * Queued messages in the file: each body once, and beside it one row that lists who is owed it (BR51).
 * The list is its own row because it changes with every acknowledgement and the body never does.
 */
export class QueueRows {
  readonly #sql;

  constructor(db: BrokerDatabase) {
    this.#sql = {
      heads: db.prepare<[], HeadRow>(
        'SELECT seq, broker_id, broker_counter, bytes, at, receivers FROM message JOIN owed USING (seq) ORDER BY seq',
      ),
      body: db.prepare<[number], MessageRow>(
        'SELECT broker_id, broker_counter, cmd, topic, qos, retain, dup, text, payload FROM message WHERE seq = ?',
      ),
      insert: db.prepare(
        `INSERT INTO message (seq, broker_id, broker_counter, cmd, topic, qos, retain, dup, text, payload, bytes, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      putOwed: db.prepare('INSERT OR REPLACE INTO owed (seq, receivers) VALUES (?, ?)'),
      remove: db.prepare('DELETE FROM message WHERE seq = ?'),
      removeOwed: db.prepare('DELETE FROM owed WHERE seq = ?'),
    };
  }

  /** Everything that is queued, oldest first. */
  heads(): StoredHead[] {
    return this.#sql.heads.all().map((row) => ({
      seq: row.seq,
      brokerId: row.broker_id ?? undefined,
      brokerCounter: row.broker_counter ?? undefined,
      bytes: row.bytes,
      at: row.at,
      owed: JSON.parse(row.receivers) as Owed[],
    }));
  }

  packet(seq: number): StoredPacket | undefined {
    const row = this.#sql.body.get(seq);
    return (
      row && {
        cmd: row.cmd,
        brokerId: row.broker_id ?? undefined,
        brokerCounter: row.broker_counter ?? undefined,
        topic: row.topic ?? undefined,
        payload: payloadOf(row.payload, row.text),
        qos: row.qos,
        retain: row.retain === 1,
        dup: row.dup === 1,
      }
    );
  }

  insert(seq: number, packet: StoredPacket, bytes: number, at: UnixMillis): void {
    const { text, payload } = storedPayload(packet.payload);
    this.#sql.insert.run(
      seq,
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
      Math.floor(at),
    );
  }

  putOwed(seq: number, owed: readonly Owed[]): void {
    this.#sql.putOwed.run(seq, JSON.stringify(owed));
  }

  remove(seq: number): void {
    this.#sql.remove.run(seq);
    this.#sql.removeOwed.run(seq);
  }
}
