/** The floor plan as it is drawn: turned to the person, names broken into lines. Pure. */

export type PlanPoint = readonly [x: number, y: number];

/** Drawing units per metre: SVG text below a few units is rounded by browsers. */
export const UNITS_PER_METRE = 10;

/**
 * Map metres (x east, y north) -> drawing units (x right, y down), turned so that `facing`
 * (degrees clockwise from north) points up [KB10].
 */
export function turned([x, y]: PlanPoint, facing: number): PlanPoint {
  const angle = (facing * Math.PI) / 180;
  const right = x * Math.cos(angle) - y * Math.sin(angle);
  const ahead = x * Math.sin(angle) + y * Math.cos(angle);
  return [tidy(right * UNITS_PER_METRE), tidy(-ahead * UNITS_PER_METRE)];
}

function tidy(value: number): number {
  const rounded = Math.round(value * 100) / 100;
  return rounded === 0 ? 0 : rounded;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest upright box around points. */
export function boxOf(points: readonly PlanPoint[]): Box {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** Width of a text in em: Chinese characters are one, Latin ones a little over half. */
export function emOf(text: string): number {
  return [...text].reduce((sum, character) => sum + ((character.codePointAt(0) ?? 0) > 0x2e7f ? 1 : 0.58), 0);
}

/** A name in as few lines of at most `ems` as it needs, about equally long. */
export function linesOf(name: string, ems: number): string[] {
  let best = filled(name, ems);
  for (let width = ems; width > 2; width -= 0.25) {
    const narrower = filled(name, width);
    if (narrower.length > best.length || narrower.some((line) => emOf(line) > ems)) break;
    best = narrower;
  }
  return best;
}

/** Broken at spaces first, inside Chinese words where it must be. */
function filled(name: string, ems: number): string[] {
  const lines: string[] = [];
  for (const word of name.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && emOf(`${last} ${word}`) <= ems) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(...pieces(word, ems));
  }
  return lines;
}

function pieces(word: string, ems: number): string[] {
  if (emOf(word) <= ems || (word.codePointAt(0) ?? 0) < 0x2e80) return [word];
  const characters = [...word];
  // Equal pieces read better than a full line and a single character.
  const size = Math.ceil(characters.length / Math.ceil(characters.length / Math.max(1, Math.floor(ems))));
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(''),
  );
}
