import { createHmac } from 'node:crypto';
import { deriveKey, encodeGrant, encodeQr } from '../../contract/access-code.ts';
import type { DoorCommandView, LeaseView, MemberCredential } from '../../contract/hall-api.ts';
import type { PrintJob } from '../../contract/messages.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import { localDay, localTime } from '../../contract/local-time.ts';
import { holderName, NO_MEMBER, normalMobile } from './lockers.rules.ts';
import type { Size } from './lockers.rules.ts';
import type { LeaseRow } from './lockers.store.ts';
import { rentSlip } from './slip.rules.ts';
import type { LockerParts, LockerViews } from './views.ts';

export type RentHolder = MemberCredential | { readonly kind: 'visitor'; readonly mobile: string };
export interface RentWish {
  readonly holder: RentHolder;
  readonly size: Size;
  readonly minutes: number;
  readonly termsAccepted: boolean;
}
export interface Rented {
  lease: LeaseView;
  digits: string;
  qr: string;
  slip: PrintJob;
  command: DoorCommandView;
}

/** Renting on the spot: works with the internet cut, on the hall's own issuing key [LK17]. */
export function createRent(
  parts: LockerParts,
  views: LockerViews,
): (wish: RentWish, kiosk: string) => Result<Rented> {
  const { rows, leases, doors, places, access } = parts;
  const { config, clock, store, ids, random, keys, devices, live } = parts.context;

  function holderOf(
    holder: RentHolder,
    kiosk: string,
  ): Result<{ memberRef: string | null; visitor: string | null }> {
    if (holder.kind === 'member') {
      const member = access.typedMember(holder, kiosk);
      return member.ok ? accepted({ memberRef: member.value.memberRef, visitor: null }) : member;
    }
    const mobile = normalMobile(holder.mobile);
    if (mobile === undefined)
      return {
        ok: false,
        refusal: {
          code: 'answers-wrong',
          params: { count: 1 },
          fields: {
            mobile: { zh: '手机号不对，请再看一遍。', en: 'This is not a mobile number. Please check it.' },
          },
        },
      };
    return accepted({ memberRef: null, visitor: visitorHashes(mobile)[0] ?? '' });
  }

  /** Keyed hashes of a phone number by the current and the previous key: the number itself is never stored. */
  function visitorHashes(mobile: string): string[] {
    return keys
      .hallKeys()
      .map(({ key }) =>
        createHmac('sha256', deriveKey(key, 'id-number'))
          .update(`mobile|${mobile}`)
          .digest('hex')
          .slice(0, 32),
      );
  }

  function liveLeaseOf(wish: RentHolder, holder: { memberRef: string | null }): LeaseRow | undefined {
    if (holder.memberRef !== null) return rows.liveOfMember(holder.memberRef);
    if (wish.kind !== 'visitor') return undefined;
    const hashes = visitorHashes(normalMobile(wish.mobile) ?? '');
    return hashes.map((hash) => rows.liveOfVisitor(hash)).find((row) => row !== undefined);
  }

  function rent(wish: RentWish, kiosk: string): Result<Rented> {
    if (!wish.termsAccepted) return refused('terms-not-accepted');
    if (!config.rentMinutes.includes(wish.minutes)) return refused('bad-request');
    // Without K_hall there is no typed code, and the person could never get the things back alone.
    if (keys.hallKeys().length === 0) return refused('part-unavailable');
    const holder = holderOf(wish.holder, kiosk);
    if (!holder.ok) return holder;
    const own = liveLeaseOf(wish.holder, holder.value);
    if (own !== undefined) return refused('member-has-lease', { compartment: own.compartment });
    const free = views.freeOf(wish.size);
    if (free.length === 0) return refused('no-free-compartment');
    const compartment = free.find(
      (number) => devices.availability(places.get(number)?.device ?? '') === 'online',
    );
    if (compartment === undefined) return refused('lock-board-offline');
    const refusal = doors.busy(compartment);
    if (refusal !== undefined) return { ok: false, refusal };

    const now = clock.now();
    const uuid = ids.uuid();
    const grantId = Buffer.from(random.bytes(8)).toString('hex');
    const endsAt = now + wish.minutes * 60_000;
    const row: LeaseRow = {
      ref: uuid,
      uuid,
      grant_id: grantId,
      compartment,
      origin: 'hall',
      member_ref: holder.value.memberRef,
      visitor: holder.value.visitor,
      starts_at: now,
      ends_at: endsAt,
      generation: 0,
      state: 'made',
      made_at: now,
      maybe_used: 0,
      overdue: 0,
      end_requested: 0,
    };
    const digits = access.digitsFor(uuid, compartment, 0);
    if (digits === undefined) return refused('part-unavailable');
    const signed = encodeGrant({
      keyId: keys.keyIdForIssuing(),
      hall: config.hall,
      purpose: 'locker',
      grantId,
      memberRef: row.member_ref ?? NO_MEMBER,
      target: compartment,
      notBefore: Math.floor(now / 1000),
      minutes: wish.minutes,
      printed: true,
    });
    const qr = encodeQr(signed, keys.issue(signed).signature);
    const command = store.transaction((tx) => {
      leases.insert(tx, row);
      return doors.intend(tx, {
        compartment,
        lease: uuid,
        cause: 'rent',
        by: holderName(row.member_ref),
        actor: `kiosk:${kiosk}`,
        kiosk,
        credential: 'typed',
        clockUnproved: false,
      });
    });
    live.changed('doors');
    const slip = rentSlip({
      hall: config.name,
      compartment,
      digits,
      qr,
      until: `${localDay(endsAt, config.timeZone)} ${localTime(endsAt, config.timeZone)}`,
      helpPhone: config.helpPhone,
    });
    return accepted({
      lease: views.lease(rows.leaseByRef(row.ref) ?? row),
      digits,
      qr,
      slip,
      command: doors.view(rows.door(command.command_id) ?? command),
    });
  }

  return rent;
}
