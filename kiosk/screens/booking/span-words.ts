import { fromInstant } from '../../../contract/time.ts';
import type { SlotSpan } from '../../journeys/booking-slots.rules.ts';
import { formatDate, formatTime } from '../../../ui/clock.ts';

/** `11月24日 星期二 14:00–15:00` in the hall's time zone. */
export function spanWords(span: SlotSpan, zh: boolean, timeZone: string): string {
  return `${formatDate(fromInstant(span.startsAt), zh ? 'zh-CN' : 'en', timeZone)} ${hoursWords(span, timeZone)}`;
}

/** `14:00–15:00`. */
export function hoursWords(span: SlotSpan, timeZone: string): string {
  return `${formatTime(fromInstant(span.startsAt), timeZone)}–${formatTime(fromInstant(span.endsAt), timeZone)}`;
}
