import type { HallMap, MapFeature } from '../../contract/map.ts';
import type { Words } from '../../contract/ids.ts';

/** Places one can be led to, by kind and by what was typed. Pure. */

export type UnitFeature = Extract<MapFeature, { feature_type: 'unit' }>;
export type LevelFeature = Extract<MapFeature, { feature_type: 'level' }>;
export type AnchorFeature = Extract<MapFeature, { feature_type: 'anchor' }>;

/** Kinds as people look for them. */
export const PLACE_KINDS = ['counter', 'room', 'court', 'restroom', 'lockers', 'library', 'other'] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number];

export interface Place {
  readonly id: string;
  readonly name: Words;
  readonly kind: PlaceKind;
  readonly level: LevelFeature | undefined;
}

/** Every findable unit, the kiosk's own floor first, then floors upwards. */
export function placesOf(map: HallMap, ownLevel: string): Place[] {
  const levels = levelsOf(map);
  const rank = (level: string): number => {
    const ordinal = levels.find((each) => each.id === level)?.properties.ordinal ?? 0;
    return level === ownLevel ? -1000 : ordinal;
  };
  return map.features
    .filter(
      (feature): feature is UnitFeature => feature.feature_type === 'unit' && feature.properties.findable,
    )
    .sort((a, b) => rank(a.properties.level) - rank(b.properties.level))
    .map((unit) => ({
      id: unit.id,
      name: unit.properties.name,
      kind: kindOf(unit.properties.category),
      level: levels.find((level) => level.id === unit.properties.level),
    }));
}

export function levelsOf(map: HallMap): LevelFeature[] {
  return map.features
    .filter((feature): feature is LevelFeature => feature.feature_type === 'level')
    .sort((a, b) => a.properties.ordinal - b.properties.ordinal);
}

export function anchorOf(map: HallMap, id: string): AnchorFeature | undefined {
  return map.features.find(
    (feature): feature is AnchorFeature => feature.feature_type === 'anchor' && feature.id === id,
  );
}

function kindOf(category: UnitFeature['properties']['category']): PlaceKind {
  switch (category) {
    case 'counter':
    case 'room':
    case 'court':
    case 'restroom':
    case 'lockers':
    case 'library':
      return category;
    case 'office':
      return 'counter';
    case 'lobby':
    case 'corridor':
    case 'lift':
    case 'stairs':
      return 'other';
  }
}

/** Places whose name holds every typed word, in either language; numbers match from their start. */
export function findPlaces(places: readonly Place[], typed: string): Place[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [...places];
  return places.filter((place) => {
    const text = `${place.name.zh} ${place.name.en}`.toLowerCase();
    return words.every((word) =>
      /^\d+$/.test(word) ? new RegExp(`(?<!\\d)${word}`).test(text) : text.includes(word),
    );
  });
}

/** `301` of "301 教室": the number on the door; undefined where there is none. */
export function doorNumber(name: Words): string | undefined {
  return /(?<!\d)\d{3}(?!\d)/.exec(name.zh)?.[0];
}
