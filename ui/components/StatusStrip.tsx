import type { ReactNode } from 'react';
import { StateMark } from './StateMark.tsx';
import type { State } from './StateMark.tsx';
import './sign.css';

export interface StatusItem {
  id: string;
  state: State;
  word: string;
}

/** The thin line above the sign: the hall and place, and in words how network and printer stand. */
export function StatusStrip({ place, items }: { place: string; items: readonly StatusItem[] }): ReactNode {
  return (
    <div className="status-strip">
      {/* Staff hold this name to leave the kiosk program. */}
      <p data-staff-exit="">{place}</p>
      <div role="status">
        <ul>
          {items.map((item) => (
            <li key={item.id}>
              <StateMark state={item.state} word={item.word} quiet />
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
