import { useTranslation } from 'react-i18next';
import { fromInstant } from '../../../contract/time.ts';
import type { Instant } from '../../../contract/time.ts';
import { formatTime, useNow } from '../../../ui/clock.ts';
import { useJourney } from '../journey/journey-context.ts';

/** `今天 17:30`, `明天 08:00`, as seen from the hall. */
export function useUntil(at: Instant): string {
  const { t } = useTranslation('locker');
  const { home } = useJourney();
  const now = useNow();
  const zone = home.hall.timeZone;
  const dayOf = (time: number): string =>
    new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(time);
  const time = formatTime(fromInstant(at), zone);
  return dayOf(fromInstant(at)) === dayOf(now) ? t('today', { time }) : t('tomorrow', { time });
}
