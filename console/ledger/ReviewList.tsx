import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import type { Words } from '../../contract/ids.ts';
import type { Instant } from '../../contract/time.ts';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { StateMark } from '../../ui/components/StateMark.tsx';
import { useDesk, useHallNow } from '../board/desk-context.tsx';
import { useAct } from '../board/use-act.ts';
import { useWords } from '../board/words.ts';

/** Conflicts with their ruling and what to offer, and alarms; each marked as seen by hand [CN14]. */
export function ReviewList(): ReactNode {
  const { t, sayRefusal } = useWords();
  const { conflicts, alarms } = useDesk();
  const act = useAct('seenConflict');
  const [params] = useSearchParams();
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (params.has('review')) section.current?.focus();
  }, [params]);
  const see = (id: string) => (): void => void act.run({ params: { id } });
  return (
    <section className="review-list" tabIndex={-1} ref={section} aria-labelledby="conflicts-title">
      {act.refusal === undefined ? null : (
        <Notice kind="attention" title={t('failedTitle')} detail={sayRefusal(act.refusal)} />
      )}
      <h2 id="conflicts-title" className="page-rule">
        {t('ledger.conflicts')}
      </h2>
      {conflicts.length === 0 ? (
        <p className="desk-note">{t('ledger.conflictsEmpty')}</p>
      ) : (
        <ul>
          {conflicts.map((each) => (
            <Item
              key={each.id}
              at={each.at}
              rule={each.rule}
              words={each.message}
              alternative={each.alternative}
              seen={each.seen}
              onSeen={see(each.id)}
            />
          ))}
        </ul>
      )}
      <h2 className="page-rule">{t('ledger.alarms')}</h2>
      {alarms.length === 0 ? (
        <p className="desk-note">{t('ledger.alarmsEmpty')}</p>
      ) : (
        <ul>
          {alarms.map((each) => (
            <Item key={each.id} at={each.at} words={each.words} seen={false} onSeen={see(each.id)} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** The hall's own rule for two bookings that wait for central's word; every other one is a ruling. */
const WAITING_RULE = 'BK6';

interface ItemProps {
  at: Instant;
  rule?: string;
  words: Words;
  alternative?: Words | null;
  seen: boolean;
  onSeen: () => void;
}

function Item(props: ItemProps): ReactNode {
  const { t, say, when } = useWords();
  const now = useHallNow();
  const words = say(props.words);
  return (
    <li className={`review-item${props.seen ? ' review-item--seen' : ''}`}>
      <p className="review-item__at">
        <strong>{when(props.at, now)}</strong>
        {props.rule === undefined ? null : (
          <small>{t(props.rule === WAITING_RULE ? 'ledger.waitingRuling' : 'ledger.ruling')}</small>
        )}
      </p>
      <p>
        {words}
        {props.alternative === undefined || props.alternative === null ? null : (
          <small>
            {t('ledger.alternative')}: {say(props.alternative)}
          </small>
        )}
      </p>
      {props.seen ? (
        <StateMark state="ok" quiet word={t('ledger.seen')} />
      ) : (
        <ActionButton kind="quiet" label={t('ledger.markSeen')} onPress={props.onSeen} />
      )}
    </li>
  );
}
