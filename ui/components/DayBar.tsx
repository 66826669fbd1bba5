import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import './figures.css';

/** A taken part of the day, in hours since midnight, e.g. 9.5 = half past nine. */
export interface DaySpan {
  from: number;
  to: number;
}

export interface DayBarProps {
  /** Name of the resource. */
  label: string;
  opens: number;
  closes: number;
  booked: readonly DaySpan[];
  /** Hour now; a double line stands there. */
  now?: number;
  /** Hours under the bar. */
  scale?: boolean;
}

/** A day as a bar: dark hours are booked, white ones free, a double line is now. */
export function DayBar({ label, opens, closes, booked, now, scale = false }: DayBarProps): ReactNode {
  const { t } = useTranslation('common');
  const span = Math.max(1, closes - opens);
  const x = (hour: number): number => (Math.min(closes, Math.max(opens, hour)) - opens) * (600 / span);
  const clock = (hour: number): string =>
    `${String(Math.floor(hour)).padStart(2, '0')}:${String(Math.round((hour % 1) * 60)).padStart(2, '0')}`;
  const words = booked.map((part) => `${clock(part.from)}–${clock(part.to)} ${t('booked')}`).join(', ');
  const hours = Array.from({ length: Math.floor(span) + 1 }, (_, index) => opens + index);
  return (
    <div className="day-bar">
      <svg
        viewBox="-4 -6 608 44"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${label}: ${words || t('free')}`}
      >
        <rect className="day-bar__free" x="0" y="0" width="600" height="32" />
        {booked.map((part) => (
          <rect
            key={`${String(part.from)}-${String(part.to)}`}
            className="day-bar__booked"
            x={x(part.from)}
            y="0"
            width={Math.max(0, x(part.to) - x(part.from))}
            height="32"
          />
        ))}
        {hours.slice(1, -1).map((hour) => (
          <path key={hour} className="day-bar__hour" d={`M${String(x(hour))} 0v32`} />
        ))}
        <rect className="day-bar__frame" x="0" y="0" width="600" height="32" />
        {now === undefined || now < opens || now > closes ? null : (
          <path className="day-bar__now" d={`M${String(x(now) - 3)} -6v44M${String(x(now) + 3)} -6v44`} />
        )}
      </svg>
      {scale ? (
        <div className="day-bar__scale" aria-hidden="true">
          {[opens, opens + span / 4, opens + span / 2, opens + (3 * span) / 4, closes].map((hour) => (
            <span key={hour}>{clock(hour)}</span>
          ))}
        </div>
      ) : null}
    </div>
  );
}
