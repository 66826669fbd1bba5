import type { CardsView, CheckInAnswer } from '../../contract/hall-api.ts';
import type { Millis, UnixMillis } from '../../contract/ports.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import { toInstant } from '../../contract/time.ts';
import type { CheckInService } from '../activities/check-in.service.ts';
import type { DeviceListener, HallContext } from '../ports.ts';
import { createCardsStore } from './cards.store.ts';

/** A card speaks for whoever laid it, not for who comes next. */
const PRESENT_MS: Millis = 60_000;
/** How long a card nobody is known by can be bound at the desk. */
const BINDABLE_MS: Millis = 15 * 60_000;
const MOST_UNKNOWN = 20;

interface Laid {
  readonly token: string;
  readonly at: Millis;
}

interface Unknown extends Laid {
  readonly kiosk: string;
  readonly seen: UnixMillis;
}

export interface CardsService {
  /** Checks in whoever the card on this kiosk's reader belongs to. */
  checkIn(session: number | undefined, kiosk: string): Result<CheckInAnswer>;
  view(): CardsView;
  bind(
    request: { card: string; memberNumber: string; phoneLast4: string },
    staff: string,
  ): Result<{ nameMasked: string; binding: string }>;
  unbind(request: { binding: string } | { memberNumber: string }, staff: string): Result<{ ended: number }>;
  readonly listener: DeviceListener;
}

/**
 * Member cards: rules CI34 to CI37. A card's number can be copied by anybody with a phone, so a card checks in and
 * does nothing else; no locker and no door listens to it.
 */
export function createCardsService(context: HallContext, checkIns: CheckInService): CardsService {
  const { config, clock, ids, live, reference, store } = context;
  const rows = createCardsStore(store.db);
  const laid = new Map<string, Laid>();
  /** By the name under which the desk sees them; the token stays here. */
  const unknown = new Map<string, Unknown>();

  const bindable = (): [string, Unknown][] => {
    const now = clock.monotonic();
    for (const [id, each] of unknown) if (now - each.at > BINDABLE_MS) unknown.delete(id);
    return [...unknown];
  };
  const noteUnknown = (token: string, kiosk: string): void => {
    // The same card again stays one line, under its old name: it may be in somebody's hands at the desk.
    const before = bindable().find(([, each]) => each.token === token)?.[0];
    const id = before ?? ids.uuid();
    unknown.delete(id);
    unknown.set(id, { token, kiosk, at: clock.monotonic(), seen: clock.now() });
    for (const oldest of unknown.keys()) {
      if (unknown.size <= MOST_UNKNOWN) break;
      unknown.delete(oldest);
    }
    live.changed('cards');
  };
  const nameOf = (memberRef: string): string => reference.get('member', memberRef)?.nameMasked ?? '*';

  return {
    checkIn: (session, kiosk) => {
      const card = laid.get(kiosk);
      if (card === undefined || clock.monotonic() - card.at > PRESENT_MS) return refused('card-gone');
      const memberRef = rows.memberOf(card.token);
      if (memberRef === undefined) {
        noteUnknown(card.token, kiosk);
        return refused('card-unknown');
      }
      const answer = checkIns.byCard(memberRef, session, kiosk);
      // A choice between sessions comes back with the same card; anything else ends what it stands for.
      if (answer.ok && answer.value.kind !== 'choose') laid.delete(kiosk);
      return answer;
    },
    view: () => ({
      unknown: bindable()
        .reverse()
        .map(([card, { kiosk, seen }]) => ({
          card,
          kiosk,
          kioskName: config.kiosks.find((each) => each.id === kiosk)?.name ?? { zh: kiosk, en: kiosk },
          at: toInstant(seen),
        })),
      bound: rows.count(),
    }),
    bind: ({ card, memberNumber, phoneLast4 }, staff) => {
      const found = bindable().find(([id]) => id === card)?.[1];
      if (found === undefined) return refused('card-gone');
      const member = reference.memberByNumber(memberNumber.replace(/[\s-]/g, ''));
      if (member === undefined || member.phoneLast4 !== phoneLast4.trim()) return refused('member-unknown');
      const binding = ids.uuid();
      store.transaction((tx) => {
        rows.put({ token: found.token, binding, memberRef: member.memberRef, at: clock.now(), by: staff });
        tx.audit({
          actor: `staff:${staff}`,
          action: 'card.bind',
          subject: binding,
          detail: { memberRef: member.memberRef },
        });
        return undefined;
      });
      unknown.delete(card);
      live.changed('cards');
      return accepted({ nameMasked: nameOf(member.memberRef), binding });
    },
    unbind: (request, staff) => {
      const subject = 'binding' in request ? request.binding : memberRefOf(request.memberNumber);
      if (subject === undefined) return refused('member-unknown');
      const ended = store.transaction((tx) => {
        const count = 'binding' in request ? rows.endBinding(subject) : rows.endMember(subject);
        tx.audit({ actor: `staff:${staff}`, action: 'card.unbind', subject, detail: { ended: count } });
        return count;
      });
      live.changed('cards');
      return accepted({ ended });
    },
    listener: {
      onEvent: (device, event) => {
        if (event.kind !== 'card') return;
        const kiosk = config.kiosks.find((each) => each.cardReader === device);
        if (kiosk === undefined) return;
        laid.set(kiosk.id, { token: event.token, at: clock.monotonic() });
        live.send(kiosk.id, { type: 'card' });
      },
    },
  };

  function memberRefOf(memberNumber: string): string | undefined {
    return reference.memberByNumber(memberNumber.replace(/[\s-]/g, ''))?.memberRef;
  }
}
