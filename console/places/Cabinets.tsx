import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { Pictogram } from '../../ui/pictograms/Pictogram.tsx';
import type { PictogramName } from '../../ui/pictograms/Pictogram.tsx';
import { useWords } from '../board/words.ts';
import { doorMark } from '../rules/attention.rules.ts';
import type { Door, DoorMark } from '../rules/attention.rules.ts';

/** The shape that goes with each state of a door; free has none, so that the others stand out. */
const SHAPES: Record<DoorMark, PictogramName | undefined> = {
  mismatch: 'warning',
  open: 'door-open',
  out: 'close',
  leased: 'person',
  free: undefined,
};
const MARKS = ['free', 'leased', 'open', 'mismatch', 'out'] as const;

export interface CabinetsProps {
  doors: readonly Door[];
  chosen: number | undefined;
  onChoose: (compartment: number) => void;
}

/** Every bank from the front; each door is a button with its number and state. */
export function Cabinets({ doors, chosen, onChoose }: CabinetsProps): ReactNode {
  const { t } = useWords();
  const banks = [...new Set(doors.map((door) => door.compartment.bank))];
  return (
    <div className="cabinets">
      <div className="cabinets__banks">
        {banks.map((bank) => (
          <figure key={bank} className="bank">
            <figcaption>{t('places.bank', { name: bankName(bank) })}</figcaption>
            <div className="bank__doors">
              {doors
                .filter((door) => door.compartment.bank === bank)
                .map((door) => (
                  <DoorButton
                    key={door.compartment.number}
                    door={door}
                    chosen={door.compartment.number === chosen}
                    onChoose={onChoose}
                  />
                ))}
            </div>
          </figure>
        ))}
      </div>
      <ul className="cabinets__legend" aria-label={t('places.legend')}>
        {MARKS.map((mark) => (
          <li key={mark}>
            <span className={`door door--${mark}`} aria-hidden="true">
              <MarkShape mark={mark} />
            </span>
            {t(`places.mark.${mark}`)}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** `bank-a` is painted A on the cabinet; other ids are shown as they are. */
function bankName(id: string): string {
  const letter = /^bank-([a-z0-9]{1,2})$/.exec(id)?.[1];
  return letter === undefined ? id : letter.toUpperCase();
}

function DoorButton({
  door,
  chosen,
  onChoose,
}: {
  door: Door;
  chosen: boolean;
  onChoose: CabinetsProps['onChoose'];
}): ReactNode {
  const { t } = useWords();
  const { number, column, row, height } = door.compartment;
  const mark = doorMark(door);
  return (
    <Button
      className={`door door--${mark}${chosen ? ' door--chosen' : ''}`}
      style={{ gridColumn: column, gridRow: `${String(row)} / span ${String(height)}` }}
      aria-label={`${t('places.doorNumber', { number })}, ${t(`places.mark.${mark}`)}`}
      aria-pressed={chosen}
      onPress={() => {
        onChoose(number);
      }}
    >
      <span>{number}</span>
      <MarkShape mark={mark} />
    </Button>
  );
}

function MarkShape({ mark }: { mark: DoorMark }): ReactNode {
  const shape = SHAPES[mark];
  return shape === undefined ? null : <Pictogram name={shape} />;
}
