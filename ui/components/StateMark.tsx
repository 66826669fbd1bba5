import type { ReactNode } from 'react';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import type { PictogramName } from '../pictograms/Pictogram.tsx';
import './state.css';

/** How a thing stands. Colour, shape and word always come together. */
export type State = 'ok' | 'free' | 'full' | 'attention' | 'refused' | 'unknown';

/** The shape that belongs to a state. */
export const STATE_PICTOGRAM: Readonly<Record<State, PictogramName>> = {
  ok: 'ok',
  free: 'free',
  full: 'full',
  attention: 'warning',
  refused: 'refused',
  unknown: 'unknown',
};

export interface StateMarkProps {
  state: State;
  word: string;
  /** Normal weight, for lines that are always there. */
  quiet?: boolean;
}

/** Shape and word in the state's colour. */
export function StateMark({ state, word, quiet = false }: StateMarkProps): ReactNode {
  return (
    <span className={`state state--${state}${quiet ? ' state--quiet' : ''}`}>
      <Pictogram name={STATE_PICTOGRAM[state]} />
      <span>{word}</span>
    </span>
  );
}
