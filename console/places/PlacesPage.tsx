import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { EmptyState } from '../../ui/components/Waiting.tsx';
import { useDesk } from '../board/desk-context.tsx';
import { useWords } from '../board/words.ts';
import { Cabinets } from './Cabinets.tsx';
import { DoorDetail } from './DoorDetail.tsx';
import { DoorTable } from './DoorTable.tsx';
import { ResourceList } from './ResourceList.tsx';
import './places.css';

/** Lockers as the cabinets stand, and places as the sensors see them. */
export function PlacesPage(): ReactNode {
  const { t } = useWords();
  const { doors } = useDesk();
  const [params, setParams] = useSearchParams();
  const chosen = doors.find((door) => String(door.compartment.number) === params.get('door'));
  const choose = (number: number): void => {
    setParams({ door: String(number) }, { replace: true });
  };
  return (
    <div className="places">
      <h1 className="sr-only">{t('places.title')}</h1>
      <section aria-labelledby="doors-title" className="places__doors">
        <h2 id="doors-title" className="page-rule">
          {t('places.doors')}
        </h2>
        {doors.length === 0 ? (
          <EmptyState pictogram="locker" title={t('places.doorsEmpty')} />
        ) : (
          <div className="places__cabinets">
            <Cabinets doors={doors} chosen={chosen?.compartment.number} onChoose={choose} />
            {chosen === undefined ? (
              <p className="door-detail door-detail--none">{t('places.choose')}</p>
            ) : (
              <DoorDetail key={chosen.compartment.number} door={chosen} />
            )}
          </div>
        )}
      </section>
      <ResourceList />
      {doors.length === 0 ? null : <DoorTable doors={doors} onChoose={choose} />}
    </div>
  );
}
