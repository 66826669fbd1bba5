import type { ReactNode } from 'react';
import type { CommissionedDoor } from '../../contract/commissioning.ts';
import { StateMark } from '../../ui/components/StateMark.tsx';
import { useWords } from '../board/words.ts';

/** Every door where it stands in the cabinet, numbered, with what was proved. */
export function DoorGrid({
  doors,
  now,
}: {
  doors: readonly CommissionedDoor[];
  now: number | undefined;
}): ReactNode {
  const { t } = useWords();
  if (doors.length === 0) return <p className="desk-quiet">{t('commission.noDoors')}</p>;
  return (
    <ul className="commission__grid" aria-label={t('commission.doors')}>
      {doors.map((door) => (
        <li
          key={door.number}
          className={door.number === now ? 'commission__door commission__door--now' : 'commission__door'}
          style={{ gridColumn: door.column, gridRow: door.row }}
        >
          <strong>{door.number}</strong>
          {door.number === now ? (
            <span>{t('commission.doorNow')}</span>
          ) : door.result === undefined ? (
            <span className="desk-quiet">{t('commission.doorWaits')}</span>
          ) : (
            <StateMark
              quiet
              state={door.result === 'ok' ? 'ok' : door.result === 'faulty' ? 'attention' : 'unknown'}
              word={t(`commission.result.${door.result}`)}
            />
          )}
          <small>{t('commission.wire', { board: door.board, lock: door.lock })}</small>
        </li>
      ))}
    </ul>
  );
}
