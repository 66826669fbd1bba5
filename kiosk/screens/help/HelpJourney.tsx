import { useMachine } from '@xstate/react';
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { fromPromise } from 'xstate';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { BigNumber } from '../../../ui/components/BigNumber.tsx';
import { Notice } from '../../../ui/components/Notice.tsx';
import { ResultPanel } from '../../../ui/components/ResultPanel.tsx';
import { ErrorState, LoadingState } from '../../../ui/components/Waiting.tsx';
import { helpMachine } from '../../journeys/help.machine.ts';
import { useJourney, useLive } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import './help.css';

export interface HelpJourneyProps {
  /** Where the person was when they called, told to staff. */
  from?: string;
  onExit: () => void;
}

/** Mounting it is the call: one touch brings a person. */
export function HelpJourney({ from = 'help', onExit }: HelpJourneyProps): ReactNode {
  const { api, home } = useJourney();
  const { t } = useTranslation('help');
  const machine = useMemo(
    () =>
      helpMachine.provide({
        actors: {
          call: fromPromise(() => api.call('callHelp', { body: { page: from } })),
          ask: fromPromise(({ input }: { input: string }) => api.call('help', { params: { id: input } })),
          withdraw: fromPromise(({ input }: { input: string }) =>
            api.call('withdrawHelp', { params: { id: input } }),
          ),
        },
      }),
    [api, from],
  );
  const [state, send] = useMachine(machine);
  const { help } = state.context;
  useLive((message) => {
    if (message.type === 'changed' && message.topics.includes('help')) send({ type: 'changed' });
  });
  const frame = {
    pictogram: 'call-staff' as const,
    title: t('title'),
    second: t('second'),
    page: from,
    onHome: onExit,
    // Already calling: the bar's button changes nothing.
    onCall: () => send({ type: 'call' }),
  };

  if (state.matches('failed'))
    return (
      <JourneyFrame {...frame}>
        <ErrorState title={t('failed')} detail={t('failedDetail')} onRetry={() => send({ type: 'call' })} />
        <BigNumber size="code" label={t('phone')} value={home.hall.helpPhone} />
      </JourneyFrame>
    );
  if (state.matches('withdrawn') || state.matches('ended'))
    return (
      <JourneyFrame
        {...frame}
        pace="result"
        read={
          <ResultPanel kind="success" sentence={state.matches('withdrawn') ? t('withdrawn') : t('ended')}>
            <p>{t('againHint')}</p>
          </ResultPanel>
        }
      >
        <div className="frame__foot journey__even">
          <ActionButton pictogram="call-staff" label={t('again')} onPress={() => send({ type: 'call' })} />
          <ActionButton kind="primary" pictogram="home" label={t('goOn')} onPress={onExit} />
        </div>
      </JourneyFrame>
    );
  if (help === undefined)
    return (
      <JourneyFrame {...frame}>
        <LoadingState title={t('calling')} />
      </JourneyFrame>
    );
  const taken = help.state === 'taken';
  return (
    <JourneyFrame
      {...frame}
      pace="form"
      read={
        <>
          <ResultPanel
            kind="success"
            sentence={taken ? t('taken', { name: help.takenBy ?? t('staff') }) : t('called')}
          >
            <p>{t('stay')}</p>
          </ResultPanel>
          {taken ? null : (
            <div className="help__wait">
              <BigNumber label={t('wait')} value={String(help.waitMinutes)} note={t('minutes')} />
            </div>
          )}
          {help.phone === '' ? null : (
            <div className="help__phone" role="status">
              <Notice kind="attention" title={t('nobody')} detail={t('nobodyDetail')} />
              <BigNumber size="code" label={t('phone')} value={help.phone} />
            </div>
          )}
        </>
      }
    >
      <div className="frame__foot journey__even">
        <ActionButton
          pictogram="undo"
          label={t('withdraw')}
          isPending={state.matches('withdrawing')}
          onPress={() => send({ type: 'withdraw' })}
        />
        <ActionButton pictogram="home" label={t('meanwhile')} onPress={onExit} />
      </div>
    </JourneyFrame>
  );
}
