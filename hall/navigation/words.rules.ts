import type { Route, RouteStep } from '../../contract/map.ts';
import type { Words } from '../../contract/ids.ts';
import type { Walk } from './graph.rules.ts';
import { distance, isInside, middleOf } from './map.rules.ts';
import type { Plan, Point } from './map.rules.ts';

/** From a walk to steps that a person can follow without reading a map [NV5]. Pure. */

/** Metres a minute of somebody who is not in a hurry. */
const PACE = 55;
const LIFT_MINUTES = 0.75;
const STAIRS_MINUTES = 0.5;
/** A piece this short in front of a lift, or out of it, is not a step of its own. */
const STUB = 4;
/** A last piece this short is part of arriving. */
const LAST = 10;
const LANDMARK_NEAR = 6;
const ROOM_NEAR = 9;

export type Side = 'straight' | 'left' | 'right' | 'back';

/** One straight piece on one level. */
interface Leg {
  readonly level: string;
  readonly points: Point[];
  readonly metres: number;
  /** Degrees clockwise from north. */
  readonly heading: number;
}

interface Change {
  readonly kind: 'lift' | 'stairs';
  readonly from: string;
  readonly to: string;
  readonly at: Point;
  readonly name: Words;
}

type Piece = { readonly leg: Leg } | { readonly change: Change };

/** Degrees clockwise from north. */
export function headingOf([ax, ay]: Point, [bx, by]: Point): number {
  return (Math.atan2(bx - ax, by - ay) * 180) / Math.PI;
}

/** Which way somebody facing `from` turns to face `to` [NV6]. */
export function turnOf(from: number, to: number): Side {
  const angle = ((((to - from) % 360) + 540) % 360) - 180;
  if (Math.abs(angle) <= 40) return 'straight';
  if (Math.abs(angle) >= 140) return 'back';
  return angle > 0 ? 'right' : 'left';
}

/** A leg, with the heading one has before it; or a change of floor, with the short way up to it. */
type Move =
  | { readonly leg: Leg; readonly before: number; readonly outOf?: Change['kind'] }
  | { readonly change: Change; readonly approach: Leg | undefined; readonly before: number };

/** Steps, length and time of a walk to a unit. `facing`: which way the person in front of the kiosk looks. */
export function describe(plan: Plan, walk: Walk, to: string, facing: number, stepFree: boolean): Route {
  const unit = plan.units.get(to);
  const name = unit?.properties.name ?? { zh: to, en: to };
  const moves = movesOf(piecesOf(plan, walk), facing);
  const steps: RouteStep[] = [];
  for (const [index, move] of moves.entries()) {
    if ('change' in move) steps.push(changeStep(plan, move.change, move.approach, move.before));
    else if (index === moves.length - 1 && index > 0 && move.leg.metres <= LAST)
      steps.push(arriveStep(move.leg, turnOf(move.before, move.leg.heading), name));
    else steps.push(legStep(plan, move.leg, turnOf(move.before, move.leg.heading), to, move.outOf));
  }
  if (!(steps.at(-1)?.turn ?? '').startsWith('arrive')) {
    const end = walk.nodes.at(-1);
    const last = moves.at(-1);
    const heading = last === undefined ? facing : 'leg' in last ? last.leg.heading : last.before;
    const middle = middleOf(unit?.geometry.coordinates[0] ?? []);
    const at: Point = end?.at ?? [0, 0];
    const side =
      unit === undefined || end === undefined ? 'straight' : turnOf(heading, headingOf(at, middle));
    steps.push(arriveStep({ level: end?.level ?? '', points: [at], metres: 0, heading }, side, name));
  }
  const metres = walk.edges.reduce((sum, edge) => sum + edge.metres, 0);
  const changing = moves.reduce(
    (sum, move) =>
      sum +
      ('change' in move
        ? move.change.kind === 'lift'
          ? LIFT_MINUTES
          : STAIRS_MINUTES * floorsOf(plan, move.change)
        : 0),
    0,
  );
  return {
    to,
    toName: name,
    metres: Math.round(metres),
    minutes: Math.max(1, Math.ceil(metres / PACE + changing)),
    stepFree,
    steps,
  };
}

function floorsOf(plan: Plan, change: Change): number {
  const ordinal = (level: string): number => plan.levels.get(level)?.properties.ordinal ?? 0;
  return Math.abs(ordinal(change.from) - ordinal(change.to));
}

