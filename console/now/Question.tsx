import { useId, useRef } from 'react';
import type { ReactNode } from 'react';
import { useWords } from '../board/words.ts';
import { useShortcut } from '../frame/shortcuts.tsx';

export interface QuestionProps {
  /** 1 to 5: also the key that leads here. */
  number: number;
  title: string;
  /** The figure of the answer; left out where the answer is not a count. */
  figure?: string | undefined;
  unit?: string | undefined;
  detail?: ReactNode;
  /** One action, and a way to everything. */
  actions?: ReactNode;
  children?: ReactNode;
}

/** One question of the desk: the figure answers it, the rows explain, one action follows. */
export function Question(props: QuestionProps): ReactNode {
  const { t } = useWords();
  const id = useId();
  const section = useRef<HTMLElement>(null);
  useShortcut(String(props.number), t('keys.question', { number: props.number }), () => {
    section.current?.focus();
    section.current?.scrollIntoView({ block: 'nearest' });
  });
  return (
    <section
      className={`question question--${String(props.number)}`}
      aria-labelledby={id}
      tabIndex={-1}
      ref={section}
    >
      <h2 id={id} className="question__title">
        <span className="question__number" aria-hidden="true">
          {props.number}
        </span>
        {props.title}
      </h2>
      {props.figure === undefined ? null : (
        <p className="question__answer">
          <strong>{props.figure}</strong>
          <span>
            <b>{props.unit}</b>
            <small>{props.detail}</small>
          </span>
        </p>
      )}
      <div className="question__body">{props.children}</div>
      {props.actions === undefined ? null : <div className="question__actions">{props.actions}</div>}
    </section>
  );
}

/** A line of a question: name, what, and how it stands. */
export function Line({ name, what, end }: { name: string; what: string; end: ReactNode }): ReactNode {
  return (
    <li className="line">
      <strong>{name}</strong>
      <span>{what}</span>
      <span className="line__end">{end}</span>
    </li>
  );
}
