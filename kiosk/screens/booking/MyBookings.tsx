import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { BookingView } from '../../../contract/hall-api.ts';
import type { Refusal } from '../../../contract/refusals.ts';
import { fromInstant } from '../../../contract/time.ts';
import { formatTime, useNow } from '../../../ui/clock.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { StateMark } from '../../../ui/components/StateMark.tsx';
import type { State } from '../../../ui/components/StateMark.tsx';
import { EmptyState } from '../../../ui/components/Waiting.tsx';
import { useJourney, useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { RefusalNotice } from '../journey/RefusalNotice.tsx';
import type { BookingFrame } from './PlacesPage.tsx';
import { spanWords } from './span-words.ts';

export interface MyBookingsProps {
  frame: BookingFrame;
  nameMasked: string;
  bookings: readonly BookingView[];
  refusal: Refusal | undefined;
  busy: boolean;
  onArrive: (booking: BookingView) => void;
  onCancel: (booking: BookingView) => void;
  onBook: () => void;
}

const STATES: Readonly<Record<BookingView['booking']['state'], State>> = {
  booked: 'free',
  'checked-in': 'ok',
  released: 'attention',
  lost: 'attention',
  cancelled: 'refused',
};

/** A member's bookings still to come; the first one that can be arrived at is the red one. */
export function MyBookings(props: MyBookingsProps): ReactNode {
  const { t } = useTranslation('booking');
  const { home } = useJourney();
  const say = useSay();
  const now = useNow(15_000);
  const zone = home.hall.timeZone;
  const canArrive = (view: BookingView): boolean =>
    view.booking.state === 'booked' && fromInstant(view.checkInFrom) <= now;
  const due = props.bookings.find(canArrive);
  return (
    <JourneyFrame {...props.frame} title={t('mine')} page="booking/mine">
      <h2 className="journey__question">
        {t('greet', { name: props.nameMasked, count: props.bookings.length })}
      </h2>
      <RefusalNotice refusal={props.refusal} />
      {props.bookings.length === 0 ? (
        <EmptyState
          pictogram="calendar"
          title={t('noBookings')}
          detail={t('noBookingsDetail')}
          action={<ActionButton pictogram="court" label={t('bookOne')} onPress={props.onBook} />}
        />
      ) : (
        <ul className="bookings">
          {props.bookings.map((view) => {
            const { booking } = view;
            return (
              <li key={booking.id}>
                <div>
                  <h3>{say.words(view.resourceName)}</h3>
                  <p>{spanWords(booking, say.zh, zone)}</p>
                  <StateMark state={STATES[booking.state]} word={t(`state.${booking.state}`)} />
                  {booking.state === 'booked' ? (
                    <p className="journey__note">
                      {t('arriveBetween', {
                        from: formatTime(fromInstant(view.checkInFrom), zone),
                        until: formatTime(fromInstant(view.checkInUntil), zone),
                      })}
                    </p>
                  ) : null}
                </div>
                {booking.state === 'booked' ? (
                  <div className="bookings__acts">
                    {canArrive(view) ? (
                      <ActionButton
                        kind={view === due ? 'primary' : 'plain'}
                        pictogram="check-in"
                        label={t('arrive')}
                        isPending={props.busy}
                        onPress={() => {
                          props.onArrive(view);
                        }}
                      />
                    ) : null}
                    <ActionButton
                      label={t('cancel')}
                      isPending={props.busy}
                      onPress={() => {
                        props.onCancel(view);
                      }}
                    />
                  </div>
                ) : null}
              </li>
            );
          })}
        </ul>
      )}
    </JourneyFrame>
  );
}
