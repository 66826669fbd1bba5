import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { StateMark } from '../../ui/components/StateMark.tsx';
import { useDesk, useHallNow } from '../board/desk-context.tsx';
import { useWords } from '../board/words.ts';
import { useShortcut } from '../frame/shortcuts.tsx';
import { useTryNow } from '../ledger/use-try-now.ts';
import { Line, Question } from './Question.tsx';

/** 4: what central has not got yet, and since when [CN13]. */
export function SyncQuestion(): ReactNode {
  const { t, ago, when } = useWords();
  const { sync } = useDesk();
  const now = useHallNow();
  const { tryNow, pending } = useTryNow();
  useShortcut('s', t('keys.syncNow'), tryNow);
  return (
    <Question
      number={4}
      title={t('now.sync.title')}
      figure={String(sync.waitingFacts)}
      unit={t('now.sync.unit')}
      detail={
        sync.waitingFacts === 0 || sync.oldestWaitingAt === null
          ? t('now.sync.allSent')
          : t('now.sync.since', { age: ago(sync.oldestWaitingAt, now) })
      }
      actions={
        <>
          <ActionButton label={t('now.sync.now')} shortcut="S" isPending={pending} onPress={tryNow} />
          <Link className="desk-link" to="/ledger">
            {t('now.sync.all')}
          </Link>
        </>
      }
    >
      <ul>
        <Line
          name={t('now.sync.last')}
          what={ago(sync.lastContactAt, now)}
          end={
            <StateMark
              state={sync.central === 'online' ? 'ok' : 'attention'}
              word={t(`now.sync.central.${sync.central}`)}
            />
          }
        />
        {sync.nextTryAt === null ? null : (
          <Line name={t('now.sync.next')} what={when(sync.nextTryAt, now)} end="" />
        )}
        {sync.quarantined === 0 ? null : (
          <Line
            name={t('now.sync.quarantined')}
            what=""
            end={<StateMark state="attention" word={String(sync.quarantined)} />}
          />
        )}
      </ul>
    </Question>
  );
}
