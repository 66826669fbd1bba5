import type { ReactNode } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BookingView } from '../../../contract/hall-api.ts';
import type { PrintJob } from '../../../contract/messages.ts';
import { fromInstant } from '../../../contract/time.ts';
import { formatTime } from '../../../ui/clock.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { BigNumber } from '../../../ui/components/BigNumber.tsx';
import { Notice } from '../../../ui/components/Notice.tsx';
import { ResultPanel } from '../../../ui/components/ResultPanel.tsx';
import { useJourney, useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { PrintButton } from '../journey/PrintButton.tsx';
import type { BookingFrame } from './PlacesPage.tsx';
import { hoursWords, spanWords } from './span-words.ts';

export interface BookingEndProps {
  frame: BookingFrame;
  kind: 'booked' | 'arrived' | 'cancelled';
  booking: BookingView;
  slip?: PrintJob;
  onMore: () => void;
}

/** How it ended: what one has, when to come, and the way there. */
export function BookingEnd({ frame, kind, booking, slip, onMore }: BookingEndProps): ReactNode {
  const { t } = useTranslation('booking');
  const { t: shared } = useTranslation('journey');
  const { home, showWay } = useJourney();
  const [printing, setPrinting] = useState(false);
  const say = useSay();
  const zone = home.hall.timeZone;
  const from = formatTime(fromInstant(booking.checkInFrom), zone);
  const until = formatTime(fromInstant(booking.checkInUntil), zone);
  const place = say.words(booking.resourceName);
  return (
    <JourneyFrame
      {...frame}
      page={`booking/${kind}`}
      pace="result"
      busy={printing}
      read={
        <>
          <ResultPanel kind="success" sentence={t(`${kind}Title`)}>
            <p>{spanWords(booking.booking, say.zh, zone)}</p>
          </ResultPanel>
          <div className="booking-end">
            <BigNumber label={t('place')} value={String(booking.booking.resource)} note={place} />
            <BigNumber
              size="code"
              label={kind === 'booked' ? t('arriveLabel') : t('time')}
              value={kind === 'booked' ? `${from}–${until}` : hoursWords(booking.booking, zone)}
              note={t(`${kind}Next`, { from, until })}
            />
          </div>
          {home.network === 'offline' ? <Notice kind="ok" title={shared('offlineKept')} /> : null}
        </>
      }
    >
      {kind === 'cancelled' ? null : (
        <ActionButton
          kind="primary"
          pictogram="route"
          label={t('way', { place })}
          onPress={() => {
            showWay(booking.unit);
          }}
        />
      )}
      <div className="journey__even">
        {slip === undefined ? null : <PrintButton job={slip} label={t('print')} onWorking={setPrinting} />}
        <ActionButton
          pictogram="back"
          label={kind === 'cancelled' ? t('backToMine') : t('more')}
          onPress={onMore}
        />
        <ActionButton pictogram="check" label={t('finish')} onPress={frame.onHome} />
      </div>
    </JourneyFrame>
  );
}
