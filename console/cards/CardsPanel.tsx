import { useState } from 'react';
import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { CardsView } from '../../contract/hall-api.ts';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Field } from '../../ui/components/Field.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { useDeskApi } from '../board/desk-api.ts';
import { useHallNow } from '../board/desk-context.tsx';
import { useAct } from '../board/use-act.ts';
import { useWords } from '../board/words.ts';
import { useFoot } from '../frame/undo.tsx';
import './cards.css';

const REFETCH_MS = 3_000;

/** Member cards: one that nobody is known by is given to the member who stands here with it [CN25]. */
export function CardsPanel(): ReactNode {
  const { t } = useWords();
  const api = useDeskApi();
  const query = useQuery<CardsView | null>({
    queryKey: ['desk-cards'],
    queryFn: async () => {
      const answer = await api.call('cards', {});
      return answer.ok ? answer.value : null;
    },
    networkMode: 'always',
    refetchInterval: REFETCH_MS,
  });
  const view = query.data;
  if (view === undefined || view === null) return null;
  // A hall without card readers has nothing to say about cards.
  if (view.unknown.length === 0 && view.bound === 0) return null;
  const fetchAgain = (): void => void query.refetch();
  return (
    <section className="cards" aria-labelledby="cards-title">
      <h2 id="cards-title" className="page-rule">
        {t('cards.title')}
      </h2>
      <p>{t('cards.bound', { count: view.bound })}</p>
      {view.unknown.map((each) => (
        <UnknownCard key={each.card} card={each} onDone={fetchAgain} />
      ))}
    </section>
  );
}

function UnknownCard(props: { card: CardsView['unknown'][number]; onDone: () => void }): ReactNode {
  const { card, onDone } = props;
  const { t, say, ago, sayRefusal } = useWords();
  const api = useDeskApi();
  const now = useHallNow();
  const { offerUndo } = useFoot();
  const { run, pending, refusal } = useAct('bindCard');
  const [memberNumber, setMemberNumber] = useState('');
  const [phoneLast4, setPhoneLast4] = useState('');
  const ready = memberNumber.trim() !== '' && phoneLast4.trim() !== '';
  const bind = (): void => {
    void run({
      body: { card: card.card, memberNumber: memberNumber.trim(), phoneLast4: phoneLast4.trim() },
    }).then((answer) => {
      if (answer?.ok !== true) return;
      const { binding, nameMasked } = answer.value;
      offerUndo(t('cards.done', { name: nameMasked }), async () => {
        await api.call('unbindCard', { body: { binding } });
        onDone();
        return t('cards.undone');
      });
      onDone();
    });
  };
  return (
    <div className="cards__one">
      <p>
        <strong>{t('cards.unknown', { kiosk: say(card.kioskName) })}</strong> {ago(card.at, now)}
      </p>
      {refusal === undefined ? null : (
        <Notice kind="attention" title={t('failedTitle')} detail={sayRefusal(refusal)} />
      )}
      <div className="cards__form">
        <Field
          id={`number-${card.card}`}
          label={t('cards.memberNumber')}
          value={memberNumber}
          onChange={setMemberNumber}
          maxLength={20}
        />
        <Field
          id={`phone-${card.card}`}
          label={t('cards.phoneLast4')}
          value={phoneLast4}
          onChange={setPhoneLast4}
          maxLength={4}
        />
        <ActionButton label={t('cards.bind')} isPending={pending} isDisabled={!ready} onPress={bind} />
      </div>
    </div>
  );
}
