import type { Registration, Session } from '../../contract/feed.ts';
import type { CheckInAnswer, MemberCredential, SessionView } from '../../contract/hall-api.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import { fromInstant, toInstant } from '../../contract/time.ts';
import type { AccessService, VerifiedGrant } from '../access/access.service.ts';
import { localDay, localTime } from '../../contract/local-time.ts';
import type { DeviceListener, HallContext } from '../ports.ts';
import { judgeRegistration, judgeSession, sessionView, UNDO_MS, windowOf } from './check-in.rules.ts';
import { createIdCards } from './id-cards.ts';
import { createCheckInStore } from './check-in.store.ts';
import type { CheckInRow } from './check-in.store.ts';

export interface CheckInService {
  byQr(text: string, kiosk: string): Result<CheckInAnswer>;
  /** `session` is named after the person chose between several. */
  typed(
    credential: MemberCredential,
    session: number | undefined,
    kiosk: string,
    rememberCard?: string,
  ): Result<CheckInAnswer>;
  /** By the ID card of that ticket. */
  byIdCard(ticket: string, session: number | undefined, kiosk: string): Result<CheckInAnswer>;
  /** The same for a member known by a card; `session` as in `typed`. */
  byCard(memberRef: string, session: number | undefined, kiosk: string): Result<CheckInAnswer>;
  readonly listener: DeviceListener;
  undo(checkInId: string, kiosk: string): Result<{ ok: true }>;
  /** Sessions of the hall's day, in the order they begin. */
  sessionViews(): SessionView[];
}

/** Who arrives and how it was proved. */
interface Arrival {
  readonly memberRef: string;
  readonly kiosk: string;
  readonly grant: VerifiedGrant | undefined;
  /** How it was proved where there is no grant. */
  readonly by: 'typed' | 'card';
}

