import { useId } from 'react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import type { PictogramName } from '../pictograms/Pictogram.tsx';
import './board.css';

/** A ruled board: a heading over a strong line, rows divided by hairlines. Read, not touched. */
export function Board({
  title,
  note,
  children,
}: {
  title: string;
  note?: string;
  children?: ReactNode;
}): ReactNode {
  const id = useId();
  return (
    <section className="board" aria-labelledby={id}>
      <header className="board__head">
        <h2 id={id}>{title}</h2>
        {note === undefined ? null : <p>{note}</p>}
      </header>
      <ul className="board__rows">{children}</ul>
    </section>
  );
}

export interface BoardRowProps {
  /** `14:30`, or a ticket number. */
  time: string;
  title: string;
  detail?: string;
  /** A StateMark. */
  state?: ReactNode;
  /** The box at the end of the row: the only part that can be touched. */
  action?: { label: string; pictogram?: PictogramName; onPress: () => void };
}

/** One line of a board: big time, name and place, state word, and a boxed arrow. */
export function BoardRow({ time, title, detail, state, action }: BoardRowProps): ReactNode {
  return (
    <li className="board-row">
      <span className="board-row__time">{time}</span>
      <span className="board-row__words">
        <strong>{title}</strong>
        {detail === undefined ? null : <small>{detail}</small>}
      </span>
      <span className="board-row__state">{state}</span>
      {action === undefined ? null : (
        <Button className="box-button" aria-label={action.label} onPress={action.onPress}>
          <Pictogram name={action.pictogram ?? 'arrow-right'} />
        </Button>
      )}
    </li>
  );
}
