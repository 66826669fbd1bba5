import type { ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';
import { formatTime } from '../../ui/clock.ts';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { StateMark } from '../../ui/components/StateMark.tsx';
import { fromInstant } from '../../contract/time.ts';
import { useDesk, useHallNow } from '../board/desk-context.tsx';
import { useWords } from '../board/words.ts';
import { useShortcut } from '../frame/shortcuts.tsx';
import { byDeadline, dueApplications } from '../rules/waiting.rules.ts';
import { Line, Question } from './Question.tsx';

const SHOWN = 3;

/** 2: which applications are due today [CN4]. */
export function CaseQuestion(): ReactNode {
  const { t, say, zone } = useWords();
  const desk = useDesk();
  const now = useHallNow();
  const navigate = useNavigate();
  const due = dueApplications(desk.applications, now, zone);
  const overdue = due.filter((each) => fromInstant(each.deadline) < now).length;
  const first = due[0] ?? byDeadline(desk.applications)[0];
  const open = (): void => {
    if (first !== undefined) void navigate(`/cases?id=${first.applicationId}`);
  };
  useShortcut('e', t('keys.firstCase'), open, first !== undefined);
  return (
    <Question
      number={2}
      title={t('now.due.title')}
      figure={String(due.length)}
      unit={due.length === 0 ? t('now.due.empty') : t('now.due.unit')}
      detail={overdue > 0 ? t('now.due.overdue', { count: overdue }) : t('now.due.noneOverdue')}
      actions={
        desk.applicationsOpen === 0 ? undefined : (
          <>
            <ActionButton label={t('now.due.open')} shortcut="E" onPress={open} />
            <Link className="desk-link" to="/cases">
              {t('now.due.all', { count: desk.applicationsOpen })}
            </Link>
          </>
        )
      }
    >
      <ul>
        {due.slice(0, SHOWN).map((each) => (
          <Line
            key={each.applicationId}
            name={say(each.service)}
            what={each.number}
            end={
              each.overdue ? (
                <StateMark state="attention" word={t('now.due.late')} />
              ) : (
                t('now.due.today', { time: formatTime(fromInstant(each.deadline), zone) })
              )
            }
          />
        ))}
      </ul>
    </Question>
  );
}
