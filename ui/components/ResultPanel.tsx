import type { ReactNode } from 'react';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import './feedback.css';

export interface ResultPanelProps {
  kind: 'success' | 'attention' | 'refused';
  /** The one sentence: what happened, or what to do. */
  sentence: string;
  /** Lines below: what happens next and when. */
  children?: ReactNode;
}

/** How it ended: a shape, a colour and a sentence, spoken at once. */
export function ResultPanel({ kind, sentence, children }: ResultPanelProps): ReactNode {
  const sign = { success: 'ok', attention: 'warning', refused: 'refused' } as const;
  return (
    <section className={`result result--${kind}`} role={kind === 'success' ? 'status' : 'alert'}>
      <Pictogram name={sign[kind]} />
      <div>
        <h2>{sentence}</h2>
        {children}
      </div>
    </section>
  );
}
