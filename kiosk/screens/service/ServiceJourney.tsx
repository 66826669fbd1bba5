import { useMachine } from '@xstate/react';
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { fromPromise } from 'xstate';
import type { hallRoutes } from '../../../contract/hall-api.ts';
import type { Api } from '../../../ui/api/client.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { ErrorState, LoadingState } from '../../../ui/components/Waiting.tsx';
import { serviceMachine } from '../../journeys/service.machine.ts';
import type { PageAnswers } from '../../journeys/service.machine.ts';
import { useJourney, useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { AboutPage } from './AboutPage.tsx';
import { KeptPage } from './KeptPage.tsx';
import { QuestionPage } from './QuestionPage.tsx';
import { ReceiptPage } from './ReceiptPage.tsx';
import { ResumePage } from './ResumePage.tsx';
import { ReviewPage } from './ReviewPage.tsx';
import { ServicesPage } from './ServicesPage.tsx';
import './service.css';

function actorsOf(api: Api<typeof hallRoutes>) {
  return {
    start: fromPromise(({ input }: { input: string }) =>
      api.call('startDraft', { body: { service: input } }),
    ),
    resume: fromPromise(({ input }: { input: string }) =>
      api.call('resumeDraft', { body: { resumeCode: input } }),
    ),
    answer: fromPromise(({ input }: { input: PageAnswers }) =>
      api.call('answerDraft', {
        params: { id: input.draft },
        body: { page: input.page, answers: { ...input.answers } },
      }),
    ),
    submit: fromPromise(({ input }: { input: string }) => api.call('submitDraft', { params: { id: input } })),
  };
}

/** Business handling from the list to the receipt; what a service asks is data from the hall. */
export function ServiceJourney({ onExit }: { onExit: () => void }): ReactNode {
  const { api } = useJourney();
  const { t } = useTranslation('service');
  const say = useSay();
  const machine = useMemo(() => serviceMachine.provide({ actors: actorsOf(api) }), [api]);
  const [state, send] = useMachine(machine);
  const { context } = state;
  const { draft } = context;
  const name = draft === undefined ? undefined : say.words(draft.service.name);
  const other = draft === undefined ? undefined : say.zh ? draft.service.name.en : draft.service.name.zh;
  const frame = {
    pictogram: 'service' as const,
    title: name ?? t('title'),
    second: other ?? t('second'),
    onHome: onExit,
    onBack: () => send({ type: 'back' }),
  };
  const busy = state.matches('storing') || state.matches('submitting');

  if (state.matches('list'))
    return (
      <ServicesPage
        frame={{ ...frame, onBack: onExit }}
        onPick={(service) => send({ type: 'pick', service })}
        onResume={() => send({ type: 'resume' })}
      />
    );
  if (state.matches('about') || state.matches('starting'))
    return (
      <AboutPage
        frame={frame}
        service={context.service}
        refusal={context.refusal}
        pending={state.matches('starting')}
        begun={draft !== undefined}
        onBegin={() => send({ type: 'begin' })}
      />
    );
  if (state.matches('code') || state.matches('resuming'))
    return (
      <ResumePage
        frame={frame}
        refusal={context.refusal}
        pending={state.matches('resuming')}
        onCode={(code) => send({ type: 'code', code })}
      />
    );
  if ((state.matches('page') || state.matches('storing')) && draft !== undefined)
    return (
      <QuestionPage
        key={context.page}
        frame={frame}
        context={context}
        draft={draft}
        pending={busy}
        onType={(field, value) => send({ type: 'type', field, value })}
        onRetype={(field) => send({ type: 'retype', field })}
        onNext={() => send({ type: 'next' })}
        onKeep={() => send({ type: 'keep' })}
      />
    );
  if (state.matches('kept'))
    return <KeptPage frame={frame} code={context.resumeCode} onGoOn={() => send({ type: 'next' })} />;
  if ((state.matches('review') || state.matches('submitting')) && draft !== undefined)
    return (
      <ReviewPage
        frame={frame}
        draft={draft}
        refusal={context.refusal}
        pending={busy}
        onChange={(page) => send({ type: 'change', page })}
        onKeep={() => send({ type: 'keep' })}
        onSubmit={() => send({ type: 'submit' })}
      />
    );
  if (state.matches('receipt') && context.receipt !== undefined)
    return <ReceiptPage frame={{ ...frame, onBack: onExit }} receipt={context.receipt} />;
  if (state.matches('lost'))
    return (
      <JourneyFrame {...frame} page="service/lost">
        <ErrorState title={t('lostTitle')} detail={t('lostDetail')} />
        <ActionButton
          kind="primary"
          pictogram="service"
          label={t('restart')}
          onPress={() => send({ type: 'restart' })}
        />
      </JourneyFrame>
    );
  return (
    <JourneyFrame {...frame} page="service">
      <LoadingState />
    </JourneyFrame>
  );
}
