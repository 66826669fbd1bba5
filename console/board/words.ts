import { use } from 'react';
import { useTranslation } from 'react-i18next';
import type { Words } from '../../contract/ids.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { sentence } from '../../contract/refusals.ts';
import type { Refusal } from '../../contract/refusals.ts';
import { fromInstant } from '../../contract/time.ts';
import type { Instant } from '../../contract/time.ts';
import { DEFAULT_TIME_ZONE, formatTime } from '../../ui/clock.ts';
import { DeskContext } from './desk-context.tsx';
import { ageOf, localDay } from '../rules/waiting.rules.ts';

/** Ways of saying what the hall sends: server texts, refusals, ages and times. */
export function useWords() {
  const { t, i18n } = useTranslation('desk');
  // Before the board is there, nothing that is shown has a time.
  const zone = use(DeskContext)?.desk.timeZone ?? DEFAULT_TIME_ZONE;
  const language = i18n.language === 'en' ? 'en' : 'zh';
  const locale = language === 'en' ? 'en-GB' : 'zh-CN';
  return {
    t,
    language,
    /** The hall's time zone. */
    zone,
    say: (words: Words): string => words[language],
    sayRefusal: (refusal: Refusal): string => sentence(refusal, language),
    /** `3 分钟前` */
    ago: (at: Instant | null, now: UnixMillis): string => {
      if (at === null) return t('never');
      const { unit, count } = ageOf(now - fromInstant(at));
      return t(`age.${unit}`, { count });
    },
    /** `已 3 分钟` */
    lasting: (at: Instant | null, now: UnixMillis): string => {
      if (at === null) return t('never');
      const { unit, count } = ageOf(now - fromInstant(at));
      return t(`lasting.${unit}`, { count });
    },
    /** `14:12` today, `11月24日 14:12` otherwise. */
    when: (at: Instant, now: UnixMillis): string => {
      const time = formatTime(fromInstant(at), zone);
      if (localDay(fromInstant(at), zone) === localDay(now, zone)) return time;
      const day = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: zone });
      return `${day.format(fromInstant(at))} ${time}`;
    },
    day: (at: Instant): string =>
      new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: zone }).format(
        fromInstant(at),
      ),
  };
}
