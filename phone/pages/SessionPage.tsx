import { useState } from 'react';
import type { ReactNode } from 'react';
import { useNavigate, useParams } from 'react-router';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { BigNumber } from '../../ui/components/BigNumber.tsx';
import { ConfirmDialog } from '../../ui/components/Dialogs.tsx';
import { EmptyState } from '../../ui/components/Waiting.tsx';
import { useNow } from '../../ui/clock.ts';
import { fromInstant } from '../../contract/time.ts';
import { usePhone } from '../data/phone-context.ts';
import { useAct } from '../data/use-act.ts';
import { useWords } from '../data/words.ts';
import { Facts, OutcomeStrip } from '../frame/Outcome.tsx';
import type { Outcome } from '../frame/Outcome.tsx';
import { Page } from '../frame/PhoneFrame.tsx';
import { thingsOf } from '../rules/agenda.rules.ts';
import type { PhoneSessionView } from '../rules/agenda.rules.ts';
import { dayAt } from '../rules/days.rules.ts';
import { sessionOpen } from '../rules/state-words.rules.ts';
import { SessionState } from './ThingState.tsx';

const MINUTE = 60_000;

/** One session: room and seat large, and what can be done with it. */
export function SessionPage(): ReactNode {
  const { view } = usePhone();
  const { t, say } = useWords(view.hall.timeZone);
  const { number } = useParams();
  const found = view.sessions.find(({ session }) => String(session.number) === number);
  if (found === undefined) {
    return (
      <Page pictogram="activity" title={t('activities.title')} backTo="/activities">
        <EmptyState title={t('activities.unknown')} detail={t('activities.unknownDetail')} />
      </Page>
    );
  }
  return (
    <Page pictogram="activity" title={say(found.session.activity)} backTo="/activities">
      <SessionDetail key={found.session.number} each={found} />
    </Page>
  );
}

function SessionDetail({ each }: { each: PhoneSessionView }): ReactNode {
  const { view } = usePhone();
  const { t, say, span, dayName } = useWords(view.hall.timeZone);
  const now = useNow(1000);
  const { session } = each;
  const from = fromInstant(session.startsAt);
  const day = dayName(dayAt(from, view.hall.timeZone), now);
  return (
    <>
      <div className="figures">
        <BigNumber label={t('activities.roomLabel')} value={session.room} size="code" />
        {each.seat === null ? (
          <div className="stack--tight">
            <p className="big-number__label">{t('activities.placesLabel')}</p>
            <SessionState each={each} />
          </div>
        ) : (
          <BigNumber label={t('activities.seatLabel')} value={String(each.seat)} size="code" />
        )}
      </div>
      {each.seat === null ? null : <SessionState each={each} />}
      <SessionActs each={each} />
      <Facts
        rows={[
          [
            t('activities.timeLabel'),
            <>
              {day} <span className="nowrap">{span(from, fromInstant(session.endsAt))}</span>
            </>,
          ],
          ...(session.teacher === undefined
            ? []
            : [[t('activities.teacherLabel'), say(session.teacher)] as const]),
          [
            t('activities.placesLabel'),
            t('activities.places', { capacity: session.capacity, left: each.left }),
          ],
          [
            t('activities.checkInLabel'),
            span(from - session.checkInBefore * MINUTE, from + session.checkInAfter * MINUTE),
          ],
        ]}
      />
    </>
  );
}

function SessionActs({ each }: { each: PhoneSessionView }): ReactNode {
  const { view, reachable } = usePhone();
  const { t } = useWords(view.hall.timeZone);
  const now = useNow(1000);
  const navigate = useNavigate();
  const register = useAct('register');
  const unregister = useAct('unregister');
  const [outcome, setOutcome] = useState<Outcome>();
  const [asking, setAsking] = useState(false);
  const params = { number: each.session.number };
  const pending = register.pending || unregister.pending;
  const grant = thingsOf(view, now).find((thing) => thing.kind === 'session' && thing.of === each)?.grant;

  const begin = (): void => {
    register.forget();
    unregister.forget();
    setOutcome(undefined);
    setAsking(false);
  };
  const join = async (again: boolean): Promise<void> => {
    begin();
    const answer = await register.run({ params });
    if (answer?.ok !== true) return;
    const waiting = answer.value.state === 'waiting';
    setOutcome(
      again
        ? waiting
          ? { kind: 'attention', title: t('activities.backWaiting') }
          : { kind: 'ok', title: t('activities.backRegistered') }
        : {
            kind: 'ok',
            title: t(waiting ? 'activities.didWait' : 'activities.didRegister'),
            detail: t(waiting ? 'activities.waitNote' : 'activities.didRegisterDetail'),
            undo: () => void leave(waiting, false),
          },
    );
  };
  const leave = async (waiting: boolean, offerUndo: boolean): Promise<void> => {
    begin();
    const answer = await unregister.run({ params });
    if (answer?.ok !== true) return;
    setOutcome({
      kind: 'ok',
      title: t(waiting ? 'activities.didLeave' : 'activities.didCancel'),
      ...(offerUndo ? { undo: () => void join(true) } : {}),
    });
  };

  const strip = (
    <OutcomeStrip outcome={outcome} refusal={register.refusal ?? unregister.refusal} pending={pending} />
  );
  if (!sessionOpen(each, now)) return strip;
  const mine = each.state === 'registered' || each.state === 'waiting';
  return (
    <section className="stack">
      {strip}
      {each.state === 'waiting' && outcome === undefined ? <p>{t('activities.waitingSentence')}</p> : null}
      {grant === undefined ? null : (
        <ActionButton
          kind="primary"
          pictogram="scan"
          label={t('today.showCheckIn')}
          onPress={() => void navigate(`/code/${grant.grantId}`)}
        />
      )}
      {mine ? (
        <ActionButton
          label={t(each.state === 'waiting' ? 'activities.cancelWait' : 'activities.cancel')}
          isDisabled={!reachable}
          isPending={pending}
          onPress={() => {
            if (each.state === 'registered' && each.left === 0) setAsking(true);
            else void leave(each.state === 'waiting', true);
          }}
        />
      ) : (
        <ActionButton
          kind="primary"
          pictogram={each.left > 0 ? 'plus' : 'queue'}
          label={t(each.left > 0 ? 'activities.register' : 'activities.wait')}
          isDisabled={!reachable}
          isPending={pending}
          onPress={() => void join(false)}
        />
      )}
      {reachable ? null : <p className="quiet">{t('offline.needsNetwork')}</p>}
      {!mine && each.left === 0 ? <p className="quiet">{t('activities.waitNote')}</p> : null}
      <ConfirmDialog
        isOpen={asking}
        title={t('activities.askTitle')}
        text={t('activities.askText')}
        confirm={t('activities.askConfirm')}
        cancel={t('activities.keep')}
        onConfirm={() => void leave(false, true)}
        onCancel={() => {
          setAsking(false);
        }}
      />
    </section>
  );
}
