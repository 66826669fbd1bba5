import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { useNavigate, useSearchParams } from 'react-router';
import { DayBar } from '../../ui/components/DayBar.tsx';
import { ErrorState, LoadingState } from '../../ui/components/Waiting.tsx';
import { hourOfDay, useNow } from '../../ui/clock.ts';
import { Pictogram } from '../../ui/pictograms/Pictogram.tsx';
import type { Resource } from '../../contract/feed.ts';
import { fromInstant } from '../../contract/time.ts';
import { usePhone } from '../data/phone-context.ts';
import { useDays } from '../data/use-days.ts';
import type { DayView } from '../data/use-days.ts';
import { useWords } from '../data/words.ts';
import { Page } from '../frame/PhoneFrame.tsx';
import { bookedHours, dayAt } from '../rules/days.rules.ts';
import { DayChips } from './DayChips.tsx';
import './courts.css';

/** Every place with its day as a bar; touch one to choose a time. */
export function CourtsPage(): ReactNode {
  const { view } = usePhone();
  const { t } = useWords(view.hall.timeZone);
  const now = useNow(60_000);
  const [search] = useSearchParams();
  const [chosen, setChosen] = useState(search.get('day') ?? undefined);
  const today = dayAt(now, view.hall.timeZone);
  const day = chosen ?? today;
  const places = view.resources.filter((each) => each.bookable);
  const { days, failed, retry } = useDays(
    places.map((each) => each.number),
    day,
  );
  return (
    <Page pictogram="court" title={t('courts.title')}>
      <DayChips ahead={Math.max(0, ...places.map((each) => each.daysAhead))} day={day} onDay={setChosen} />
      {failed ? (
        <ErrorState title={t('courts.fail')} detail={t('courts.failDetail')} onRetry={retry} />
      ) : days.size === 0 ? (
        <LoadingState />
      ) : (
        <section className="stack">
          <p className="quiet">{t('courts.bookable')}</p>
          {places.map((each) => (
            <PlaceCard
              key={each.number}
              place={each}
              day={day}
              bookings={days.get(each.number)}
              now={day === today ? now : undefined}
            />
          ))}
        </section>
      )}
    </Page>
  );
}

interface PlaceCardProps {
  place: Resource;
  day: string;
  bookings: DayView | undefined;
  /** Absent on other days than today. */
  now: number | undefined;
}

function PlaceCard({ place, day, bookings, now }: PlaceCardProps): ReactNode {
  const { view } = usePhone();
  const { say } = useWords(view.hall.timeZone);
  const navigate = useNavigate();
  const zone = view.hall.timeZone;
  const slots = (bookings?.slots ?? []).map((slot) => ({
    from: fromInstant(slot.startsAt),
    to: fromInstant(slot.endsAt),
    state: slot.state,
  }));
  return (
    <Button className="place-card" onPress={() => void navigate(`/courts/${String(place.number)}/${day}`)}>
      <span className="place-card__head">
        <strong>{say(place.name)}</strong>
        <Pictogram name="arrow-right" />
      </span>
      <DayBar
        label={say(place.name)}
        opens={hours(place.opens)}
        closes={hours(place.closes)}
        booked={bookedHours(slots, (at) => hourOfDay(at, zone))}
        {...(now === undefined ? {} : { now: hourOfDay(now, zone) })}
        scale
      />
    </Button>
  );
}

/** `09:30` -> 9.5 */
function hours(clock: string): number {
  const [hour, minute] = clock.split(':').map(Number);
  return (hour ?? 0) + (minute ?? 0) / 60;
}