/** Straight pieces joined, changes of floor between them. */
function piecesOf(plan: Plan, walk: Walk): Piece[] {
  const pieces: Piece[] = [];
  for (const [index, edge] of walk.edges.entries()) {
    const [a, b] = [walk.nodes[index], walk.nodes[index + 1]];
    if (a === undefined || b === undefined) continue;
    const last = pieces.at(-1);
    if (edge.connector !== undefined && (edge.kind === 'lift' || edge.kind === 'stairs')) {
      const name = plan.connectors.find((connector) => connector.id === edge.connector)?.properties.name ?? {
        zh: '',
        en: '',
      };
      if (last !== undefined && 'change' in last)
        pieces[pieces.length - 1] = { change: { ...last.change, to: b.level } };
      else pieces.push({ change: { kind: edge.kind, from: a.level, to: b.level, at: a.at, name } });
      continue;
    }
    const heading = headingOf(a.at, b.at);
    if (
      last !== undefined &&
      'leg' in last &&
      Math.abs(((heading - last.leg.heading + 540) % 360) - 180) < 15
    ) {
      pieces[pieces.length - 1] = {
        leg: { ...last.leg, points: [...last.leg.points, b.at], metres: last.leg.metres + edge.metres },
      };
    } else pieces.push({ leg: { level: a.level, points: [a.at, b.at], metres: edge.metres, heading } });
  }
  return pieces;
}

/** Short pieces before and after a change of floor are said together with it, or with the leg that follows. */
function movesOf(pieces: readonly Piece[], facing: number): Move[] {
  const moves: Move[] = [];
  let heading = facing;
  for (let index = 0; index < pieces.length; index += 1) {
    const piece = pieces[index];
    const next = pieces[index + 1];
    if (piece === undefined) continue;
    if ('leg' in piece) {
      if (next !== undefined && 'change' in next && piece.leg.metres <= STUB) {
        moves.push({ change: next.change, approach: piece.leg, before: heading });
        heading = piece.leg.heading;
        index += 1;
      } else {
        moves.push({ leg: piece.leg, before: heading });
        heading = piece.leg.heading;
        continue;
      }
    } else moves.push({ change: piece.change, approach: undefined, before: heading });
    const out = pieces[index + 1];
    const after = pieces[index + 2];
    if (out === undefined || !('leg' in out)) continue;
    const { kind } =
      'change' in piece
        ? piece.change
        : next !== undefined && 'change' in next
          ? next.change
          : { kind: 'lift' as const };
    if (out.leg.metres <= STUB && after !== undefined && 'leg' in after) {
      // Out of a lift one first walks straight; the turn that people need is the one after that.
      const leg: Leg = {
        level: out.leg.level,
        points: [...out.leg.points, ...after.leg.points.slice(1)],
        metres: out.leg.metres + after.leg.metres,
        heading: after.leg.heading,
      };
      moves.push({ leg, before: out.leg.heading, outOf: kind });
      heading = leg.heading;
      index += 2;
    } else {
      moves.push({ leg: out.leg, before: out.leg.heading, outOf: kind });
      heading = out.leg.heading;
      index += 1;
    }
  }
  return moves;
}

const TURN_WORDS: Record<Side, Words> = {
  straight: { zh: '往前走', en: 'Go straight on' },
  left: { zh: '左转', en: 'Turn left' },
  right: { zh: '右转', en: 'Turn right' },
  back: { zh: '转身往回走', en: 'Turn around' },
};

const OUT_WORDS: Record<Change['kind'], Words> = {
  lift: { zh: '出电梯', en: 'Out of the lift, ' },
  stairs: { zh: '出楼梯', en: 'From the stairs, ' },
};

function legStep(plan: Plan, leg: Leg, turn: Side, to: string, outOf: Change['kind'] | undefined): RouteStep {
  const end = leg.points.at(-1) ?? [0, 0];
  const amenity = nearest(
    plan.amenities
      .filter((each) => each.properties.level === leg.level)
      .map((each) => ({ name: each.properties.name, at: each.geometry.coordinates })),
    end,
    LANDMARK_NEAR,
  );
  const goal = amenity?.name ?? placeAt(plan, leg, end);
  const base = TURN_WORDS[turn];
  const zhGo = turn === 'straight' || turn === 'back' ? base.zh : `${base.zh}，往前走`;
  const out = outOf === undefined ? { zh: '', en: '' } : OUT_WORDS[outOf];
  const enBase = outOf === undefined ? base.en : base.en.charAt(0).toLowerCase() + base.en.slice(1);
  const metres = String(Math.round(leg.metres));
  const words: Words =
    goal === undefined
      ? { zh: `${out.zh}${zhGo} ${metres} 米`, en: `${out.en}${enBase}, ${metres} m` }
      : { zh: `${out.zh}${zhGo}，到${goal.zh}`, en: `${out.en}${enBase} to the ${lower(goal.en)}` };
  const landmark = amenity === undefined ? roomNear(plan, leg, to) : sideWords(leg, amenity.at, amenity.name);
  return {
    turn,
    words,
    ...(landmark === undefined ? {} : { landmark }),
    metres: Math.round(leg.metres),
    level: leg.level,
    points: leg.points.map(([x, y]) => [x, y]),
  };
}

