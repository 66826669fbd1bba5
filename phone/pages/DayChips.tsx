import type { ReactNode } from 'react';
import { Radio, RadioGroup } from 'react-aria-components';
import { useNow } from '../../ui/clock.ts';
import type { Day } from '../../contract/time.ts';
import { usePhone } from '../data/phone-context.ts';
import { useWords } from '../data/words.ts';
import { daysFrom } from '../rules/days.rules.ts';
import './courts.css';

/** The days that can be booked, side by side. */
export function DayChips({
  ahead,
  day,
  onDay,
}: {
  ahead: number;
  day: Day;
  onDay: (day: Day) => void;
}): ReactNode {
  const { view } = usePhone();
  const { t, date } = useWords(view.hall.timeZone);
  const now = useNow(60_000);
  return (
    <RadioGroup
      className="day-chips"
      aria-label={t('courts.dayLabel')}
      orientation="horizontal"
      value={day}
      onChange={onDay}
    >
      {daysFrom(now, ahead, view.hall.timeZone).map((each, index) => (
        <Radio key={each} value={each} className="day-chip">
          <strong>
            {index === 0 ? t('courts.today') : index === 1 ? t('courts.tomorrow') : date(each, 'short')}
          </strong>
        </Radio>
      ))}
    </RadioGroup>
  );
}
