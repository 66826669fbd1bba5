import { useMachine } from '@xstate/react';
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { fromPromise } from 'xstate';
import { Notice } from '../../../ui/components/Notice.tsx';
import { progressMachine } from '../../journeys/progress.machine.ts';
import { numberFromDigits } from '../../journeys/receipt-code.rules.ts';
import type { ReceiptCode } from '../../journeys/receipt-code.rules.ts';
import { DigitsPage } from '../journey/DigitsPage.tsx';
import { useJourney, useLive } from '../journey/journey-context.ts';
import { ProgressResult } from './ProgressResult.tsx';
import './progress.css';

const NUMBER_DIGITS = 12;

/** Where an application stands, by number and query code, or by the receipt's QR. */
export function ProgressJourney({ onExit }: { onExit: () => void }): ReactNode {
  const { api, home } = useJourney();
  const { t } = useTranslation('progress');
  const machine = useMemo(
    () =>
      progressMachine.provide({
        actors: {
          ask: fromPromise(({ input }: { input: ReceiptCode }) =>
            api.call('progress', { body: { ...input } }),
          ),
        },
      }),
    [api],
  );
  const [state, send] = useMachine(machine);
  const { context } = state;
  useLive((message) => {
    if (message.type === 'scan') send({ type: 'scanned', text: message.text });
    if (message.type === 'changed' && message.topics.includes('applications')) send({ type: 'changed' });
  });
  const frame = {
    pictogram: 'search' as const,
    title: t('title'),
    second: t('second'),
    onHome: onExit,
  };
  if (context.view !== undefined)
    return <ProgressResult frame={{ ...frame, onBack: () => send({ type: 'back' }) }} view={context.view} />;
  return (
    <DigitsPage
      {...frame}
      onBack={onExit}
      page="progress/entry"
      question={t('question')}
      refusal={context.refusal}
      pending={state.matches('asking')}
      submit={t('ask')}
      other={<Notice pictogram="scan" title={t('haveReceipt')} detail={t('haveReceiptDetail')} />}
      boxes={[
        {
          id: 'application-number',
          label: t('number'),
          hint: t('numberHint'),
          least: NUMBER_DIGITS,
          most: NUMBER_DIGITS,
          short: t('numberShort'),
          before: '',
          show: (digits) => numberFromDigits(home.hall.id, digits),
          // The hall's own mark in front holds digits too; only what comes after the dash was typed.
          read: (shown) => shown.slice(shown.indexOf('-') + 1).replace(/\D/g, ''),
        },
        {
          id: 'query-code',
          label: t('code'),
          least: 6,
          most: 6,
          short: t('codeShort'),
          before: '',
        },
      ]}
      onDone={(digits, queryCode) => {
        send({ type: 'ask', code: { number: numberFromDigits(home.hall.id, digits), queryCode } });
      }}
    />
  );
}
