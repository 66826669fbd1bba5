import { afterEach, describe, expect, it } from 'vitest';
import { idNumberHash, idNumberKey } from '../../../../contract/id-number.ts';
import { toInstant } from '../../../../contract/time.ts';
import { createCheckInApi } from '../../../../hall/activities/activities.api.ts';
import { createCardsService } from '../../../../hall/cards/cards.service.ts';
import { ALICE, BOB, HALL_KEY, makeAccessHall, OLD_HALL_KEY } from '../../../support/hall-access.ts';
import { testHallConfig } from '../../../support/hall-context.ts';

const NUMBER = '110101199103071230';
const hashes = [HALL_KEY, OLD_HALL_KEY].map((key) => idNumberHash(idNumberKey(key), NUMBER));
const NEXT = idNumberHash(idNumberKey(new Uint8Array(32).fill(8)), NUMBER);
const TYPED = { kind: 'member', memberNumber: ALICE.memberNumber, phoneLast4: ALICE.phoneLast4 } as const;

let open: ReturnType<typeof makeAccessHall>[] = [];
afterEach(() => {
  for (const each of open) each.hall.close();
  open = [];
});

function make() {
  const [one, two] = testHallConfig.kiosks;
  const h = makeAccessHall({ config: { kiosks: [{ ...one, idReader: 'id-1' }, two] } });
  open.push(h);
  const at = h.hall.clock.now();
  h.hall.feed('session', {
    number: 7,
    activity: { zh: '书法', en: 'Calligraphy' },
    startsAt: toInstant(at + 600_000),
    endsAt: toInstant(at + 6_000_000),
    capacity: 20,
    taken: 3,
    checkInBefore: 30,
    checkInAfter: 15,
    unit: 'room-201',
    room: '201',
    cancelled: false,
  });
  for (const { memberRef } of [ALICE, BOB])
    h.hall.feed('registration', {
      id: h.hall.ids.uuid(),
      session: 7,
      memberRef,
      state: 'registered',
      seat: 4,
    });
  const lay = (nameMasked = '王*', which: readonly string[] = hashes, device = 'id-1'): string => {
    const before = h.hall.messages.length;
    h.checkIns.listener.onEvent?.(device, {
      id: h.hall.ids.uuid(),
      at: toInstant(h.hall.clock.now()),
      kind: 'id-card',
      hashes: [...which],
      last4: '1230',
      nameMasked,
    });
    const message = h.hall.messages.at(-1)?.message;
    return h.hall.messages.length > before && message?.type === 'id-card' ? message.ticket : '';
  };
  const api = createCheckInApi(h.checkIns, createCardsService(h.hall, h.checkIns));
  const signIn = (body: Parameters<typeof api.checkIn>[0]['body'], kiosk = 'kiosk-1'): string => {
    const result = api.checkIn({ body, caller: { kind: 'kiosk', id: kiosk } } as Parameters<
      typeof api.checkIn
    >[0]);
    if (result instanceof Promise) throw new Error('check-in answers at once');
    return result.ok ? result.value.kind : result.refusal.code;
  };
  const byCard = (ticket: string, kiosk?: string): string =>
    signIn({ credential: { kind: 'id-card', ticket } }, kiosk);
  const stored = () => h.hall.store.db.prepare('SELECT member_ref, hash FROM id_card').all();
  return { h, lay, signIn, byCard, stored };
}

describe('signing in by ID card', () => {
  it('[CI33] unknown at first; remembered when its member types with the ticket; then the card is enough', () => {
    const { lay, signIn, byCard, stored } = make();
    const first = lay();
    expect(byCard(first)).toBe('id-card-unknown');
    expect(signIn({ credential: TYPED, remember: first })).toBe('checked-in');
    expect(stored()).toEqual([{ member_ref: ALICE.memberRef, hash: hashes[0] }]);
    expect(byCard(lay())).toBe('already');
  });

  it('[CI33] a wrong digit, or a name that begins otherwise, remembers nothing; a denied member stays out', () => {
    const { h, lay, signIn, byCard, stored } = make();
    const ticket = lay();
    expect(signIn({ credential: { ...TYPED, phoneLast4: '0000' }, remember: ticket })).toBe('member-unknown');
    expect(stored()).toEqual([]);
    expect(signIn({ credential: TYPED, remember: lay('赵*') })).toBe('checked-in');
    expect(stored()).toEqual([]);
    expect(signIn({ credential: TYPED, remember: lay() })).toBe('already');
    h.hall.feed('member', { ...ALICE, blocked: true }, 1_000_000);
    expect(byCard(lay())).toBe('grant-revoked');
  });

  it('[CI32] a ticket is good at its own kiosk alone, for a minute, until the next card', () => {
    const { h, lay, byCard } = make();
    expect(lay('王*', hashes, 'id-9')).toBe('');
    const ticket = lay();
    expect(h.hall.messages.at(-1)).toEqual({ kiosk: 'kiosk-1', message: { type: 'id-card', ticket } });
    expect(byCard(ticket, 'kiosk-2')).toBe('id-card-gone');
    expect(byCard(ticket)).toBe('id-card-unknown');
    const next = lay();
    expect(byCard(ticket)).toBe('id-card-gone');
    h.hall.clock.advance(60_000);
    expect(byCard(next)).toBe('id-card-gone');
  });

  it('[CI31] hash and member are all that is stored, and a new key is followed at the next visit', () => {
    const { h, lay, signIn, byCard, stored } = make();
    signIn({ credential: TYPED, remember: lay() });
    expect(byCard(lay('王*', [NEXT, hashes[0] ?? '']))).toBe('already');
    expect(stored()).toEqual([{ member_ref: ALICE.memberRef, hash: NEXT }]);
    // Another card of the same member takes the place of the first.
    const other = 'a'.repeat(64);
    signIn({ credential: TYPED, remember: lay('王*', [other]) });
    expect(stored()).toEqual([{ member_ref: ALICE.memberRef, hash: other }]);
    const kept = JSON.stringify([h.hall.facts(), h.hall.auditRows(), stored(), h.hall.messages]);
    for (const secret of [NUMBER, NUMBER.slice(0, 14), '1230']) expect(kept).not.toContain(secret);
    expect(JSON.stringify([h.hall.facts(), h.hall.auditRows(), h.hall.messages])).not.toContain(hashes[0]);
  });
});
