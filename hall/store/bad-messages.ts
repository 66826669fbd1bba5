import type { Clock } from '../../contract/ports.ts';
import { toInstant } from '../../contract/time.ts';
import type { Database } from './database.ts';

/** Rows kept; the oldest make room. */
const KEPT = 200;
/** Characters of a payload kept: enough to see whose it is. */
const SHOWN = 400;

export interface BadMessages {
  keep(topic: string, reason: string, payload: Uint8Array): void;
  list(): { topic: string; reason: string; payload: string; at: string }[];
}

/** Quarantine of device messages that did not parse [HT13]. */
export function createBadMessages(db: Database, clock: Clock): BadMessages {
  const add = db.prepare('INSERT INTO bad_message (topic, reason, payload, at) VALUES (?, ?, ?, ?)');
  const trim = db.prepare(
    'DELETE FROM bad_message WHERE number <= (SELECT max(number) FROM bad_message) - ?',
  );
  const all = db.prepare<[], { topic: string; reason: string; payload: string; at: string }>(
    'SELECT topic, reason, payload, at FROM bad_message ORDER BY number DESC',
  );
  return {
    keep: (topic, reason, payload) => {
      add.run(
        topic.slice(0, 200),
        reason.slice(0, 400),
        new TextDecoder().decode(payload.subarray(0, SHOWN)),
        toInstant(clock.now()),
      );
      trim.run(KEPT);
    },
    list: () => all.all(),
  };
}
