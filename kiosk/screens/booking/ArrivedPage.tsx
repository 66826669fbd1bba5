import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { BookingView } from '../../../contract/hall-api.ts';
import { BookingEnd } from './BookingEnd.tsx';
import './booking.css';

/** A booking's code was held up: whoever holds it has arrived. */
export function ArrivedPage({ booking, onExit }: { booking: BookingView; onExit: () => void }): ReactNode {
  const { t } = useTranslation('booking');
  return (
    <BookingEnd
      frame={{ pictogram: 'court', title: t('title'), second: t('second'), onHome: onExit, onBack: onExit }}
      kind="arrived"
      booking={booking}
      onMore={onExit}
    />
  );
}