function changeStep(plan: Plan, change: Change, approach: Leg | undefined, before: number): RouteStep {
  const level = plan.levels.get(change.to)?.properties.name ?? { zh: change.to, en: change.to };
  const side = approach === undefined ? 'straight' : turnOf(before, approach.heading);
  const floor = /^\d/.test(level.zh) ? ` ${level.zh}` : level.zh;
  const zhSide =
    side === 'left' ? '左边的' : side === 'right' ? '右边的' : side === 'back' ? '身后的' : '前面的';
  const enSide =
    side === 'left'
      ? ' on the left'
      : side === 'right'
        ? ' on the right'
        : side === 'back'
          ? ' behind you'
          : ' ahead';
  const up =
    (plan.levels.get(change.to)?.properties.ordinal ?? 0) >
    (plan.levels.get(change.from)?.properties.ordinal ?? 0);
  const words: Words =
    change.kind === 'lift'
      ? {
          zh: `坐${zhSide}${change.name.zh}到${floor}`,
          en: `Take the ${lower(change.name.en)}${enSide} to ${lower(level.en)}`,
        }
      : {
          zh: `走${zhSide}${change.name.zh}${up ? '上' : '下'}到${floor}`,
          en: `Take the ${lower(change.name.en)}${enSide} ${up ? 'up' : 'down'} to ${lower(level.en)}`,
        };
  const points: [number, number][] = (approach?.points ?? [change.at]).map(([x, y]) => [x, y]);
  return { turn: change.kind, words, metres: Math.round(approach?.metres ?? 0), level: change.from, points };
}

function arriveStep(leg: Leg, side: Side, name: Words): RouteStep {
  const points: [number, number][] = leg.points.map(([x, y]) => [x, y]);
  const common = { metres: Math.round(leg.metres), level: leg.level, points };
  switch (side) {
    case 'left':
      return {
        turn: 'arrive-left',
        words: { zh: `${name.zh}在您左手边`, en: `On your left: ${name.en}` },
        ...common,
      };
    case 'right':
      return {
        turn: 'arrive-right',
        words: { zh: `${name.zh}在您右手边`, en: `On your right: ${name.en}` },
        ...common,
      };
    case 'straight':
      return {
        turn: 'arrive-ahead',
        words: { zh: `前面就是${name.zh}`, en: `Straight ahead: ${name.en}` },
        ...common,
      };
    case 'back':
      return {
        turn: 'arrive-ahead',
        words: { zh: `${name.zh}就在您身后`, en: `Right behind you: ${name.en}` },
        ...common,
      };
  }
}

/** The corridor or lobby that a leg ends in, when it does not begin there. */
function placeAt(plan: Plan, leg: Leg, end: Point): Words | undefined {
  for (const unit of plan.units.values()) {
    const { category } = unit.properties;
    const ring = unit.geometry.coordinates[0] ?? [];
    if (
      unit.properties.level !== leg.level ||
      (category !== 'corridor' && category !== 'lobby') ||
      !isInside(ring, end)
    )
      continue;
    return isInside(ring, leg.points[0] ?? end) ? undefined : unit.properties.name;
  }
  return undefined;
}

/** A room to be seen near the end of a leg, said with its side; never the goal itself. */
function roomNear(plan: Plan, leg: Leg, to: string): Words | undefined {
  const end = leg.points.at(-1) ?? [0, 0];
  const doors = plan.openings
    .filter((opening) => opening.properties.level === leg.level && opening.properties.unit !== to)
    .flatMap((opening) => {
      const unit = plan.units.get(opening.properties.unit);
      return unit?.properties.findable === true
        ? [
            {
              name: unit.properties.name,
              at: middleOf(unit.geometry.coordinates[0] ?? []),
              door: opening.geometry.coordinates,
            },
          ]
        : [];
    });
  const found = nearest(
    doors.map((door) => ({ ...door, at: door.door, room: door.at })),
    end,
    ROOM_NEAR,
  );
  return found === undefined ? undefined : sideWords(leg, found.at, found.name);
}

function nearest<T extends { readonly at: Point }>(
  places: readonly T[],
  to: Point,
  within: number,
): T | undefined {
  return places.reduce<T | undefined>(
    (best, each) =>
      distance(each.at, to) <= within && (best === undefined || distance(each.at, to) < distance(best.at, to))
        ? each
        : best,
    undefined,
  );
}

/** On which side of somebody who comes to the end of a leg a thing is. */
function sideWords(leg: Leg, at: Point, name: Words): Words {
  const end = leg.points.at(-1) ?? [0, 0];
  // Looked at from two metres before the end, so that what stands right at the end still has a side.
  const radians = (leg.heading * Math.PI) / 180;
  const from: Point = [end[0] - 2 * Math.sin(radians), end[1] - 2 * Math.cos(radians)];
  const angle = ((((headingOf(from, at) - leg.heading) % 360) + 540) % 360) - 180;
  if (Math.abs(angle) <= 20) return { zh: `前面是${name.zh}`, en: `Ahead: ${name.en}` };
  const [zh, en] = angle > 0 ? ['右', 'right'] : ['左', 'left'];
  return Math.abs(angle) < 60
    ? { zh: `${zh}前方是${name.zh}`, en: `Ahead on the ${en}: ${name.en}` }
    : { zh: `${name.zh}在您${zh}手边`, en: `On your ${en}: ${name.en}` };
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
