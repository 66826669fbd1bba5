import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProgressView } from '../../../contract/hall-api.ts';
import type { Instant } from '../../../contract/time.ts';
import { fromInstant } from '../../../contract/time.ts';
import { formatDate, formatTime } from '../../../ui/clock.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { ReviewList } from '../../../ui/components/FormSummary.tsx';
import { Notice } from '../../../ui/components/Notice.tsx';
import { ResultPanel } from '../../../ui/components/ResultPanel.tsx';
import { MetroLine } from '../../../ui/components/StepsLine.tsx';
import type { MetroStop } from '../../../ui/components/StepsLine.tsx';
import { useJourney, useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import type { JourneyFrameProps } from '../journey/JourneyFrame.tsx';

export interface ProgressResultProps {
  frame: Pick<JourneyFrameProps, 'pictogram' | 'title' | 'second' | 'onHome' | 'onBack'>;
  view: ProgressView;
}

const RESULT = {
  submitted: 'success',
  approved: 'success',
  refused: 'refused',
  returned: 'attention',
} as const;

/** How far it has come, who has it and until when; a decision with its reason in words. */
export function ProgressResult({ frame, view }: ProgressResultProps): ReactNode {
  const { t } = useTranslation('progress');
  const { home, callStaff } = useJourney();
  const say = useSay();
  const date = (at: Instant): string =>
    formatDate(fromInstant(at), say.zh ? 'zh-CN' : 'en', home.hall.timeZone);
  const decided = view.state !== 'submitted';
  const stops: MetroStop[] = [
    {
      id: 'submitted',
      pictogram: 'check',
      title: t('stop.submitted'),
      detail: `${date(view.submittedAt)} ${formatTime(fromInstant(view.submittedAt), home.hall.timeZone)}`,
    },
    {
      id: 'handling',
      pictogram: decided ? 'check' : 'person',
      title: decided ? t('stop.handled') : t('stop.handling'),
      detail: say.words(view.handler),
    },
    {
      id: 'decided',
      pictogram: decided ? (view.state === 'approved' ? 'check' : 'info') : 'clock',
      title: decided ? t(`state.${view.state}`) : t('stop.answer'),
      detail:
        decided && view.decidedAt !== null ? date(view.decidedAt) : t('by', { day: date(view.deadline) }),
    },
  ];
  return (
    <JourneyFrame
      {...frame}
      page="progress/result"
      pace="result"
      read={
        <>
          <ResultPanel kind={RESULT[view.state]} sentence={t(`sentence.${view.state}`)}>
            <p>{t(`next.${view.state}`, { handler: say.words(view.handler), day: date(view.deadline) })}</p>
          </ResultPanel>
          <div className={`progress progress--${decided ? 'decided' : 'waiting'}`}>
            <MetroLine stops={stops} />
          </div>
          {view.reason === null || view.reason === '' ? null : (
            <Notice
              kind={view.state === 'approved' ? 'info' : 'attention'}
              title={t('reason')}
              detail={view.reason}
            />
          )}
          <ReviewList
            items={[
              { id: 'service', label: t('what'), value: say.words(view.service) },
              { id: 'number', label: t('number'), value: view.number },
              { id: 'deadline', label: t('deadline'), value: date(view.deadline) },
              {
                id: 'sent',
                label: t('centre'),
                value: view.sentToCentral ? t('sent') : t('notSent'),
              },
            ]}
          />
        </>
      }
    >
      <div className="frame__foot journey__even">
        <ActionButton
          pictogram="call-staff"
          label={t('askStaff')}
          onPress={() => {
            callStaff('progress/result');
          }}
        />
        <ActionButton
          pictogram="search"
          label={t('another')}
          {...(frame.onBack === undefined ? {} : { onPress: frame.onBack })}
        />
        <ActionButton pictogram="check" label={t('done')} onPress={frame.onHome} />
      </div>
    </JourneyFrame>
  );
}
