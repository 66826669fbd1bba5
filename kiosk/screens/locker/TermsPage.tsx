import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Refusal } from '../../../contract/refusals.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { Choices, Tick } from '../../../ui/components/Choices.tsx';
import { StepsList } from '../../../ui/components/StepsLine.tsx';
import { LoadingState } from '../../../ui/components/Waiting.tsx';
import type { LockerSize } from '../../journeys/locker.machine.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { RefusalNotice } from '../journey/RefusalNotice.tsx';
import { useHallQuery } from '../journey/use-hall-query.ts';
import type { LockerFrame } from './locker-frame.ts';

export interface TermsPageProps {
  frame: LockerFrame;
  size: LockerSize;
  minutes: number | undefined;
  refusal: Refusal | undefined;
  pending: boolean;
  onMinutes: (minutes: number) => void;
  onAgree: () => void;
}

/** For how long, and what one agrees to; the door opens with the red button and not before. */
export function TermsPage(props: TermsPageProps): ReactNode {
  const { t } = useTranslation('locker');
  const { data } = useHallQuery('lockers', {});
  const [agreed, setAgreed] = useState(false);
  const hours = (minutes: number): string =>
    minutes % 60 === 0 ? t('hours', { count: minutes / 60 }) : t('minutes', { count: minutes });
  return (
    <JourneyFrame
      {...props.frame}
      page="locker/terms"
      pace="form"
      busy={props.pending}
      read={
        <>
          <h2 className="journey__question">{t('termsQuestion', { size: t(props.size) })}</h2>
          <RefusalNotice refusal={props.refusal} />
          <StepsList
            steps={[
              { id: 'free', title: t('term1'), detail: t('term1Detail') },
              { id: 'not', title: t('term2'), detail: t('term2Detail') },
              { id: 'late', title: t('term3'), detail: t('term3Detail') },
            ]}
          />
        </>
      }
    >
      {data === undefined ? (
        <LoadingState />
      ) : (
        <Choices
          short
          label={t('howLong')}
          choices={data.minutesOffered.map((minutes) => ({ value: String(minutes), label: hours(minutes) }))}
          value={props.minutes === undefined ? undefined : String(props.minutes)}
          onChange={(value) => {
            props.onMinutes(Number(value));
          }}
        />
      )}
      <Tick label={t('agree')} checked={agreed} onChange={setAgreed} />
      <ActionButton
        kind="primary"
        pictogram="door-open"
        label={t('openNow')}
        isDisabled={!agreed || props.minutes === undefined}
        isPending={props.pending}
        onPress={props.onAgree}
      />
    </JourneyFrame>
  );
}
