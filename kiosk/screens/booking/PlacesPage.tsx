import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Resource } from '../../../contract/feed.ts';
import type { ResourceView } from '../../../contract/hall-api.ts';
import { fromInstant } from '../../../contract/time.ts';
import { formatTime, hourOfDay, useNow } from '../../../ui/clock.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { CourtFigure } from '../../../ui/components/CourtFigure.tsx';
import { DayBar } from '../../../ui/components/DayBar.tsx';
import type { DaySpan } from '../../../ui/components/DayBar.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../../ui/components/Waiting.tsx';
import { dayOf } from '../../journeys/days.rules.ts';
import { courtState, sensorSays } from '../../journeys/occupancy-words.rules.ts';
import { useJourney, useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import type { JourneyFrameProps } from '../journey/JourneyFrame.tsx';
import { useHallQuery } from '../journey/use-hall-query.ts';

export type BookingFrame = Pick<JourneyFrameProps, 'pictogram' | 'title' | 'second' | 'onHome' | 'onBack'>;

export interface PlacesPageProps {
  frame: BookingFrame;
  onPick: (resource: Resource, today: string) => void;
  onMine: () => void;
}

/** Every place as it is now: drawn, in words with the sensor's age, and its day as a bar. */
export function PlacesPage({ frame, onPick, onMine }: PlacesPageProps): ReactNode {
  const { t } = useTranslation('booking');
  const { home } = useJourney();
  const now = useNow(15_000);
  const query = useHallQuery('resources', {}, ['resources']);
  const today = dayOf(now, home.hall.timeZone);
  return (
    <JourneyFrame {...frame} page="booking/places">
      <div className="places__head">
        <h2 className="journey__question">{t('question')}</h2>
        <ActionButton pictogram="calendar" label={t('mine')} hint={t('mineHint')} onPress={onMine} />
      </div>
      {query.data === undefined ? (
        query.refusal === undefined ? (
          <LoadingState title={t('loading')} />
        ) : (
          <ErrorState title={t('loadFailed')} detail={t('loadFailedDetail')} onRetry={query.again} />
        )
      ) : query.data.resources.length === 0 ? (
        <EmptyState pictogram="court" title={t('none')} detail={t('noneDetail')} />
      ) : (
        <>
          <ul className="places">
            {query.data.resources.map((view) => (
              <PlaceRow
                key={view.resource.number}
                view={view}
                today={today}
                now={now}
                onPick={() => {
                  onPick(view.resource, today);
                }}
              />
            ))}
          </ul>
          <p className="journey__note">{t('legend')}</p>
        </>
      )}
    </JourneyFrame>
  );
}

interface PlaceRowProps {
  view: ResourceView;
  today: string;
  now: number;
  onPick: () => void;
}

function PlaceRow({ view, today, now, onPick }: PlaceRowProps): ReactNode {
  const { t } = useTranslation('booking');
  const { home } = useJourney();
  const say = useSay();
  const zone = home.hall.timeZone;
  const { resource } = view;
  const day = useHallQuery('resourceDay', { params: { id: resource.number, day: today } }, ['resources']);
  const says = sensorSays(view, now);
  const name = say.words(resource.name);
  const booked: DaySpan[] = (day.data?.slots ?? [])
    .filter((slot) => slot.state === 'booked')
    .map((slot) => {
      const from = hourOfDay(fromInstant(slot.startsAt), zone);
      const to = hourOfDay(fromInstant(slot.endsAt), zone);
      // Midnight at the end of the day is its hour 24, not its hour 0.
      return { from, to: to <= from ? 24 : to };
    });
  return (
    <li className="place">
      <CourtFigure
        number={String(resource.number)}
        state={courtState(view)}
        {...(view.until === null ? {} : { until: formatTime(fromInstant(view.until), zone) })}
      />
      <div className="place__words">
        <h3>{name}</h3>
        <p>
          {t(says.key, { count: says.minutes })}
          {says.unsure ? t('unsure') : ''}
          {view.temperature === null ? '' : ` · ${String(Math.round(view.temperature))} °C`}
        </p>
        <DayBar
          label={name}
          opens={hours(resource.opens)}
          closes={hours(resource.closes)}
          booked={booked}
          now={hourOfDay(now, zone)}
          scale
        />
      </div>
      {resource.bookable ? (
        <ActionButton label={t('pick')} pictogram="arrow-right" pictogramAfter onPress={onPick} />
      ) : (
        <p className="journey__note">{t('notBookable')}</p>
      )}
    </li>
  );
}

function hours(time: string): number {
  const [hour, minute] = time.split(':').map(Number);
  return (hour ?? 0) + (minute ?? 0) / 60;
}
