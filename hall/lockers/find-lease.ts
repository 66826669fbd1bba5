import type { LockerCode, QrCredential } from '../../contract/hall-api.ts';
import type { Millis } from '../../contract/ports.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Refusal, Result } from '../../contract/refusals.ts';
import { fromInstant } from '../../contract/time.ts';
import type { TypedLease, VerifiedGrant } from '../access/access.service.ts';
import { localTime } from '../../contract/local-time.ts';
import { NO_MEMBER } from './lockers.rules.ts';
import type { LeaseRow } from './lockers.store.ts';
import type { LockerParts, LockerViews } from './views.ts';

export type LockerCredential = QrCredential | LockerCode;

/** Clocks differ: a lease works a little before and after its time, like its grant. */
export const SLACK_MS: Millis = 5 * 60_000;

/** A lease that a code names: a row, or what would become one at the first act. */
export interface Found {
  readonly row: LeaseRow;
  readonly known: boolean;
}

/** From a code to its lease, all checks done, state last; undefined `verified` = a typed code. Uses nothing up. */
export type FindLease = (
  credential: LockerCredential,
  kiosk: string,
) => Result<{ found: Found; verified: VerifiedGrant | undefined }>;

export function createFindLease(parts: LockerParts, views: LockerViews): FindLease {
  const { rows, leases, places, access } = parts;
  const { clock, config } = parts.context;

  function findByGrant(verified: VerifiedGrant): Found {
    const known = rows.leaseByGrant(verified.grantId);
    if (known !== undefined) return { row: known, known: true };
    const fed = rows.feedLeaseByGrant(verified.grantId);
    if (fed !== undefined) {
      const row = rows.leaseByUuid(fed.id);
      if (row !== undefined) return { row, known: true };
      const fresh = leases.fromCentral(fed);
      return {
        row: fed.state === 'ended' || fed.state === 'end-requested' ? { ...fresh, state: 'ended' } : fresh,
        known: false,
      };
    }
    const start = verified.grant.notBefore * 1000;
    return {
      known: false,
      // First learnt from a grant: named by the grant id in every fact [LK9].
      row: {
        ref: verified.grantId,
        uuid: null,
        grant_id: verified.grantId,
        compartment: verified.target,
        origin: 'grant',
        member_ref: verified.memberRef,
        visitor: null,
        starts_at: start,
        ends_at: start + verified.grant.minutes * 60_000,
        generation: 0,
        state: 'made',
        made_at: clock.now(),
        maybe_used: 0,
        overdue: 0,
        end_requested: 0,
      },
    };
  }

  function findByCompartment(compartment: number): Found | undefined {
    const row = rows.liveLease(compartment);
    if (row !== undefined) return { row, known: true };
    // A lease of central's that collided when it came and has become possible since.
    const now = clock.now();
    const fed = rows
      .feedLeasesOf(compartment)
      .find(
        (each) =>
          (each.state === 'made' || each.state === 'active') &&
          fromInstant(each.endsAt) > now &&
          rows.leaseByUuid(each.id) === undefined &&
          rows.leaseByGrant(each.grantId) === undefined,
      );
    return fed === undefined ? undefined : { row: leases.fromCentral(fed), known: false };
  }

  /** State, the last of the checks. */
  function stateRefusal(found: Found, verified: VerifiedGrant | undefined): Refusal | undefined {
    const { row } = found;
    if (row.state === 'ended') return refused('lease-over').refusal;
    const time = access.now();
    if (time.at > row.ends_at + SLACK_MS) return refused('lease-over').refusal;
    if (time.proved && time.at < row.starts_at - SLACK_MS)
      return refused('qr-too-early', { from: localTime(row.starts_at, config.timeZone) }).refusal;
    if (verified?.grant.printed === true && verified.usedBefore) return refused('grant-used').refusal;
    if (
      verified === undefined &&
      (row.member_ref !== null || row.grant_id !== null) &&
      access.isDenied(row.member_ref ?? NO_MEMBER, row.grant_id ?? undefined)
    )
      return refused('grant-revoked').refusal;
    if (!places.has(row.compartment) || rows.compartments().get(row.compartment)?.out_of_service === 1)
      return refused('compartment-out').refusal;
    if (found.known) return undefined;
    const holder = rows.liveLease(row.compartment);
    if (holder === undefined) return undefined;
    // Goods inside win: never open for the second lease [LK9].
    const size = places.get(row.compartment)?.config.size ?? 'small';
    const other = views.freeOf(size)[0];
    return other === undefined
      ? refused('no-free-compartment').refusal
      : refused('compartment-taken', { compartment: row.compartment, other }).refusal;
  }

  function find(
    credential: LockerCredential,
    kiosk: string,
  ): Result<{ found: Found; verified: VerifiedGrant | undefined }> {
    if (credential.kind === 'qr') {
      const verified = access.verifyQr(credential.text, kiosk, 'locker');
      if (!verified.ok) return verified;
      const found = findByGrant(verified.value);
      const refusal = stateRefusal(found, verified.value);
      return refusal === undefined ? accepted({ found, verified: verified.value }) : { ok: false, refusal };
    }
    const found = findByCompartment(credential.compartment);
    const typed: TypedLease | undefined =
      found === undefined ? undefined : { uuid: found.row.uuid, generation: found.row.generation };
    const right = access.lockerCode(credential, kiosk, typed);
    if (!right.ok) return right;
    if (found === undefined) return refused('code-wrong');
    const refusal = stateRefusal(found, undefined);
    return refusal === undefined ? accepted({ found, verified: undefined }) : { ok: false, refusal };
  }

  return find;
}
