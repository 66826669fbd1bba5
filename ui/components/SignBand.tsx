import type { ReactNode } from 'react';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import type { PictogramName } from '../pictograms/Pictogram.tsx';
import './sign.css';

export interface SignBandProps {
  pictogram: PictogramName;
  /** The page's one heading. */
  title: string;
  /** The same in the other language, or the hall's name; small. */
  second?: string;
  /** Ready texts: `14:12` and `11月24日 星期二`. */
  time: string;
  date: string;
}

/** The black sign over every page: where you are, and what time it is. Ruled, never touched; the page puts it in its header. */
export function SignBand({ pictogram, title, second, time, date }: SignBandProps): ReactNode {
  return (
    <div className="sign-band">
      <span className="sign-band__sign">
        <Pictogram name={pictogram} />
      </span>
      <div className="sign-band__words">
        <h1>{title}</h1>
        {second === undefined ? null : <p>{second}</p>}
      </div>
      <div className="sign-band__clock">
        <time>{time}</time>
        <p>{date}</p>
      </div>
    </div>
  );
}
