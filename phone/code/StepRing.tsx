import type { ReactNode } from 'react';
import { STEP_SECONDS } from '../../contract/access-code.ts';

const RADIUS = 20;
const AROUND = 2 * Math.PI * RADIUS;

/** How much of the 30 s step is left: a ring that empties, with the seconds in it. */
export function StepRing({ secondsLeft, label }: { secondsLeft: number; label: string }): ReactNode {
  return (
    <svg className="step-ring" viewBox="0 0 48 48" role="img" aria-label={label}>
      <circle className="step-ring__track" cx="24" cy="24" r={RADIUS} />
      <circle
        className="step-ring__left"
        cx="24"
        cy="24"
        r={RADIUS}
        transform="rotate(-90 24 24)"
        strokeDasharray={AROUND}
        strokeDashoffset={AROUND * (1 - secondsLeft / STEP_SECONDS)}
      />
      <text x="24" y="24" dy="0.36em" textAnchor="middle">
        {secondsLeft}
      </text>
    </svg>
  );
}
