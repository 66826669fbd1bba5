import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { HallMap, MapFeature, Route } from '../../../contract/map.ts';
import { boxOf, linesOf, turned } from '../../journeys/plan-view.rules.ts';
import type { PlanPoint } from '../../journeys/plan-view.rules.ts';
import type { AnchorFeature } from '../../journeys/places.rules.ts';
import { useVisitor } from '../frame/visitor-settings.ts';
import { useSay } from '../journey/journey-context.ts';

export interface PlanFigureProps {
  map: HallMap;
  anchor: AnchorFeature;
  route: Route;
  level: string;
}

const MARGIN = 12;

/** One floor, turned so that up is where the person looks; the way in red with its numbers. */
export function PlanFigure({ map, anchor, route, level }: PlanFigureProps): ReactNode {
  const { t } = useTranslation('way');
  const { settings } = useVisitor();
  const say = useSay();
  const { facing } = anchor.properties;
  const place = (point: PlanPoint): PlanPoint => turned(point, facing);
  const ring = (feature: Extract<MapFeature, { feature_type: 'unit' | 'level' }>): PlanPoint[] =>
    (feature.geometry.coordinates[0] ?? []).map(place);
  const here = map.features.filter(
    (feature) => 'level' in feature.properties && feature.properties.level === level,
  );
  const floor = map.features.find((feature) => feature.feature_type === 'level' && feature.id === level);
  if (floor?.feature_type !== 'level') return null;
  const outline = ring(floor);
  const box = boxOf(outline);
  const landscape = document.documentElement.dataset['orientation'] === 'landscape';
  const em = (landscape ? 23 : 17) * (settings.textSize === 'elderly' ? 1.15 : 1);
  const steps = route.steps
    .map((step, index) => ({ step, index }))
    .filter(({ step }) => step.level === level && step.points.length > 0);
  const line = steps.flatMap(({ step }) => step.points.map(place));
  const goalHere = route.steps.at(-1)?.level === level;
  const units = here.filter((feature) => feature.feature_type === 'unit');
  return (
    <svg
      className="plan"
      viewBox={`${String(box.x - MARGIN)} ${String(box.y - MARGIN)} ${String(box.width + 2 * MARGIN)} ${String(box.height + 2 * MARGIN)}`}
      role="img"
      aria-label={t('planLabel', {
        floor: say.words(floor.properties.name),
        place: say.words(route.toName),
      })}
      fontSize={em}
    >
      <path className="plan__floor" d={pathOf(outline)} />
      {units.map((unit) => (
        <path
          key={unit.id}
          className={`plan__unit plan__unit--${unit.properties.category}${unit.id === route.to ? ' plan__unit--goal' : ''}`}
          d={pathOf(ring(unit))}
        />
      ))}
      {here.map((feature) =>
        feature.feature_type === 'opening' ? (
          <circle
            key={feature.id}
            className="plan__door"
            {...centre(place(feature.geometry.coordinates))}
            r="9"
          />
        ) : null,
      )}
      <path className="plan__wall" d={pathOf(outline)} />
      {line.length < 2 ? null : (
        <polyline className="plan__way" points={line.map((point) => point.join(',')).join(' ')} />
      )}
      {units
        .filter((unit) => !['lobby', 'corridor'].includes(unit.properties.category))
        .map((unit) => {
          const around = boxOf(ring(unit));
          const size = around.width < em * 4 ? em * 0.8 : em;
          return (
            <Label
              key={unit.id}
              at={[around.x + around.width / 2, around.y + around.height / 2]}
              lines={linesOf(say.words(unit.properties.name), (around.width - 10) / size)}
              em={size}
              strong={unit.properties.findable}
            />
          );
        })}
      {here.map((feature) =>
        feature.feature_type === 'amenity' && isLandmark(route, feature.properties.name.zh) ? (
          <Label
            key={feature.id}
            at={place(feature.geometry.coordinates)}
            lines={[say.words(feature.properties.name)]}
            em={em * 0.85}
            dot
          />
        ) : null,
      )}
      {steps.map(({ step, index }) => {
        const middle = step.points[Math.floor(step.points.length / 2)] ?? step.points[0];
        const first = step.points[0];
        if (middle === undefined || first === undefined) return null;
        const [x, y] = place(
          step.points.length === 2 ? [(first[0] + middle[0]) / 2, (first[1] + middle[1]) / 2] : middle,
        );
        return index === route.steps.length - 1 && goalHere ? null : (
          <g key={index} className="plan__step">
            <circle cx={x} cy={y} r="14" />
            <text x={x} y={y} dy="0.36em" textAnchor="middle" fontSize="18">
              {index + 1}
            </text>
          </g>
        );
      })}
      <End line={line} goal={goalHere} />
      {anchor.properties.level === level ? (
        <You at={place(anchor.geometry.coordinates)} word={t('youAreHere')} em={em} />
      ) : null}
    </svg>
  );
}

/** Where the red line leaves this floor, or the place itself. */
function End({ line, goal }: { line: readonly PlanPoint[]; goal: boolean }): ReactNode {
  const last = line.at(-1);
  if (last === undefined) return null;
  const [x, y] = last;
  return goal ? (
    <g className="plan__goal" transform={`translate(${String(x)} ${String(y)})`}>
      <path d="M0 4C-9-9-15-16-15-24a15 15 0 0 1 30 0c0 8-6 15-15 28z" />
      <circle cx="0" cy="-24" r="6" />
    </g>
  ) : (
    <circle className="plan__change" cx={x} cy={y} r="10" />
  );
}

/** The person: an arrow that points up, because up is where they look. */
function You({ at: [x, y], word, em }: { at: PlanPoint; word: string; em: number }): ReactNode {
  const width = word.length * em * (word.charCodeAt(0) > 0x2e7f ? 1.05 : 0.6) + em;
  return (
    <g className="plan__you" transform={`translate(${String(x)} ${String(y)})`}>
      <circle r="23" />
      <path d="m0-15 11 27-11-6-11 6z" />
      <rect x={-width / 2} y="28" width={width} height={em * 1.5} rx="4" />
      <text y={28 + em * 1.1} textAnchor="middle">
        {word}
      </text>
    </g>
  );
}

interface LabelProps {
  at: PlanPoint;
  lines: readonly string[];
  em: number;
  strong?: boolean;
  dot?: boolean;
}

function Label({ at: [x, y], lines, em, strong = false, dot = false }: LabelProps): ReactNode {
  const top = dot ? y + em * 1.2 : y - ((lines.length - 1) * em * 1.2) / 2 + em * 0.36;
  return (
    <g className={`plan__label${strong ? ' plan__label--strong' : ''}`} fontSize={em}>
      {dot ? <rect x={x - 6} y={y - 6} width="12" height="12" /> : null}
      {lines.map((text, index) => (
        <text key={text} x={x} y={top + index * em * 1.2} textAnchor="middle">
          {text}
        </text>
      ))}
    </g>
  );
}

/** Only what the words speak of is drawn, so that the plan stays as quiet as a sign. */
function isLandmark(route: Route, name: string): boolean {
  return route.steps.some(
    (step) => step.words.zh.includes(name) || (step.landmark?.zh.includes(name) ?? false),
  );
}

function pathOf(points: readonly PlanPoint[]): string {
  return `M${points.map((point) => point.join(' ')).join('L')}Z`;
}

function centre([cx, cy]: PlanPoint): { cx: number; cy: number } {
  return { cx, cy };
}
