import type { DeskView } from '../../contract/hall-api.ts';
import type { Clock, Ids } from '../../contract/ports.ts';
import { toInstant } from '../../contract/time.ts';
import type { Alarms, Live, Store } from '../ports.ts';
import { createDeskStore } from './desk.store.ts';

/** The Alarms port of every feature, with what the desk needs to show and to clear them. */
export interface AlarmBook extends Alarms {
  unseen(): DeskView['alarms'];
  /** False when there is no such alarm, or somebody else has seen it. */
  seen(id: string, staff: string): boolean;
}

/** Alarms are kept until a person has seen them. The same words while unseen are one alarm: a sick device does not fill the desk [DK3]. */
export function createAlarms(parts: {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly live: Live;
}): AlarmBook {
  const rows = createDeskStore(parts.store.db);
  return {
    raise: (kind, words) => {
      parts.store.transaction((tx) => {
        if (rows.sameAlarm(kind, words.zh)) return undefined;
        rows.insertAlarm({
          id: parts.ids.uuid(),
          at: toInstant(parts.clock.now()),
          kind,
          zh: words.zh,
          en: words.en,
        });
        tx.audit({ actor: 'hall', action: 'alarm.raised', subject: kind });
        tx.afterCommit(() => parts.live.changed('devices'));
        return undefined;
      });
    },
    unseen: () =>
      rows
        .alarms()
        .map((row) => ({ id: row.id, at: row.at, kind: row.kind, words: { zh: row.zh, en: row.en } })),
    seen: (id, staff) =>
      parts.store.transaction((tx) => {
        if (!rows.seeAlarm(id, toInstant(parts.clock.now()), staff)) return false;
        tx.audit({ actor: `staff:${staff}`, action: 'alarm.seen', subject: id });
        tx.afterCommit(() => parts.live.changed('devices'));
        return true;
      }),
  };
}
