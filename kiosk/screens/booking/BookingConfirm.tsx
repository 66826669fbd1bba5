import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Resource } from '../../../contract/feed.ts';
import type { Refusal } from '../../../contract/refusals.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { BigNumber } from '../../../ui/components/BigNumber.tsx';
import { ReviewList } from '../../../ui/components/FormSummary.tsx';
import type { SlotSpan } from '../../journeys/booking-slots.rules.ts';
import { minutesOf } from '../../journeys/booking-slots.rules.ts';
import { useJourney, useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { RefusalNotice } from '../journey/RefusalNotice.tsx';
import type { BookingFrame } from './PlacesPage.tsx';
import { hoursWords, spanWords } from './span-words.ts';

export interface BookingConfirmProps {
  frame: BookingFrame;
  resource: Resource;
  span: SlotSpan | undefined;
  refusal: Refusal | undefined;
  pending: boolean;
  onConfirm: () => void;
  onChange: () => void;
}

/** One look before it is booked: place, time, and until when it is kept. */
export function BookingConfirm(props: BookingConfirmProps): ReactNode {
  const { resource, span } = props;
  const { t } = useTranslation('booking');
  const { home } = useJourney();
  const say = useSay();
  if (span === undefined) return null;
  const zone = home.hall.timeZone;
  return (
    <JourneyFrame
      {...props.frame}
      page="booking/confirm"
      pace="form"
      read={
        <>
          <h2 className="journey__question">{t('confirmTitle')}</h2>
          <BigNumber size="code" value={hoursWords(span, zone)} />
          <ReviewList
            items={[
              { id: 'place', label: t('place'), value: say.words(resource.name) },
              { id: 'time', label: t('time'), value: spanWords(span, say.zh, zone) },
              { id: 'length', label: t('length'), value: t('minutes', { count: minutesOf(span) }) },
              {
                id: 'rules',
                label: t('keep'),
                value: t('keepRule', { before: resource.checkInBefore, after: resource.checkInAfter }),
              },
            ]}
          />
        </>
      }
    >
      <RefusalNotice refusal={props.refusal} />
      <div className="frame__foot journey__pair">
        <ActionButton pictogram="arrow-left" label={t('changeIt')} onPress={props.onChange} />
        <ActionButton kind="primary" label={t('book')} isPending={props.pending} onPress={props.onConfirm} />
      </div>
    </JourneyFrame>
  );
}
