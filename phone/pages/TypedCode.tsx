import type { ReactNode } from 'react';
import './lockers.css';

/** Eight digits in two fours, large enough to be read across the room. */
export function TypedCode({ digits }: { digits: string }): ReactNode {
  return (
    <p className="typed-code">
      <span>{digits.slice(0, 4)}</span> <span>{digits.slice(4)}</span>
    </p>
  );
}
