import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Tile } from '../../ui/components/Tile.tsx';
import { useJourney } from '../screens/journey/journey-context.ts';
import { JourneyFrame } from '../screens/journey/JourneyFrame.tsx';
import { JOURNEYS } from './journeys.ts';
import type { JourneyId } from './journeys.ts';
import './home.css';

/** The first screen: a tile for every journey this hall offers and this page has. */
export function HomePage({ onOpen }: { onOpen: (id: JourneyId) => void }): ReactNode {
  const { home } = useJourney();
  const { t } = useTranslation('journey');
  return (
    <JourneyFrame pictogram="home" title={t('home')} page="home" busy onHome={() => undefined}>
      <div className="home-tiles">
        {JOURNEYS.filter((journey) => home.journeys.includes(journey.id)).map((journey) => (
          <Tile
            key={journey.id}
            pictogram={journey.pictogram}
            title={t(`tile.${journey.id}`)}
            onPress={() => {
              onOpen(journey.id);
            }}
          />
        ))}
      </div>
    </JourneyFrame>
  );
}
