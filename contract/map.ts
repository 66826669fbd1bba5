import { z } from 'zod';
import { Words } from './ids.ts';

/**
 * Floor plan: GeoJSON in a small subset of IMDF (OGC 20-094). Coordinates are local
 * metres (x east, y north), not degrees. `features` hold venue, level, unit, opening,
 * amenity, anchor and, beyond IMDF, `path` lines people walk along.
 */

const Position = z.tuple([z.number(), z.number()]);
const Polygon = z.object({
  type: z.literal('Polygon'),
  coordinates: z.array(z.array(Position).min(4)).min(1),
});
const Point = z.object({ type: z.literal('Point'), coordinates: Position });
const LineString = z.object({ type: z.literal('LineString'), coordinates: z.array(Position).min(2) });

const common = { type: z.literal('Feature'), id: z.string().min(1) };

export const Level = z.object({
  ...common,
  feature_type: z.literal('level'),
  geometry: Polygon,
  properties: z.object({ ordinal: z.number().int(), name: Words, short: z.string().min(1).max(3) }),
});
export const Unit = z.object({
  ...common,
  feature_type: z.literal('unit'),
  geometry: Polygon,
  properties: z.object({
    level: z.string(),
    name: Words,
    category: z.enum([
      'room',
      'court',
      'counter',
      'lobby',
      'corridor',
      'restroom',
      'lift',
      'stairs',
      'lockers',
      'office',
      'library',
    ]),
    /** Listed under "find my way". */
    findable: z.boolean(),
  }),
});
/** A door: where a unit is entered, on the walking graph. */
export const Opening = z.object({
  ...common,
  feature_type: z.literal('opening'),
  geometry: Point,
  properties: z.object({ level: z.string(), unit: z.string(), closed: z.boolean().optional() }),
});
export const Amenity = z.object({
  ...common,
  feature_type: z.literal('amenity'),
  geometry: Point,
  properties: z.object({
    level: z.string(),
    name: Words,
    category: z.enum(['water', 'art', 'desk', 'plant', 'screen', 'sign', 'charging']),
  }),
});
/** Where a kiosk stands and which way a person in front of it faces (degrees clockwise from north). */
export const Anchor = z.object({
  ...common,
  feature_type: z.literal('anchor'),
  geometry: Point,
  properties: z.object({ level: z.string(), kiosk: z.string(), facing: z.number().min(0).lt(360) }),
});
/** A walkable line; ends that coincide with other paths' points, openings or anchors are joined. */
export const Path = z.object({
  ...common,
  feature_type: z.literal('path'),
  geometry: LineString,
  properties: z.object({ level: z.string(), steps: z.boolean().optional() }),
});
/** A lift or stairs joining levels at points. */
export const Connector = z.object({
  ...common,
  feature_type: z.literal('connector'),
  geometry: Point,
  properties: z.object({
    kind: z.enum(['lift', 'stairs']),
    name: Words,
    levels: z.array(z.string()).min(2),
    closed: z.boolean().optional(),
  }),
});

export const MapFeature = z.discriminatedUnion('feature_type', [
  Level,
  Unit,
  Opening,
  Amenity,
  Anchor,
  Path,
  Connector,
]);
export type MapFeature = z.infer<typeof MapFeature>;

export const HallMap = z.object({
  type: z.literal('FeatureCollection'),
  name: Words,
  features: z.array(MapFeature),
});
export type HallMap = z.infer<typeof HallMap>;

/** One step of a route, in the order walked. */
export const RouteStep = z.object({
  turn: z.enum([
    'straight',
    'left',
    'right',
    'back',
    'lift',
    'stairs',
    'arrive-left',
    'arrive-right',
    'arrive-ahead',
  ]),
  words: Words,
  landmark: Words.optional(),
  metres: z.number().int().min(0),
  level: z.string(),
  /** Points in metres on `level`, the first being where the step begins. */
  points: z.array(Position).min(1),
});
export type RouteStep = z.infer<typeof RouteStep>;

export const Route = z.object({
  to: z.string(),
  toName: Words,
  metres: z.number().int(),
  minutes: z.number().int().min(1),
  stepFree: z.boolean(),
  steps: z.array(RouteStep).min(1),
});
export type Route = z.infer<typeof Route>;