/** Check-in of one hall: rules CI of hall/SPEC.md. */
export function createCheckInService(context: HallContext, access: AccessService): CheckInService {
  const { config, clock, store, reference, ids, live } = context;
  const rows = createCheckInStore(store.db);
  const cards = createIdCards(context);
  const timeOfDay = (at: number): string => localTime(at, config.timeZone);

  const registrationOf = (session: number, memberRef: string): Registration | undefined => {
    const all = reference.registrationsOf(memberRef).filter((each) => each.session === session);
    return all.find((each) => each.state === 'registered') ?? all[0];
  };
  /** A member this hall has not heard of yet shows no name, not somebody else's. */
  const nameOf = (memberRef: string): string => reference.get('member', memberRef)?.nameMasked ?? '*';
  const kioskName = (id: string): { zh: string; en: string } =>
    config.kiosks.find((each) => each.id === id)?.name ?? { zh: id, en: id };

  const already = (row: CheckInRow, session: Session): CheckInAnswer => ({
    kind: 'already',
    at: toInstant(row.at),
    kiosk: row.kiosk,
    kioskName: kioskName(row.kiosk),
    nameMasked: nameOf(row.member_ref),
    session,
    seat: registrationOf(session.number, row.member_ref)?.seat ?? null,
  });

  /** State, then the arrival and the use of the grant in one commit [CI1]. */
  function arrive(session: Session, arrival: Arrival): Result<CheckInAnswer> {
    const { memberRef, kiosk, grant } = arrival;
    const before = rows.present(session.number, memberRef);
    if (before !== undefined) {
      store.transaction((tx) => {
        tx.audit({ actor: `kiosk:${kiosk}`, action: 'check-in.repeat', subject: before.id });
        return undefined;
      });
      return accepted(already(before, session));
    }
    if (grant?.usedBefore === true) return refused('grant-spent');
    const time = access.now();
    const registration = registrationOf(session.number, memberRef);
    const refusal =
      judgeSession(session, time.at, time.proved, timeOfDay) ??
      judgeRegistration(registration, grant !== undefined);
    if (refusal !== undefined) return { ok: false, refusal };
    if (rows.count(session.number) >= session.capacity) return refused('session-full');

    const at = clock.now();
    const row: CheckInRow = {
      id: ids.uuid(),
      session: session.number,
      member_ref: memberRef,
      at,
      kiosk,
      credential: grant?.credential ?? arrival.by,
      grant_id: grant?.grantId ?? null,
      undone_at: null,
    };
    store.transaction((tx) => {
      if (grant !== undefined) access.consume(tx, grant, kiosk);
      rows.insert(row);
      tx.record('check-in.recorded', {
        checkInId: row.id,
        session: row.session,
        memberRef,
        at: toInstant(at),
        kiosk,
        credential: row.credential,
        ...(grant === undefined ? {} : { grantId: grant.grantId }),
        ...(grant?.clockUnproved === true ? { clockUnproved: true } : {}),
      });
      tx.audit({
        actor: `kiosk:${kiosk}`,
        action: 'check-in',
        subject: row.id,
        detail: { session: row.session, memberRef },
      });
      tx.afterCommit(() => live.changed('sessions'));
      return undefined;
    });
    return accepted({
      kind: 'checked-in',
      checkInId: row.id,
      at: toInstant(at),
      undoUntil: toInstant(at + UNDO_MS),
      nameMasked: nameOf(memberRef),
      session,
      seat: registration?.seat ?? null,
    });
  }

  function byQr(text: string, kiosk: string): Result<CheckInAnswer> {
    const first = access.firstAnswers.get<Result<CheckInAnswer>>('check-in', kiosk, text);
    if (first !== undefined) return first;
    const verified = access.verifyQr(text, kiosk, 'check-in');
    if (!verified.ok) return verified;
    const session = reference.session(verified.value.target);
    if (session === undefined) return refused('session-unknown');
    const answer = arrive(session, {
      ...{ memberRef: verified.value.memberRef, kiosk, grant: verified.value, by: 'typed' },
    });
    return answer.ok ? access.firstAnswers.keep('check-in', kiosk, text, answer) : answer;
  }

  function typed(
    credential: MemberCredential,
    wanted: number | undefined,
    kiosk: string,
    rememberCard?: string,
  ): Result<CheckInAnswer> {
    const member = access.typedMember(credential, kiosk);
    if (!member.ok) return member;
    if (rememberCard !== undefined) cards.remember(rememberCard, kiosk, member.value);
    return present({ memberRef: member.value.memberRef, kiosk, grant: undefined, by: 'typed' }, wanted);
  }

  function byIdCard(ticket: string, wanted: number | undefined, kiosk: string): Result<CheckInAnswer> {
    const member = cards.memberOf(ticket, kiosk);
    return member.ok ? byCard(member.value, wanted, kiosk) : member;
  }

  function byCard(memberRef: string, wanted: number | undefined, kiosk: string): Result<CheckInAnswer> {
    if (access.isDenied(memberRef)) return refused('grant-revoked');
    return present({ memberRef, kiosk, grant: undefined, by: 'card' }, wanted);
  }

  /** A member who needs no code: to the session named, or the one that is theirs now, or a choice. */
  function present(arrival: Arrival, wanted: number | undefined): Result<CheckInAnswer> {
    const { memberRef } = arrival;
    if (wanted !== undefined) {
      const session = reference.session(wanted);
      return session === undefined ? refused('session-unknown') : arrive(session, arrival);
    }
    const now = access.now().at;
    const today = localDay(now, config.timeZone);
    const sessions = reference
      .registrationsOf(memberRef)
      .filter((each) => each.state === 'registered')
      .map((each) => reference.session(each.session))
      .filter((each) => each !== undefined)
      .filter((each) => !each.cancelled && localDay(fromInstant(each.startsAt), config.timeZone) === today)
      .sort((a, b) => fromInstant(a.startsAt) - fromInstant(b.startsAt));
    const open = sessions.filter((each) => judgeSession(each, now, true, timeOfDay) === undefined);
    const fresh = open.filter((each) => rows.present(each.number, memberRef) === undefined);
    if (fresh.length > 1)
      return accepted({
        kind: 'choose',
        nameMasked: nameOf(memberRef),
        sessions: fresh.map((each) => sessionView(each, rows.count(each.number), now)),
      });
    // Nothing open: the person hears about the next one, else about the last one that closed.
    const one = fresh[0] ?? open[0] ?? sessions.find((each) => windowOf(each).opens > now) ?? sessions.at(-1);
    return one === undefined ? refused('nothing-today') : arrive(one, arrival);
  }

  function undo(checkInId: string, kiosk: string): Result<{ ok: true }> {
    const row = rows.byId(checkInId);
    if (row?.kiosk !== kiosk) return refused('not-found');
    if (row.undone_at !== null) return accepted({ ok: true });
    const at = clock.now();
    // A clock set back must not stretch the ten seconds.
    if (at - row.at > UNDO_MS || at < row.at) return refused('undo-too-late');
    store.transaction((tx) => {
      rows.undo(row.id, at);
      if (row.grant_id !== null) access.release(row.grant_id);
      tx.record('check-in.undone', { checkInId: row.id, at: toInstant(at), by: 'member' });
      tx.audit({ actor: `kiosk:${kiosk}`, action: 'check-in.undo', subject: row.id });
      tx.afterCommit(() => live.changed('sessions'));
      return undefined;
    });
    access.firstAnswers.forget((answer) => isCheckIn(answer, row.id));
    return accepted({ ok: true });
  }

  function sessionViews(): SessionView[] {
    const now = clock.now();
    const today = localDay(now, config.timeZone);
    return reference
      .all('session')
      .filter((each) => localDay(fromInstant(each.startsAt), config.timeZone) === today)
      .sort((a, b) => fromInstant(a.startsAt) - fromInstant(b.startsAt) || a.number - b.number)
      .map((each) => sessionView(each, rows.count(each.number), now));
  }

  return { byQr, typed, byCard, byIdCard, undo, sessionViews, listener: cards.listener };
}

function isCheckIn(answer: unknown, id: string): boolean {
  const result = answer as Result<CheckInAnswer>;
  return result.ok && result.value.kind === 'checked-in' && result.value.checkInId === id;
}
