import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CabinetFigure } from '../../../ui/components/CabinetFigure.tsx';
import { useHallQuery } from '../journey/use-hall-query.ts';

export interface CabinetOfProps {
  compartment: number;
  position: 'open' | 'closed' | 'unknown';
}

/** The cabinet a compartment is in, its door lit or standing open. */
export function CabinetOf({ compartment, position }: CabinetOfProps): ReactNode {
  const { t } = useTranslation('locker');
  const { data } = useHallQuery('lockers', {}, ['doors']);
  const mine = data?.compartments.find((each) => each.number === compartment);
  if (data === undefined || mine === undefined) return null;
  return (
    <CabinetFigure
      name={t('cabinet', { name: bankName(mine.bank) })}
      doors={data.compartments
        .filter((each) => each.bank === mine.bank)
        .map((each) => ({
          number: each.number,
          column: each.column - 1,
          row: each.row - 1,
          height: each.height,
          taken: each.state !== 'free' && each.number !== compartment,
        }))}
      yours={compartment}
      position={position}
    />
  );
}

/** Where a door is, in words: cabinet, column from the left, row from the top. */
export function usePlaceWords(compartment: number): string {
  const { t } = useTranslation('locker');
  const { data } = useHallQuery('lockers', {}, ['doors']);
  const mine = data?.compartments.find((each) => each.number === compartment);
  if (data === undefined || mine === undefined) return '';
  const column = data.compartments.filter((each) => each.bank === mine.bank && each.column === mine.column);
  const last = Math.max(...column.map((each) => each.row));
  const row =
    mine.row === 1 ? t('rowTop') : mine.row === last ? t('rowBottom') : t('rowNth', { row: mine.row });
  return t('place', { cabinet: bankName(mine.bank), column: mine.column, row });
}

function bankName(bank: string): string {
  return bank.replace(/^bank-/, '').toUpperCase();
}
