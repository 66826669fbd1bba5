import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import type { PictogramName } from '../pictograms/Pictogram.tsx';
import './buttons.css';

export interface TileProps {
  pictogram: PictogramName;
  title: string;
  /** What is behind it, in a few words; left out in the elderly view. */
  hint?: string;
  /** The one red tile of the welcome page: what is due now. */
  primary?: boolean;
  onPress: () => void;
}

/** A large door into a journey, on the welcome page. */
export function Tile({ pictogram, title, hint, primary = false, onPress }: TileProps): ReactNode {
  return (
    <Button className={`tile${primary ? ' tile--primary' : ''}`} onPress={onPress}>
      <span className="tile__sign">
        <Pictogram name={pictogram} />
      </span>
      <span className="tile__words">
        <span className="tile__title">{title}</span>
        {hint === undefined ? null : <span className="tile__hint">{hint}</span>}
      </span>
    </Button>
  );
}
