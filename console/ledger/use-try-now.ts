import { useAct } from '../board/use-act.ts';
import { useWords } from '../board/words.ts';
import { useFoot } from '../frame/undo.tsx';

/** Tries central at once and says in the foot how it went. */
export function useTryNow(): { tryNow: () => void; pending: boolean } {
  const { t, sayRefusal } = useWords();
  const { tell } = useFoot();
  const act = useAct('syncNow');
  const tryNow = (): void => {
    void act.run({}).then((answer) => {
      if (answer === undefined) return;
      tell(
        answer.ok
          ? t('ledger.tryDone', { state: t(`ledger.state.${answer.value.central}`) })
          : sayRefusal(answer.refusal),
      );
    });
  };
  return { tryNow, pending: act.pending };
}
