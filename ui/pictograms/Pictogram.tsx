import type { ReactNode } from 'react';
import { ACTION_SHAPES } from './action-shapes.tsx';
import { PLACE_SHAPES } from './place-shapes.tsx';
import { STATE_SHAPES } from './state-shapes.tsx';
import './pictogram.css';

const SHAPES = { ...ACTION_SHAPES, ...PLACE_SHAPES, ...STATE_SHAPES };

/** Every pictogram of the house, by what it means. */
export type PictogramName = keyof typeof SHAPES;

/** All names, for galleries and tests. */
export const PICTOGRAM_NAMES = Object.keys(SHAPES) as readonly PictogramName[];

export interface PictogramProps {
  name: PictogramName;
  /** Said by screen readers; leave out where the word stands beside it. */
  label?: string;
}

/**
 * One sign of the family: 48-unit grid, 4-unit stroke, square ends, drawn in the colour of the
 * text around it and as large as `--pictogram` (1em unless the place sets it).
 */
export function Pictogram({ name, label }: PictogramProps): ReactNode {
  return (
    <svg
      className="pictogram"
      viewBox="0 0 48 48"
      fill="none"
      stroke="currentColor"
      strokeWidth="4"
      strokeLinecap="butt"
      strokeLinejoin="miter"
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      {SHAPES[name]}
    </svg>
  );
}
