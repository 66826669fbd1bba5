import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Refusal } from '../../../contract/refusals.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { ReviewList } from '../../../ui/components/FormSummary.tsx';
import { Notice } from '../../../ui/components/Notice.tsx';
import { StepsList } from '../../../ui/components/StepsLine.tsx';
import { ErrorState, LoadingState } from '../../../ui/components/Waiting.tsx';
import { useJourney, useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { RefusalNotice } from '../journey/RefusalNotice.tsx';
import { useHallQuery } from '../journey/use-hall-query.ts';
import type { ServiceFrame } from './ServicesPage.tsx';

export interface AboutPageProps {
  frame: ServiceFrame;
  service: string;
  refusal: Refusal | undefined;
  pending: boolean;
  /** Answers have been given already. */
  begun: boolean;
  onBegin: () => void;
}

/** Before the first question: how long it takes, what is needed, what happens and until when. */
export function AboutPage(props: AboutPageProps): ReactNode {
  const { t } = useTranslation('service');
  const { home } = useJourney();
  const say = useSay();
  const query = useHallQuery('service', { params: { id: props.service } }, ['services']);
  const summary = home.services.find((each) => each.id === props.service);
  const service = query.data;
  if (service === undefined)
    return (
      <JourneyFrame {...props.frame} page="service/about">
        {query.refusal === undefined ? (
          <LoadingState />
        ) : (
          <ErrorState
            title={say.refusal(query.refusal)}
            detail={t('loadFailedDetail')}
            onRetry={query.again}
          />
        )}
      </JourneyFrame>
    );
  return (
    <JourneyFrame
      {...props.frame}
      title={say.words(service.name)}
      second={say.zh ? service.name.en : service.name.zh}
      page={`service/${service.id}/about`}
      read={
        <>
          <h2 className="journey__question">{say.words(service.summary)}</h2>
          <ReviewList
            items={[
              {
                id: 'time',
                label: t('takes'),
                value: t('takesValue', {
                  count: summary?.minutes ?? service.pages.length,
                  pages: service.pages.length,
                }),
              },
              {
                id: 'papers',
                label: t('papers'),
                value:
                  service.papers.length === 0
                    ? t('noPapers')
                    : service.papers.map(say.words).join(say.zh ? '；' : '; '),
              },
              { id: 'deadline', label: t('answer'), value: t('answerValue', { count: service.workingDays }) },
              { id: 'handler', label: t('handler'), value: say.words(service.handler) },
            ]}
          />
          <StepsList
            steps={service.steps.map((step, index) => ({ id: String(index), title: say.words(step) }))}
          />
        </>
      }
    >
      <RefusalNotice refusal={props.refusal} />
      <Notice
        pictogram="lock"
        title={service.anonymousAllowed ? t('anonymous') : t('private')}
        detail={t('privateDetail')}
      />
      <div className="frame__foot service__single">
        <ActionButton
          kind="primary"
          pictogram="arrow-right"
          pictogramAfter
          label={props.begun ? t('goOn') : t('begin')}
          isPending={props.pending}
          onPress={props.onBegin}
        />
      </div>
    </JourneyFrame>
  );
}
