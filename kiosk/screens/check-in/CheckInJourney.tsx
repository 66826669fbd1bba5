import { useMachine } from '@xstate/react';
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { fromPromise } from 'xstate';
import type { CheckInAnswer } from '../../../contract/hall-api.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { Board, BoardRow } from '../../../ui/components/Board.tsx';
import { ResultPanel } from '../../../ui/components/ResultPanel.tsx';
import { LoadingState } from '../../../ui/components/Waiting.tsx';
import { formatTime } from '../../../ui/clock.ts';
import { fromInstant } from '../../../contract/time.ts';
import { checkInMachine } from '../../journeys/check-in.machine.ts';
import type { Arrival } from '../../journeys/check-in.machine.ts';
import { useJourney, useLive, useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { MemberPage } from '../journey/MemberPage.tsx';
import { ScanPage } from '../scan/ScanPage.tsx';
import { CheckedIn } from './CheckedIn.tsx';
import './check-in.css';

export interface CheckInJourneyProps {
  /** A code or a card was judged before this opened. */
  first?: CheckInAnswer;
  /** It was a card: a choice between sessions is sent with it. */
  card?: boolean;
  onExit: () => void;
}

/** Arriving at an activity: by a code from any scanner or the camera, by a card, or typed. */
export function CheckInJourney({ first, card = false, onExit }: CheckInJourneyProps): ReactNode {
  const { api, home } = useJourney();
  const { t } = useTranslation('check-in');
  const say = useSay();
  const machine = useMemo(
    () =>
      checkInMachine.provide({
        actors: {
          arrive: fromPromise(({ input }: { input: Arrival }) =>
            api.call('checkIn', {
              body: {
                credential: input.credential,
                ...(input.session === undefined ? {} : { session: input.session }),
                ...(input.remember === undefined ? {} : { remember: input.remember }),
              },
            }),
          ),
          takeBack: fromPromise(({ input }: { input: string }) =>
            api.call('undoCheckIn', { params: { id: input } }),
          ),
        },
      }),
    [api],
  );
  const [state, send] = useMachine(machine, {
    input: { first, ...(card ? { credential: { kind: 'card' as const } } : {}) },
  });
  useLive((message) => {
    if (message.type === 'id-card') send({ type: 'card', ticket: message.ticket });
  });
  const { answer, refusal } = state.context;
  const frame = {
    pictogram: 'check-in' as const,
    title: t('title'),
    second: t('second'),
    onHome: onExit,
    onBack: () => send({ type: 'back' }),
  };

  if (state.matches('asking'))
    return (
      <ScanPage
        frame={{ ...frame, onBack: onExit }}
        page="check-in"
        question={t('ask')}
        detail={t(home.kiosk.idReader === true ? 'askDetailCard' : 'askDetail')}
        typed={t('typeInstead')}
        onTyped={() => send({ type: 'type' })}
      />
    );
  if (state.matches('who') || state.matches('arriving'))
    return (
      <MemberPage
        {...frame}
        page="check-in/who"
        before={state.context.credential?.kind === 'member' ? state.context.credential : undefined}
        refusal={refusal}
        pending={state.matches('arriving')}
        submit={t('submit')}
        onDone={(credential) => send({ type: 'who', credential })}
      />
    );
  if (state.matches('choosing') && answer?.kind === 'choose')
    return (
      <JourneyFrame {...frame} page="check-in/choose">
        <h2 className="journey__question">{t('choose', { name: answer.nameMasked })}</h2>
        <Board title={t('yours')}>
          {answer.sessions.map(({ session }) => (
            <BoardRow
              key={session.number}
              time={formatTime(fromInstant(session.startsAt), home.hall.timeZone)}
              title={say.words(session.activity)}
              detail={t('roomOf', { room: session.room })}
              action={{
                label: t('chooseThis', { activity: say.words(session.activity) }),
                pictogram: 'check',
                onPress: () => send({ type: 'session', number: session.number }),
              }}
            />
          ))}
        </Board>
      </JourneyFrame>
    );
  if (
    (state.matches('done') || state.matches('takingBack') || state.matches('already')) &&
    answer !== undefined &&
    answer.kind !== 'choose'
  )
    return (
      <CheckedIn
        key={answer.kind}
        frame={frame}
        answer={answer}
        refusal={refusal}
        pending={state.matches('takingBack')}
        onUndo={() => send({ type: 'undo' })}
      />
    );
  if (state.matches('takenBack'))
    return (
      <JourneyFrame
        {...frame}
        page="check-in/undone"
        pace="result"
        read={
          <ResultPanel kind="attention" sentence={t('takenBack')}>
            <p>{t('takenBackDetail')}</p>
          </ResultPanel>
        }
      >
        <ActionButton
          kind="primary"
          pictogram="check-in"
          label={t('again')}
          onPress={() => send({ type: 'back' })}
        />
        <ActionButton pictogram="check" label={t('finish')} onPress={onExit} />
      </JourneyFrame>
    );
  return (
    <JourneyFrame {...frame} page="check-in">
      <LoadingState />
    </JourneyFrame>
  );
}
