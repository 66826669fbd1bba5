import type { ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { useDesk, useHallNow } from '../board/desk-context.tsx';
import { useWords } from '../board/words.ts';
import { useShortcut } from '../frame/shortcuts.tsx';
import { unseen } from '../rules/attention.rules.ts';
import { Line, Question } from './Question.tsx';

const SHOWN = 3;

/** 5: conflicts and alarms that nobody has looked at [CN14]. */
export function ReviewQuestion(): ReactNode {
  const { t, say, ago } = useWords();
  const desk = useDesk();
  const now = useHallNow();
  const navigate = useNavigate();
  const items = unseen(desk);
  const conflicts = items.filter((each) => each.kind === 'conflict').length;
  const open = (): void => void navigate('/ledger?review');
  useShortcut('c', t('keys.firstReview'), open, items.length > 0);
  return (
    <Question
      number={5}
      title={t('now.review.title')}
      figure={String(items.length)}
      unit={items.length === 0 ? t('now.review.empty') : t('now.review.unit')}
      detail={
        items.length === 0 ? '' : t('now.review.detail', { conflicts, alarms: items.length - conflicts })
      }
      actions={
        <>
          {items.length === 0 ? null : (
            <ActionButton label={t('now.review.open')} shortcut="C" onPress={open} />
          )}
          <Link className="desk-link" to="/ledger">
            {t('now.review.all')}
          </Link>
        </>
      }
    >
      <ul>
        {items.slice(0, SHOWN).map((each) => (
          <Line
            key={each.id}
            name={t(`now.review.${each.kind}`)}
            what={say(each.words)}
            end={ago(each.at, now)}
          />
        ))}
      </ul>
    </Question>
  );
}
