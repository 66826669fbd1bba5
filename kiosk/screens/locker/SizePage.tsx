import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Refusal } from '../../../contract/refusals.ts';
import { Tile } from '../../../ui/components/Tile.tsx';
import { ErrorState, LoadingState } from '../../../ui/components/Waiting.tsx';
import type { LockerSize } from '../../journeys/locker.machine.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { RefusalNotice } from '../journey/RefusalNotice.tsx';
import { useHallQuery } from '../journey/use-hall-query.ts';
import type { LockerFrame } from './locker-frame.ts';

const SIZES = ['small', 'medium', 'large'] as const;

export interface SizePageProps {
  frame: LockerFrame;
  refusal: Refusal | undefined;
  onSize: (size: LockerSize) => void;
}

/** How large? Each size with what fits and how many are free. */
export function SizePage({ frame, refusal, onSize }: SizePageProps): ReactNode {
  const { t } = useTranslation('locker');
  const { data, refusal: failed, again } = useHallQuery('lockers', {}, ['doors']);
  const free = (size: LockerSize): number =>
    data?.compartments.filter((each) => each.size === size && each.state === 'free').length ?? 0;
  const some = SIZES.filter((size) => free(size) > 0);
  return (
    <JourneyFrame
      {...frame}
      page="locker/size"
      read={
        <>
          <h2 className="journey__question">{t('sizeQuestion')}</h2>
          <RefusalNotice refusal={refusal} />
        </>
      }
    >
      {data === undefined ? (
        failed === undefined ? (
          <LoadingState />
        ) : (
          <ErrorState title={t('offline')} onRetry={again} />
        )
      ) : some.length === 0 ? (
        <ErrorState title={t('allTaken')} detail={t('allTakenDetail')} onRetry={again} />
      ) : (
        <div className="locker-sizes">
          {some.map((size) => (
            <Tile
              key={size}
              pictogram="locker"
              title={t(size)}
              hint={t('sizeHint', { fits: t(`${size}Fits`), count: free(size) })}
              onPress={() => {
                onSize(size);
              }}
            />
          ))}
        </div>
      )}
    </JourneyFrame>
  );
}
