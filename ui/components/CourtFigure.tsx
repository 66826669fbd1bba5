import { useId } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import './figures.css';

/** What the hall knows of a court right now. */
export type CourtState = 'free' | 'busy' | 'booked' | 'unknown';

export interface CourtFigureProps {
  /** Number or short name painted in the centre circle. */
  number: string;
  state: CourtState;
  /** `16:00`: until when the state holds; absent when nobody knows. */
  until?: string;
}

/** A court seen from above with its number; hatched when taken, dashed when nobody knows. */
export function CourtFigure({ number, state, until }: CourtFigureProps): ReactNode {
  const { t } = useTranslation('common');
  const hatch = useId();
  return (
    <figure className={`court court--${state}`}>
      <svg viewBox="0 0 120 66" aria-hidden="true">
        <defs>
          <pattern
            id={hatch}
            width="20"
            height="20"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <path d="M0 0v20" className="court__hatch" />
          </pattern>
        </defs>
        <rect className="court__floor" x="2" y="2" width="116" height="62" />
        {state === 'free' ? null : <rect x="2" y="2" width="116" height="62" fill={`url(#${hatch})`} />}
        <path className="court__line" d="M60 2v9M60 55v9M2 2h116v62H2z" />
        <circle className="court__circle" cx="60" cy="33" r="22.5" />
        <text x="60" y="33" dy="0.36em" textAnchor="middle">
          {number}
        </text>
      </svg>
      <figcaption>
        <span className="sr-only">{t('courtNumber', { number })} </span>
        <strong>{t(state)}</strong>
        {until === undefined ? null : ` ${t('until', { time: until })}`}
      </figcaption>
    </figure>
  );
}
