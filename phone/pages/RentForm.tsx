import { useState } from 'react';
import type { ReactNode } from 'react';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Choices } from '../../ui/components/Choices.tsx';
import { EmptyState } from '../../ui/components/Waiting.tsx';
import { usePhone } from '../data/phone-context.ts';
import { useAct } from '../data/use-act.ts';
import { useWords } from '../data/words.ts';
import type { Outcome } from '../frame/Outcome.tsx';
import { OutcomeStrip } from '../frame/Outcome.tsx';

const SIZES = ['small', 'medium', 'large'] as const;
const HOURS = [1, 2, 4, 8];

/** Size and time, then one red button. Only what is free in the pool is offered. */
export function RentForm({ onDone }: { onDone: (outcome: Outcome | undefined) => void }): ReactNode {
  const { view, reachable } = usePhone();
  const { t } = useWords(view.hall.timeZone);
  const rent = useAct('rentPhone');
  const free = SIZES.filter((size) => view.freeCompartments[size] > 0);
  const [wish, setWish] = useState<string>();
  const [hours, setHours] = useState('2');
  const size = free.find((each) => each === wish) ?? free[0];
  if (size === undefined) {
    return (
      <>
        <OutcomeStrip outcome={undefined} refusal={rent.refusal} pending={false} />
        <EmptyState pictogram="full" title={t('lockers.allTaken')} detail={t('lockers.allTakenDetail')} />
      </>
    );
  }
  const submit = async (): Promise<void> => {
    onDone(undefined);
    const answer = await rent.run({ body: { size, minutes: Number(hours) * 60 } });
    if (answer?.ok === true) onDone({ kind: 'ok', title: t('lockers.didRent') });
  };
  return (
    <section className="stack rent">
      <h2 className="section-title">{t('lockers.rentTitle')}</h2>
      <OutcomeStrip outcome={undefined} refusal={rent.refusal} pending={rent.pending} />
      <Choices
        label={t('lockers.size')}
        value={size}
        onChange={setWish}
        choices={free.map((each) => ({
          value: each,
          label: `${t(`lockers.${each}`)} · ${t('lockers.free', { count: view.freeCompartments[each] })}`,
          hint: t(`lockers.${each}Hint`),
        }))}
      />
      <div className="rent__hours">
        <Choices
          label={t('lockers.time')}
          value={hours}
          onChange={setHours}
          choices={HOURS.map((count) => ({ value: String(count), label: t('lockers.hours', { count }) }))}
        />
      </div>
      <ActionButton
        kind="primary"
        pictogram="locker"
        label={t('lockers.rent')}
        isDisabled={!reachable}
        isPending={rent.pending}
        onPress={() => void submit()}
      />
      <p className="quiet">{reachable ? t('lockers.rentNote') : t('offline.needsNetwork')}</p>
    </section>
  );
}
