import { distance } from './map.rules.ts';
import type { Plan, Point } from './map.rules.ts';

/** The walking graph of a plan and the cheapest way through it. Pure. */

export interface Node {
  readonly key: string;
  readonly level: string;
  readonly at: Point;
}

export interface Edge {
  readonly to: string;
  readonly metres: number;
  /** Metres of walking that are as much trouble. */
  readonly cost: number;
  readonly kind: 'walk' | 'steps' | 'lift' | 'stairs';
  /** The connector's id, for lift and stairs. */
  readonly connector?: string;
}

export interface Graph {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly edges: ReadonlyMap<string, readonly Edge[]>;
}

/** Points nearer than this are one place. */
const SAME = 0.05;
/** Waiting for a lift and riding one floor, stairs for one floor, in metres of walking as much trouble [NV3]. */
export const LIFT_WAIT = 25;
export const LIFT_FLOOR = 4;
export const STAIRS_FLOOR = 30;
/** A step on the way costs this many times its length. */
const STEPS_FACTOR = 2;

export function nodeKey(level: string, [x, y]: Point): string {
  return `${level}:${x.toFixed(1)},${y.toFixed(1)}`;
}

/**
 * Joins paths where they touch: an end on another path's line divides it. Closed doors and closed
 * connectors are left out, so that the way goes round them [NV4].
 * @param closed ids of openings and connectors closed just now, besides those the map marks.
 */
export function buildGraph(plan: Plan, closed: ReadonlySet<string> = new Set()): Graph {
  const nodes = new Map<string, Node>();
  const edges = new Map<string, Edge[]>();
  const add = (level: string, at: Point): string => {
    const key = nodeKey(level, at);
    if (!nodes.has(key)) nodes.set(key, { key, level, at });
    return key;
  };
  const join = (a: string, b: string, edge: Omit<Edge, 'to'>): void => {
    edges.set(a, [...(edges.get(a) ?? []), { ...edge, to: b }]);
    edges.set(b, [...(edges.get(b) ?? []), { ...edge, to: a }]);
  };
  const shut = new Set(
    [...plan.openings, ...plan.connectors]
      .filter((each) => each.properties.closed === true || closed.has(each.id))
      .map((each) => each.id),
  );

  for (const path of plan.paths)
    for (const point of path.geometry.coordinates) add(path.properties.level, point);
  for (const anchor of plan.anchors.values()) add(anchor.properties.level, anchor.geometry.coordinates);
  for (const opening of plan.openings) add(opening.properties.level, opening.geometry.coordinates);
  for (const connector of plan.connectors)
    for (const level of connector.properties.levels) add(level, connector.geometry.coordinates);
  const shutNodes = new Set(
    plan.openings
      .filter((opening) => shut.has(opening.id))
      .map((opening) => nodeKey(opening.properties.level, opening.geometry.coordinates)),
  );

  for (const path of plan.paths) {
    const { coordinates } = path.geometry;
    const kind = path.properties.steps === true ? 'steps' : 'walk';
    const onLevel = [...nodes.values()].filter((node) => node.level === path.properties.level);
    for (let index = 1; index < coordinates.length; index += 1) {
      const [a, b] = [coordinates[index - 1], coordinates[index]];
      if (a === undefined || b === undefined) continue;
      const length = distance(a, b);
      const along = onLevel
        .filter(
          (node) =>
            Math.abs(distance(a, node.at) + distance(node.at, b) - length) < SAME * SAME ||
            distance(a, node.at) < SAME ||
            distance(b, node.at) < SAME,
        )
        .sort((m, n) => distance(a, m.at) - distance(a, n.at));
      for (let each = 1; each < along.length; each += 1) {
        const [from, to] = [along[each - 1], along[each]];
        if (from === undefined || to === undefined || shutNodes.has(from.key) || shutNodes.has(to.key))
          continue;
        const metres = distance(from.at, to.at);
        join(from.key, to.key, { metres, cost: metres * (kind === 'steps' ? STEPS_FACTOR : 1), kind });
      }
    }
  }
  for (const connector of plan.connectors) {
    if (shut.has(connector.id)) continue;
    const stops = connector.properties.levels.map((level) => ({
      key: nodeKey(level, connector.geometry.coordinates),
      ordinal: plan.levels.get(level)?.properties.ordinal ?? 0,
    }));
    for (const [index, from] of stops.entries()) {
      for (const to of stops.slice(index + 1)) {
        const floors = Math.abs(from.ordinal - to.ordinal);
        const cost =
          connector.properties.kind === 'lift' ? LIFT_WAIT + LIFT_FLOOR * floors : STAIRS_FLOOR * floors;
        join(from.key, to.key, { metres: 0, cost, kind: connector.properties.kind, connector: connector.id });
      }
    }
  }
  return { nodes, edges };
}

export interface Walk {
  /** From start to target. */
  readonly nodes: readonly Node[];
  /** The edge taken to nodes[i + 1]. */
  readonly edges: readonly Edge[];
}

/** Dijkstra. Step-free never takes stairs or steps [NV2]. Equal costs: the node found first, so that the same question has one answer. */
export function cheapestWay(
  graph: Graph,
  from: string,
  targets: ReadonlySet<string>,
  stepFree: boolean,
): Walk | undefined {
  const best = new Map<string, { cost: number; before: string | undefined; edge: Edge | undefined }>([
    [from, { cost: 0, before: undefined, edge: undefined }],
  ]);
  const done = new Set<string>();
  for (;;) {
    let here: string | undefined;
    let cost = Number.POSITIVE_INFINITY;
    for (const [key, each] of best) {
      if (!done.has(key) && each.cost < cost) {
        here = key;
        cost = each.cost;
      }
    }
    if (here === undefined) return undefined;
    if (targets.has(here)) return trace(graph, best, here);
    done.add(here);
    for (const edge of graph.edges.get(here) ?? []) {
      if (stepFree && (edge.kind === 'stairs' || edge.kind === 'steps')) continue;
      const known = best.get(edge.to);
      if (known === undefined || cost + edge.cost < known.cost - 1e-9)
        best.set(edge.to, { cost: cost + edge.cost, before: here, edge });
    }
  }
}

function trace(
  graph: Graph,
  best: ReadonlyMap<string, { before: string | undefined; edge: Edge | undefined }>,
  end: string,
): Walk {
  const nodes: Node[] = [];
  const edges: Edge[] = [];
  for (let key: string | undefined = end; key !== undefined;) {
    const node = graph.nodes.get(key);
    const step = best.get(key);
    if (node !== undefined) nodes.unshift(node);
    if (step?.edge !== undefined) edges.unshift(step.edge);
    key = step?.before;
  }
  return { nodes, edges };
}
