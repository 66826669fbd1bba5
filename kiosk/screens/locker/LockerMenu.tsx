import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../../../ui/components/Notice.tsx';
import { StateMark } from '../../../ui/components/StateMark.tsx';
import { Tile } from '../../../ui/components/Tile.tsx';
import { useJourney } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { useScans } from '../journey/use-scans.ts';
import type { LockerFrame } from './locker-frame.ts';

export interface LockerMenuProps {
  frame: LockerFrame;
  onRent: () => void;
  onMine: () => void;
}

/** Put something away, or come back for it; a code held to the scanner needs no touch. */
export function LockerMenu({ frame, onRent, onMine }: LockerMenuProps): ReactNode {
  const { t } = useTranslation('locker');
  const { home } = useJourney();
  useScans(true, true);
  const { free, total, online } = home.lockers;
  return (
    <JourneyFrame
      {...frame}
      page="locker"
      read={
        <>
          <h2 className="journey__question">{t('what')}</h2>
          <p className="journey__lead">
            {online ? (
              <StateMark state={free > 0 ? 'free' : 'full'} word={t('freeOf', { free, total })} />
            ) : (
              <StateMark state="unknown" word={t('offline')} />
            )}
          </p>
        </>
      }
    >
      <div className="locker-tiles">
        <Tile primary pictogram="locker" title={t('rent')} hint={t('rentHint')} onPress={onRent} />
        <Tile pictogram="door-open" title={t('mine')} hint={t('mineHint')} onPress={onMine} />
      </div>
      <Notice pictogram="scan" title={t('haveCode')} detail={t('haveCodeDetail')} />
    </JourneyFrame>
  );
}
