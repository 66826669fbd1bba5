import { useTranslation } from 'react-i18next';
import type { Words } from '../../contract/ids.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { sentence } from '../../contract/refusals.ts';
import type { Refusal } from '../../contract/refusals.ts';
import type { Day } from '../../contract/time.ts';
import { formatTime } from '../../ui/clock.ts';
import { dayAt, daysFrom, noonOf } from '../rules/days.rules.ts';

/** Ways of saying what central sends: server texts, refusals, days and times of the hall's zone. */
export function useWords(timeZone: string) {
  const { t, i18n } = useTranslation('phone');
  const language: keyof Words = i18n.language === 'en' ? 'en' : 'zh';
  const locale = language === 'en' ? 'en-GB' : 'zh-CN';
  const date = (day: Day, weekday: 'long' | 'short'): string => {
    const month = new Intl.DateTimeFormat(locale, {
      month: language === 'en' ? 'short' : 'long',
      day: 'numeric',
      timeZone: 'UTC',
    }).format(noonOf(day));
    const name = new Intl.DateTimeFormat(locale, { weekday, timeZone: 'UTC' }).format(noonOf(day));
    return language === 'en' ? `${name} ${month}` : `${month} ${name}`;
  };
  const time = (at: UnixMillis): string => formatTime(at, timeZone);
  return {
    t,
    language,
    time,
    date,
    say: (words: Words): string => words[language],
    sayRefusal: (refusal: Refusal): string =>
      refusal.code === 'part-unavailable' ? t('noAnswer') : sentence(refusal, language),
    /** `今天 11月24日 星期二` */
    dayName: (day: Day, now: UnixMillis): string => {
      const [today, tomorrow] = daysFrom(now, 1, timeZone);
      const plain = date(day, 'long');
      return day === today
        ? t('todayDate', { date: plain })
        : day === tomorrow
          ? t('tomorrowDate', { date: plain })
          : plain;
    },
    /** `14:12` today, `11月25日 星期三 14:12` otherwise. */
    when: (at: UnixMillis, now: UnixMillis): string => {
      const day = dayAt(at, timeZone);
      return day === dayAt(now, timeZone) ? time(at) : `${date(day, 'short')} ${time(at)}`;
    },
    span: (from: UnixMillis, to: UnixMillis): string => `${time(from)}–${time(to)}`,
  };
}
