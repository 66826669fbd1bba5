import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import './figures.css';

/** One door of a bank, placed in whole cells counted from the top left. */
export interface CabinetDoor {
  number: number;
  column: number;
  row: number;
  /** Cells high; a large compartment takes 2 or more. */
  height?: number;
  /** Cells wide. */
  width?: number;
  /** Cannot be rented now: drawn with the wash. */
  taken?: boolean;
}

export interface CabinetFigureProps {
  /** Name of the bank, e.g. "A 柜". */
  name: string;
  doors: readonly CabinetDoor[];
  /** Your door, lit; none while choosing. */
  yours?: number;
  /** What the door sensor says of your door; `unknown` where the board has none. */
  position: 'open' | 'closed' | 'unknown';
  /** Column (may be a half) before which the person stands to open their door. */
  stand?: number;
}

const CELL = 60;
const HIGH = 48;

/** The locker bank from the front: every door with its number, yours lit or standing open. */
export function CabinetFigure({ name, doors, yours, position, stand }: CabinetFigureProps): ReactNode {
  const { t } = useTranslation('common');
  const columns = Math.max(1, ...doors.map((door) => door.column + (door.width ?? 1)));
  const rows = Math.max(1, ...doors.map((door) => door.row + (door.height ?? 1)));
  const width = columns * CELL;
  const height = rows * HIGH;
  const lit = doors.find((door) => door.number === yours);
  const foot = height + 20;
  return (
    <figure className="cabinet">
      <svg
        viewBox={`-34 -6 ${String(width + 68)} ${String(foot + (stand === undefined ? 10 : 50))}`}
        role="img"
        aria-label={yours === undefined ? name : t('cabinet', { name, door: yours })}
      >
        <path className="cabinet__floor" d={`M-30 ${String(foot)}H${String(width + 30)}`} />
        <path
          className="cabinet__leg"
          d={`M16 ${String(height)}v20M${String(width - 16)} ${String(height)}v20`}
        />
        {doors.map((door) => (
          <Door key={door.number} door={door} lit={door === lit && position !== 'open'} />
        ))}
        <rect className="cabinet__body" x="0" y="0" width={width} height={height} />
        {lit !== undefined && position === 'open' ? <OpenDoor door={lit} /> : null}
        {stand === undefined ? null : (
          <g className="cabinet__stand">
            <path d={`M${String(stand * CELL)} ${String(foot + 6)}l9 13h-18z`} />
            <text x={stand * CELL} y={foot + 36} textAnchor="middle">
              {t('standHere')}
            </text>
          </g>
        )}
      </svg>
    </figure>
  );
}

function Door({ door, lit }: { door: CabinetDoor; lit: boolean }): ReactNode {
  const x = door.column * CELL;
  const y = door.row * HIGH;
  const w = (door.width ?? 1) * CELL;
  const h = (door.height ?? 1) * HIGH;
  const kind = lit ? ' cabinet__door--yours' : door.taken === true ? ' cabinet__door--taken' : '';
  return (
    <g className={`cabinet__door${kind}`}>
      <rect x={x} y={y} width={w} height={h} />
      {lit ? (
        <text className="cabinet__yours" x={x + w / 2} y={y + h / 2} dy="0.36em" textAnchor="middle">
          {door.number}
        </text>
      ) : (
        <text x={x + 9} y={y + 20}>
          {door.number}
        </text>
      )}
      <path className="cabinet__handle" d={`M${String(x + w - 10)} ${String(y + h / 2 - 6)}v12`} />
    </g>
  );
}

/** The dark hole, and the leaf swung out to the left in perspective. */
function OpenDoor({ door }: { door: CabinetDoor }): ReactNode {
  const x = door.column * CELL;
  const y = door.row * HIGH;
  const w = (door.width ?? 1) * CELL;
  const h = (door.height ?? 1) * HIGH;
  const leaf = 31;
  const leafPath = `M${String(x)} ${String(y)}l-${String(leaf)} -10v${String(h + 20)}l${String(leaf)} -10z`;
  return (
    <g className="cabinet__open">
      <rect className="cabinet__hole" x={x} y={y} width={w} height={h} />
      <path className="cabinet__leaf" d={leafPath} />
      <text className="cabinet__yours" x={x - leaf / 2} y={y + h / 2} dy="0.36em" textAnchor="middle">
        {door.number}
      </text>
    </g>
  );
}
