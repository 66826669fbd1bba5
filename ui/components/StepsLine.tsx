import type { ReactNode } from 'react';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import type { PictogramName } from '../pictograms/Pictogram.tsx';
import { useTranslation } from 'react-i18next';
import './figures.css';

export interface MetroStop {
  id: string;
  pictogram: PictogramName;
  title: string;
  detail?: string;
}

/** A way as a metro line: stops with their turn; the last stop is the goal, filled. */
export function MetroLine({ stops }: { stops: readonly MetroStop[] }): ReactNode {
  return (
    <ol className="metro">
      {stops.map((stop, index) => (
        <li key={stop.id} className={`metro__stop${index === stops.length - 1 ? ' metro__stop--goal' : ''}`}>
          <span className="metro__ring">
            <Pictogram name={stop.pictogram} />
          </span>
          <strong>{stop.title}</strong>
          {stop.detail === undefined ? null : <small>{stop.detail}</small>}
        </li>
      ))}
    </ol>
  );
}

/** How far a form has come: stops behind filled, the present one large with its number. */
export function ProgressLine({ step, of }: { step: number; of: number }): ReactNode {
  const { t } = useTranslation('common');
  return (
    <div className="progress-line">
      <ol aria-hidden="true">
        {Array.from({ length: of }, (_, index) => index + 1).map((stop) => (
          <li key={stop} data-state={stop < step ? 'done' : stop === step ? 'now' : 'ahead'}>
            <span>{stop === step ? stop : null}</span>
          </li>
        ))}
      </ol>
      <p>{t('question', { step, of })}</p>
    </div>
  );
}

export interface StepItem {
  id: string;
  title: string;
  detail?: string;
  pictogram?: PictogramName;
  /** At the end of the row, e.g. "20 米". */
  end?: string;
}

/** Numbered things to do or turns to take, ruled; `now` frames the one that is due. */
export function StepsList({ steps, now }: { steps: readonly StepItem[]; now?: string }): ReactNode {
  return (
    <ol className="steps">
      {steps.map((step, index) => (
        <li key={step.id} {...(step.id === now ? { 'data-now': '', 'aria-current': 'step' as const } : {})}>
          <span className="steps__figure" aria-hidden="true">
            {index + 1}
          </span>
          {step.pictogram === undefined ? null : <Pictogram name={step.pictogram} />}
          <span className="steps__words">
            <strong>{step.title}</strong>
            {step.detail === undefined ? null : <small>{step.detail}</small>}
          </span>
          <span className="steps__end">{step.end}</span>
        </li>
      ))}
    </ol>
  );
}
