import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { HallMap } from '../../../contract/map.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { Field } from '../../../ui/components/Field.tsx';
import { Tile } from '../../../ui/components/Tile.tsx';
import { EmptyState } from '../../../ui/components/Waiting.tsx';
import { ScreenKeyboard } from '../../../ui/keyboard/ScreenKeyboard.tsx';
import type { PictogramName } from '../../../ui/pictograms/Pictogram.tsx';
import { findPlaces, PLACE_KINDS, placesOf } from '../../journeys/places.rules.ts';
import type { Place, PlaceKind } from '../../journeys/places.rules.ts';
import { useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import type { JourneyFrameProps } from '../journey/JourneyFrame.tsx';

const SIGNS: Readonly<Record<PlaceKind, PictogramName>> = {
  counter: 'counter',
  room: 'room',
  court: 'court',
  restroom: 'toilet',
  lockers: 'locker',
  library: 'book',
  other: 'pin',
};

export interface PlaceListProps {
  frame: Pick<JourneyFrameProps, 'pictogram' | 'title' | 'second' | 'onHome'>;
  map: HallMap;
  ownLevel: string;
  onPick: (unit: string) => void;
}

/** Places by kind, or by typing a name or a number. */
export function PlaceList({ frame, map, ownLevel, onPick }: PlaceListProps): ReactNode {
  const { t } = useTranslation('way');
  const say = useSay();
  const [shown, setShown] = useState<PlaceKind | 'search' | undefined>(undefined);
  const [typed, setTyped] = useState('');
  const places = placesOf(map, ownLevel);
  const kinds = PLACE_KINDS.filter((kind) => places.some((place) => place.kind === kind));
  const back = (): void => {
    if (shown === undefined) frame.onHome();
    setShown(undefined);
    setTyped('');
  };
  const pickKind = (kind: PlaceKind): void => {
    const only = places.filter((place) => place.kind === kind);
    if (only.length === 1 && only[0] !== undefined) onPick(only[0].id);
    else setShown(kind);
  };

  if (shown === undefined)
    return (
      <JourneyFrame {...frame} page="way/kinds">
        <h2 className="journey__question">{t('question')}</h2>
        <div className="kinds">
          {kinds.map((kind) => (
            <Tile
              key={kind}
              pictogram={SIGNS[kind]}
              title={t(`kind.${kind}`)}
              hint={placesHint(places, kind, say)}
              onPress={() => {
                pickKind(kind);
              }}
            />
          ))}
          <Tile
            pictogram="search"
            title={t('search')}
            hint={t('searchHint')}
            onPress={() => {
              setShown('search');
            }}
          />
        </div>
      </JourneyFrame>
    );
  if (shown !== 'search')
    return (
      <JourneyFrame {...frame} title={t(`kind.${shown}`)} page="way/places" onBack={back}>
        <h2 className="journey__question">{t('which')}</h2>
        <Rows places={places.filter((place) => place.kind === shown)} ownLevel={ownLevel} onPick={onPick} />
      </JourneyFrame>
    );
  const found = findPlaces(places, typed);
  return (
    <JourneyFrame
      {...frame}
      title={t('search')}
      page="way/search"
      pace="form"
      onBack={back}
      dock={
        <ScreenKeyboard
          mode={say.zh ? 'pinyin' : 'english'}
          value={typed}
          onChange={setTyped}
          maxLength={20}
        />
      }
    >
      <Field
        id="place"
        asQuestion
        label={t('question')}
        hint={t('searchHint')}
        value={typed}
        onChange={setTyped}
        inputMode="none"
        autoFocus
      />
      {found.length === 0 ? (
        <EmptyState pictogram="search" title={t('notFound')} detail={t('notFoundDetail')} />
      ) : (
        <Rows places={found} ownLevel={ownLevel} onPick={onPick} />
      )}
    </JourneyFrame>
  );
}

function Rows({
  places,
  ownLevel,
  onPick,
}: {
  places: readonly Place[];
  ownLevel: string;
  onPick: (unit: string) => void;
}): ReactNode {
  const { t } = useTranslation('way');
  const say = useSay();
  return (
    <ul className="place-rows">
      {places.map((place) => (
        <li key={place.id}>
          <ActionButton
            pictogram={SIGNS[place.kind]}
            label={say.words(place.name)}
            hint={`${place.level === undefined ? '' : say.words(place.level.properties.name)}${
              place.level?.id === ownLevel ? t('thisFloor') : ''
            }`}
            onPress={() => {
              onPick(place.id);
            }}
          />
        </li>
      ))}
    </ul>
  );
}

function placesHint(places: readonly Place[], kind: PlaceKind, say: ReturnType<typeof useSay>): string {
  const names = [
    ...new Set(places.filter((place) => place.kind === kind).map((place) => say.words(place.name))),
  ];
  return names.slice(0, 3).join(say.zh ? '、' : ', ') + (names.length > 3 ? '…' : '');
}
