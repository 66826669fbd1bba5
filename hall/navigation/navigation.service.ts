import { readFileSync } from 'node:fs';
import type { HallMap, Route } from '../../contract/map.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import { buildGraph, cheapestWay, nodeKey } from './graph.rules.ts';
import { readPlan } from './map.rules.ts';
import type { Plan } from './map.rules.ts';
import { describe } from './words.rules.ts';

/** The map of the demo hall, used when the configuration names none. */
export const DEMO_MAP = new URL('../maps/demo-hall.json', import.meta.url);

/** Raised at start-up when the map cannot be used; the message names every fault. */
export class MapRefused extends Error {
  override readonly name = 'MapRefused';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`the map cannot be used:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/**
 * Reads a map file. @throws MapRefused with every fault, also when a place that can be searched
 * cannot be reached from a kiosk [NV1].
 */
export function loadPlan(file: string | URL): Plan {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new MapRefused([
      `the file cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
  const result = readPlan(value);
  if (!result.ok) throw new MapRefused(result.faults);
  const unreachable = unreachableFaults(result.plan);
  if (unreachable.length > 0) throw new MapRefused(unreachable);
  return result.plan;
}

/** One sentence for each place that a kiosk cannot lead to. Doors marked closed are today's news, not a fault of the drawing. */
export function unreachableFaults(plan: Plan): string[] {
  const open: Plan = {
    ...plan,
    openings: plan.openings.map((opening) => ({
      ...opening,
      properties: { ...opening.properties, closed: false },
    })),
    connectors: plan.connectors.map((connector) => ({
      ...connector,
      properties: { ...connector.properties, closed: false },
    })),
  };
  const graph = buildGraph(open);
  const faults: string[] = [];
  for (const [kiosk, anchor] of plan.anchors) {
    const start = nodeKey(anchor.properties.level, anchor.geometry.coordinates);
    for (const unit of plan.units.values()) {
      if (
        unit.properties.findable &&
        cheapestWay(graph, start, doorsOf(open, unit.id, new Set()), false) === undefined
      )
        faults.push(`${unit.id}: cannot be reached from ${kiosk}`);
    }
  }
  return faults;
}

/** Nodes of a unit's open doors. */
function doorsOf(plan: Plan, unit: string, closed: ReadonlySet<string>): Set<string> {
  return new Set(
    plan.openings
      .filter(
        (opening) =>
          opening.properties.unit === unit && opening.properties.closed !== true && !closed.has(opening.id),
      )
      .map((opening) => nodeKey(opening.properties.level, opening.geometry.coordinates)),
  );
}

/** The floor plan of this hall and the way through it. */
export function createNavigationService(plan: Plan) {
  const closed = new Set<string>();
  let graph = buildGraph(plan);

  return {
    /** The plan and the anchor of a kiosk; the first anchor for a desk or a kiosk that is not drawn. */
    map: (kiosk: string | undefined): { map: HallMap; anchor: string } => {
      const anchor =
        (kiosk === undefined ? undefined : plan.anchors.get(kiosk)) ?? [...plan.anchors.values()][0];
      return { map: plan.map, anchor: anchor?.id ?? '' };
    },
    /** The way from a kiosk to a unit. */
    route: (kiosk: string, to: string, stepFree: boolean): Result<Route> => {
      const anchor = plan.anchors.get(kiosk);
      if (anchor === undefined || !plan.units.has(to)) return refused('place-unknown');
      const walk = cheapestWay(
        graph,
        nodeKey(anchor.properties.level, anchor.geometry.coordinates),
        doorsOf(plan, to, closed),
        stepFree,
      );
      return walk === undefined
        ? refused('no-way')
        : accepted(describe(plan, walk, to, anchor.properties.facing, stepFree));
    },
    /** A door or lift is closed for now, or open again; the next route goes round it [NV4]. */
    setClosed: (id: string, isClosed: boolean): Result<true> => {
      if (![...plan.openings, ...plan.connectors].some((each) => each.id === id))
        return refused('place-unknown');
      if (isClosed) closed.add(id);
      else closed.delete(id);
      graph = buildGraph(plan, closed);
      return accepted(true);
    },
    /** Whether a unit is drawn: for links from sessions and bookings. */
    has: (unit: string): boolean => plan.units.has(unit),
  };
}

export type NavigationService = ReturnType<typeof createNavigationService>;
