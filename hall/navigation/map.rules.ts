import type { z } from 'zod';
import { HallMap } from '../../contract/map.ts';
import type {
  Amenity,
  Anchor,
  Connector,
  Level,
  MapFeature,
  Opening,
  Path,
  Unit,
} from '../../contract/map.ts';

/** A floor plan that was read and checked. Pure: the file is read elsewhere. */

export type Point = readonly [number, number];
type Of<S extends z.ZodType> = z.infer<S>;

export interface Plan {
  readonly map: HallMap;
  readonly levels: ReadonlyMap<string, Of<typeof Level>>;
  readonly units: ReadonlyMap<string, Of<typeof Unit>>;
  readonly openings: readonly Of<typeof Opening>[];
  readonly amenities: readonly Of<typeof Amenity>[];
  readonly anchors: ReadonlyMap<string, Of<typeof Anchor>>;
  readonly paths: readonly Of<typeof Path>[];
  readonly connectors: readonly Of<typeof Connector>[];
}

/** Either a plan, or every fault in words that name the feature. */
export type PlanResult =
  { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly faults: readonly string[] };

function pick<T extends MapFeature['feature_type']>(
  map: HallMap,
  type: T,
): Extract<MapFeature, { feature_type: T }>[] {
  return map.features.filter(
    (feature): feature is Extract<MapFeature, { feature_type: T }> => feature.feature_type === type,
  );
}

/** Reads a parsed JSON value as a floor plan and checks everything that can be checked without walking [NV1]. */
export function readPlan(value: unknown): PlanResult {
  const parsed = HallMap.safeParse(value);
  if (!parsed.success)
    return {
      ok: false,
      faults: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    };
  const map = parsed.data;
  const faults: string[] = [];
  const ids = new Set<string>();
  for (const feature of map.features) {
    if (ids.has(feature.id)) faults.push(`${feature.id}: this id is used twice`);
    ids.add(feature.id);
  }
  const levels = new Map(pick(map, 'level').map((level) => [level.id, level]));
  const units = new Map(pick(map, 'unit').map((unit) => [unit.id, unit]));
  const plan: Plan = {
    map,
    levels,
    units,
    openings: pick(map, 'opening'),
    amenities: pick(map, 'amenity'),
    anchors: new Map(pick(map, 'anchor').map((anchor) => [anchor.properties.kiosk, anchor])),
    paths: pick(map, 'path'),
    connectors: pick(map, 'connector'),
  };
  if (levels.size === 0) faults.push('the map has no level');
  const ordinals = new Map<number, string>();
  for (const level of levels.values()) {
    const other = ordinals.get(level.properties.ordinal);
    if (other !== undefined) faults.push(`${level.id}: has the same ordinal as ${other}`);
    ordinals.set(level.properties.ordinal, level.id);
  }
  for (const feature of [
    ...units.values(),
    ...plan.openings,
    ...plan.amenities,
    ...plan.anchors.values(),
    ...plan.paths,
  ]) {
    if (!levels.has(feature.properties.level))
      faults.push(`${feature.id}: there is no level ${feature.properties.level}`);
  }
  for (const opening of plan.openings) {
    const unit = units.get(opening.properties.unit);
    if (unit === undefined) faults.push(`${opening.id}: there is no unit ${opening.properties.unit}`);
    else if (unit.properties.level !== opening.properties.level)
      faults.push(`${opening.id}: is on another level than its unit ${unit.id}`);
  }
  for (const connector of plan.connectors) {
    for (const level of connector.properties.levels)
      if (!levels.has(level)) faults.push(`${connector.id}: there is no level ${level}`);
  }
  for (const unit of units.values()) {
    if (unit.properties.findable && !plan.openings.some((opening) => opening.properties.unit === unit.id))
      faults.push(`${unit.id}: can be searched but has no door`);
  }
  if (pick(map, 'anchor').length !== plan.anchors.size) faults.push('a kiosk stands in two places');
  return faults.length > 0 ? { ok: false, faults } : { ok: true, plan };
}

/** Middle of a polygon's outer ring (mean of its corners): good enough to say on which side a room lies. */
export function middleOf(ring: readonly Point[]): Point {
  const corners = ring.slice(0, -1);
  const sum = corners.reduce<[number, number]>(([x, y], [px, py]) => [x + px, y + py], [0, 0]);
  return [sum[0] / corners.length, sum[1] / corners.length];
}

/** Whether a point lies inside a ring (even-odd rule). */
export function isInside(ring: readonly Point[], [x, y]: Point): boolean {
  let inside = false;
  for (let index = 0, before = ring.length - 1; index < ring.length; before = index, index += 1) {
    const [ax, ay] = ring[index] ?? [0, 0];
    const [bx, by] = ring[before] ?? [0, 0];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

export function distance([ax, ay]: Point, [bx, by]: Point): number {
  return Math.hypot(bx - ax, by - ay);
}
