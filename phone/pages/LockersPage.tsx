import { useState } from 'react';
import type { ReactNode } from 'react';
import { Board, BoardRow } from '../../ui/components/Board.tsx';
import { useNow } from '../../ui/clock.ts';
import { usePhone } from '../data/phone-context.ts';
import { useWords } from '../data/words.ts';
import type { Outcome } from '../frame/Outcome.tsx';
import { OutcomeStrip } from '../frame/Outcome.tsx';
import { Page } from '../frame/PhoneFrame.tsx';
import { heldLease, splitThings, thingsOf } from '../rules/agenda.rules.ts';
import { HeldLocker } from './HeldLocker.tsx';
import { RentForm } from './RentForm.tsx';
import { ThingState } from './ThingState.tsx';

/** The member's compartment with its code, or renting one; below, those returned. */
export function LockersPage(): ReactNode {
  const { view } = usePhone();
  const { t, time } = useWords(view.hall.timeZone);
  const now = useNow(60_000);
  const [outcome, setOutcome] = useState<Outcome>();
  const held = heldLease(view);
  const past = splitThings(thingsOf(view, now)).done.flatMap((each) => (each.kind === 'lease' ? [each] : []));
  return (
    <Page pictogram="locker" title={t('lockers.title')}>
      <OutcomeStrip outcome={outcome} refusal={undefined} pending={false} />
      {held === undefined ? (
        <RentForm onDone={setOutcome} />
      ) : (
        <HeldLocker key={held.id} lease={held} onDone={setOutcome} />
      )}
      {past.length === 0 ? null : (
        <Board title={t('lockers.history')}>
          {past.map((thing) => (
            <BoardRow
              key={thing.id}
              time={time(thing.from)}
              title={t('today.locker', { number: thing.of.compartment })}
              state={<ThingState thing={thing} />}
            />
          ))}
        </Board>
      )}
    </Page>
  );
}
