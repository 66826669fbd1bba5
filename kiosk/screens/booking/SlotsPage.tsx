import type { ReactNode } from 'react';
import { ToggleButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { Resource } from '../../../contract/feed.ts';
import type { Slot } from '../../../contract/hall-api.ts';
import type { Refusal } from '../../../contract/refusals.ts';
import { fromInstant } from '../../../contract/time.ts';
import { formatDate, formatTime, useNow } from '../../../ui/clock.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../../ui/components/Waiting.tsx';
import { isChosen, minutesOf } from '../../journeys/booking-slots.rules.ts';
import type { SlotSpan } from '../../journeys/booking-slots.rules.ts';
import { dayOf, daysFrom, noonOf } from '../../journeys/days.rules.ts';
import { useJourney, useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { RefusalNotice } from '../journey/RefusalNotice.tsx';
import { useHallQuery } from '../journey/use-hall-query.ts';
import type { BookingFrame } from './PlacesPage.tsx';
import { hoursWords } from './span-words.ts';

export interface SlotsPageProps {
  frame: BookingFrame;
  resource: Resource;
  day: string;
  span: SlotSpan | undefined;
  refusal: Refusal | undefined;
  onDay: (day: string) => void;
  onSlot: (slot: Slot, slots: readonly Slot[]) => void;
  onNext: () => void;
}

/** The days that can be booked and the hours of one of them. */
export function SlotsPage(props: SlotsPageProps): ReactNode {
  const { resource, day, span } = props;
  const { t } = useTranslation('booking');
  const { home } = useJourney();
  const say = useSay();
  const now = useNow(60_000);
  const zone = home.hall.timeZone;
  const language = say.zh ? 'zh-CN' : 'en';
  const query = useHallQuery('resourceDay', { params: { id: resource.number, day } }, ['resources']);
  const days = daysFrom(dayOf(now, zone), resource.daysAhead + 1);
  const slots = query.data?.slots.filter((slot) => slot.state !== 'past') ?? [];
  return (
    <JourneyFrame {...props.frame} title={say.words(resource.name)} page="booking/times" pace="form">
      <h2 className="journey__question">{t('when')}</h2>
      <RefusalNotice refusal={props.refusal} />
      <div className="days" role="group" aria-label={t('days')}>
        {days.map((each, index) => (
          <ToggleButton
            key={each}
            className="day"
            isSelected={each === day}
            onChange={() => {
              props.onDay(each);
            }}
          >
            <strong>
              {index === 0 ? t('today') : index === 1 ? t('tomorrow') : weekday(each, language)}
            </strong>
            <span>{monthDay(each)}</span>
          </ToggleButton>
        ))}
      </div>
      {query.data === undefined ? (
        query.refusal === undefined ? (
          <LoadingState title={t('loading')} />
        ) : (
          <ErrorState title={t('loadFailed')} detail={t('loadFailedDetail')} onRetry={query.again} />
        )
      ) : slots.length === 0 ? (
        <EmptyState pictogram="clock" title={t('dayOver')} detail={t('dayOverDetail')} />
      ) : (
        <div className="slots" role="group" aria-label={formatDate(noonOf(day), language, 'UTC')}>
          {slots.map((slot) => (
            <ToggleButton
              key={slot.startsAt}
              className="slot"
              isSelected={isChosen(span, slot)}
              isDisabled={slot.state !== 'free'}
              onChange={() => {
                props.onSlot(slot, query.data?.slots ?? []);
              }}
            >
              <strong>{formatTime(fromInstant(slot.startsAt), zone)}</strong>
              <span>
                {isChosen(span, slot)
                  ? t('chosen')
                  : slot.state === 'free'
                    ? t('slotFree')
                    : slot.state === 'booked'
                      ? t('slotBooked')
                      : t('slotClosed')}
              </span>
            </ToggleButton>
          ))}
        </div>
      )}
      <div className="frame__foot slots__foot">
        <p className="journey__note">
          {t('slotHint', { minutes: resource.slotMinutes, most: resource.dailyMinutesPerMember })}
        </p>
        <ActionButton
          kind="primary"
          pictogram="arrow-right"
          pictogramAfter
          isDisabled={span === undefined}
          label={
            span === undefined
              ? t('chooseFirst')
              : t('take', { time: hoursWords(span, zone), count: minutesOf(span) })
          }
          onPress={props.onNext}
        />
      </div>
    </JourneyFrame>
  );
}

function weekday(day: string, language: 'zh-CN' | 'en'): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    weekday: 'short',
    timeZone: 'UTC',
  }).format(noonOf(day));
}

function monthDay(day: string): string {
  const [, month, date] = day.split('-').map(Number);
  return `${String(month)}/${String(date)}`;
}
