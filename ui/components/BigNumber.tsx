import type { ReactNode } from 'react';
import './figures.css';

export interface BigNumberProps {
  /** What the number is: 教室, 座位, 排队号. */
  label?: string;
  value: string;
  note?: string;
  /** number: the thing to remember (120 mm). code: rooms and codes (44 mm). */
  size?: 'number' | 'code';
}

/** The number to remember: the biggest thing on the page. */
export function BigNumber({ label, value, note, size = 'number' }: BigNumberProps): ReactNode {
  const long = size === 'number' && value.length > 3 ? ' big-number--long' : '';
  return (
    <div className={`big-number${size === 'code' ? ' big-number--code' : ''}${long}`}>
      {label === undefined ? null : <p className="big-number__label">{label}</p>}
      <p className="big-number__value">{value}</p>
      {note === undefined ? null : <p className="big-number__note">{note}</p>}
    </div>
  );
}
