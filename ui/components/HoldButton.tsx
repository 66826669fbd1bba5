import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { CancelTimer, Millis } from '../../contract/ports.ts';
import { useClock } from '../clock.ts';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import './buttons.css';

export interface HoldButtonProps {
  label: string;
  /** What holding does, e.g. "按住 2 秒，柜子给别人用". */
  hint: string;
  holdFor?: Millis;
  isDisabled?: boolean;
  onHeld: () => void;
}

/**
 * For acts that cannot be taken back: press and hold. Space and Enter held down count too; letting
 * go early does nothing. The bar along the foot fills as the time passes.
 */
export function HoldButton({
  label,
  hint,
  holdFor = 2000,
  isDisabled = false,
  onHeld,
}: HoldButtonProps): ReactNode {
  const clock = useClock();
  const { t } = useTranslation('common');
  const [holding, setHolding] = useState(false);
  const bar = useRef<HTMLSpanElement>(null);
  const cancel = useRef<CancelTimer | undefined>(undefined);

  const stop = (): void => {
    cancel.current?.();
    cancel.current = undefined;
    setHolding(false);
  };
  const start = (): void => {
    cancel.current?.();
    bar.current?.style.setProperty('--hold', `${String(holdFor)}ms`);
    setHolding(true);
    cancel.current = clock.after(holdFor, () => {
      stop();
      onHeld();
    });
  };
  useEffect(() => () => cancel.current?.(), []);

  return (
    <Button
      className={`action action--hold${holding ? ' action--holding' : ''}`}
      isDisabled={isDisabled}
      onPressStart={start}
      onPressEnd={stop}
    >
      <Pictogram name="hand-hold" />
      <span className="action__words">
        <span>{label}</span>
        <small aria-live="polite">{holding ? t('holding') : hint}</small>
      </span>
      <span className="action__progress" ref={bar} aria-hidden="true" />
    </Button>
  );
}
