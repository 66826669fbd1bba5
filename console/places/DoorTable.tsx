import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { StateMark } from '../../ui/components/StateMark.tsx';
import type { State } from '../../ui/components/StateMark.tsx';
import { Table } from '../../ui/components/Table.tsx';
import { useHallNow } from '../board/desk-context.tsx';
import { useWords } from '../board/words.ts';
import { doorMark } from '../rules/attention.rules.ts';
import type { Door, DoorMark } from '../rules/attention.rules.ts';
import { isOverdue } from './DoorDetail.tsx';
import { LeaseWords } from './LeaseWords.tsx';

const STATES: Record<DoorMark, State> = {
  mismatch: 'attention',
  open: 'attention',
  out: 'refused',
  leased: 'full',
  free: 'free',
};

/** Every door as commanded and as observed, side by side; first only those worth a look. */
export function DoorTable({
  doors,
  onChoose,
}: {
  doors: readonly Door[];
  onChoose: (compartment: number) => void;
}): ReactNode {
  const { t, ago } = useWords();
  const now = useHallNow();
  const [all, setAll] = useState(false);
  const odd = doors.filter(
    (door) => !['free', 'leased'].includes(doorMark(door)) || isOverdue(door, now) || door.lease !== null,
  );
  return (
    <section className="door-table">
      <Table
        caption={t('places.tableTitle')}
        rows={all ? doors : odd}
        rowKey={(door) => String(door.compartment.number)}
        empty={t('places.oddEmpty')}
        columns={[
          {
            id: 'door',
            title: t('places.door'),
            cell: (door) => (
              <Button
                className="desk-link"
                onPress={() => {
                  onChoose(door.compartment.number);
                  window.scrollTo({ top: 0 });
                }}
              >
                {t('places.doorNumber', { number: door.compartment.number })}
              </Button>
            ),
          },
          {
            id: 'state',
            title: t('places.state'),
            cell: (door) => {
              const mark = doorMark(door);
              return <StateMark state={STATES[mark]} word={t(`places.mark.${mark}`)} />;
            },
          },
          {
            id: 'commanded',
            title: t('places.commanded'),
            cell: (door) => (
              <Two
                first={t(`places.command.${door.commanded}`)}
                second={door.commandedAt === null ? '' : ago(door.commandedAt, now)}
              />
            ),
          },
          {
            id: 'observed',
            title: t('places.observed'),
            cell: (door) => (
              <Two
                first={t(`places.position.${door.observed}`)}
                second={door.observedAt === null ? '' : ago(door.observedAt, now)}
              />
            ),
          },
          {
            id: 'lease',
            title: t('places.lease'),
            cell: (door) => (
              <span className="two">
                <LeaseWords lease={door.lease} />
              </span>
            ),
          },
        ]}
      />
      <Button
        className="desk-link"
        onPress={() => {
          setAll(!all);
        }}
      >
        {all ? t('places.showOdd') : t('places.showAll')}
      </Button>
    </section>
  );
}

function Two({ first, second }: { first: string; second: string }): ReactNode {
  return (
    <span className="two">
      {first}
      <small>{second}</small>
    </span>
  );
}
