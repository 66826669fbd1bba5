import type { DeviceEvent } from '../../contract/messages.ts';
import type { Millis } from '../../contract/ports.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import type { DeviceListener, HallContext } from '../ports.ts';

/** ID cards at the kiosks: tickets for a card that was just laid down, and which member a card belongs to. */
export interface IdCards {
  readonly listener: DeviceListener;
  /** Whose card this ticket stands for. */
  memberOf(ticket: string, kiosk: string): Result<string>;
  /** From now on the card of this ticket is this member's; nothing happens when ticket or name do not fit [CI33]. */
  remember(
    ticket: string,
    kiosk: string,
    member: { readonly memberRef: string; readonly nameMasked: string },
  ): void;
}

const TICKET_MS: Millis = 60_000;

interface Laid {
  readonly ticket: string;
  readonly at: Millis;
  readonly card: Extract<DeviceEvent, { kind: 'id-card' }>;
}

export function createIdCards(
  context: Pick<HallContext, 'config' | 'clock' | 'store' | 'ids' | 'live' | 'reference'>,
): IdCards {
  const { config, clock, store, ids, live, reference } = context;
  const { db } = store;
  const byHash = db
    .prepare<[string, string], string>('SELECT member_ref FROM id_card WHERE hash IN (?, ?)')
    .pluck();
  const moveOn = db.prepare<[string, string]>('UPDATE OR REPLACE id_card SET hash = ? WHERE member_ref = ?');
  const put = db.prepare<[string, string, number]>(
    'INSERT OR REPLACE INTO id_card (member_ref, hash, at) VALUES (?, ?, ?)',
  );
  const forget = db.prepare<[string]>('DELETE FROM id_card WHERE member_ref = ?');
  /** The newest card of each kiosk, in memory only. */
  const laid = new Map<string, Laid>();

  const laidAt = (ticket: string, kiosk: string): Laid | undefined => {
    const one = laid.get(kiosk);
    return one?.ticket === ticket && clock.monotonic() - one.at < TICKET_MS ? one : undefined;
  };

  return {
    listener: {
      onEvent: (device, event) => {
        if (event.kind !== 'id-card') return;
        const kiosk = config.kiosks.find((each) => each.idReader === device);
        if (kiosk === undefined) return;
        const ticket = ids.uuid();
        laid.set(kiosk.id, { ticket, at: clock.monotonic(), card: event });
        live.send(kiosk.id, { type: 'id-card', ticket });
      },
    },
    memberOf: (ticket, kiosk) => {
      const one = laidAt(ticket, kiosk);
      if (one === undefined) return refused('id-card-gone');
      const [newest = '', older = newest] = one.card.hashes;
      const memberRef = byHash.get(newest, older);
      if (memberRef === undefined) return refused('id-card-unknown');
      return store.transaction((): Result<string> => {
        if (reference.get('member', memberRef) === undefined) {
          // Central took the member away: the card goes with them.
          forget.run(memberRef);
          return refused('id-card-unknown');
        }
        moveOn.run(newest, memberRef);
        return accepted(memberRef);
      });
    },
    remember: (ticket, kiosk, { memberRef, nameMasked }) => {
      const card = laidAt(ticket, kiosk)?.card;
      const [hash] = card?.hashes ?? [];
      // A card of somebody else, lent or found, must not become this member's.
      if (card === undefined || hash === undefined || [...card.nameMasked][0] !== [...nameMasked][0]) return;
      store.transaction((tx) => {
        put.run(memberRef, hash, clock.now());
        tx.audit({ actor: `kiosk:${kiosk}`, action: 'id-card.remember', subject: memberRef });
        return undefined;
      });
    },
  };
}
