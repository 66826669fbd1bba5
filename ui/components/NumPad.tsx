import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import './fields.css';

export interface NumPadProps {
  onDigit: (digit: string) => void;
  onBackspace: () => void;
  onClear: () => void;
  /** Offers X in place of "clear", as ID numbers end with it. */
  withX?: boolean;
}

/** Keys 1-9, clear (or X), 0, delete. */
export function NumPad({ onDigit, onBackspace, onClear, withX = false }: NumPadProps): ReactNode {
  const { t } = useTranslation('keyboard');
  return (
    <div className="num-pad" role="group" aria-label={t('numPad')}>
      {['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((digit) => (
        <Button key={digit} className="key" onPress={() => onDigit(digit)}>
          {digit}
        </Button>
      ))}
      {withX ? (
        <Button className="key" onPress={() => onDigit('X')}>
          X
        </Button>
      ) : (
        <Button className="key key--word" onPress={onClear}>
          {t('clear')}
        </Button>
      )}
      <Button className="key" onPress={() => onDigit('0')}>
        0
      </Button>
      <Button className="key" aria-label={t('backspace')} onPress={onBackspace}>
        <Pictogram name="backspace" />
      </Button>
    </div>
  );
}
