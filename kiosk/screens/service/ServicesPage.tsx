import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { Tile } from '../../../ui/components/Tile.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../../ui/components/Waiting.tsx';
import { PICTOGRAM_NAMES } from '../../../ui/pictograms/Pictogram.tsx';
import type { PictogramName } from '../../../ui/pictograms/Pictogram.tsx';
import { useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import type { JourneyFrameProps } from '../journey/JourneyFrame.tsx';
import { useHallQuery } from '../journey/use-hall-query.ts';

export type ServiceFrame = Pick<JourneyFrameProps, 'pictogram' | 'title' | 'second' | 'onHome' | 'onBack'>;

export interface ServicesPageProps {
  frame: ServiceFrame;
  onPick: (service: string) => void;
  onResume: () => void;
}

/** What can be handled here, each with how long it takes; and the way back into a form begun earlier. */
export function ServicesPage({ frame, onPick, onResume }: ServicesPageProps): ReactNode {
  const { t } = useTranslation('service');
  const say = useSay();
  const query = useHallQuery('services', {}, ['services']);
  return (
    <JourneyFrame {...frame} page="service/list">
      <h2 className="journey__question">{t('question')}</h2>
      {query.data === undefined ? (
        query.refusal === undefined ? (
          <LoadingState />
        ) : (
          <ErrorState title={t('loadFailed')} detail={t('loadFailedDetail')} onRetry={query.again} />
        )
      ) : query.data.services.length === 0 ? (
        <EmptyState pictogram="service" title={t('none')} detail={t('noneDetail')} />
      ) : (
        <div className="services">
          {query.data.services.map((service) => (
            <Tile
              key={service.id}
              pictogram={pictogramOf(service.pictogram)}
              title={say.words(service.name)}
              hint={`${say.words(service.summary)} · ${t('about', { count: service.minutes })}`}
              onPress={() => {
                onPick(service.id);
              }}
            />
          ))}
        </div>
      )}
      <div className="frame__foot">
        <ActionButton pictogram="repeat" label={t('resume')} hint={t('resumeHint')} onPress={onResume} />
      </div>
    </JourneyFrame>
  );
}

/** A service names its pictogram in its data file; one we do not have becomes the general sign. */
function pictogramOf(name: string): PictogramName {
  return PICTOGRAM_NAMES.find((each) => each === name) ?? 'service';
}
