import type { ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { StateMark } from '../../ui/components/StateMark.tsx';
import { useDesk } from '../board/desk-context.tsx';
import { useTroubleWords } from '../board/trouble-words.ts';
import { useWords } from '../board/words.ts';
import { useShortcut } from '../frame/shortcuts.tsx';
import { normalCount, notNormal } from '../rules/attention.rules.ts';
import type { Trouble } from '../rules/attention.rules.ts';
import { Line, Question } from './Question.tsx';

const SHOWN = 3;

/** Never there: not known, rather than gone wrong. */
function isUnseen(trouble: Trouble): boolean {
  switch (trouble.kind) {
    case 'device':
      return trouble.device.state === 'never';
    case 'kiosk':
      return trouble.kiosk.state === 'never';
    case 'door':
      return false;
  }
}

/** 3: which devices are not right [CN5]. */
export function TroubleQuestion(): ReactNode {
  const { t } = useWords();
  const desk = useDesk();
  const navigate = useNavigate();
  const words = useTroubleWords();
  const troubles = notNormal(desk);
  const first = troubles[0];
  const open = (): void => {
    if (first?.kind === 'door') void navigate(`/places?door=${String(first.door.compartment.number)}`);
    else void navigate('/devices');
  };
  useShortcut('d', t('keys.firstDevice'), open, first !== undefined);
  return (
    <Question
      number={3}
      title={t('now.trouble.title')}
      figure={String(troubles.length)}
      unit={troubles.length === 0 ? t('now.trouble.empty') : t('now.trouble.unit')}
      detail={t('now.trouble.rest', { count: normalCount(desk) })}
      actions={
        <>
          {first === undefined ? null : (
            <ActionButton label={t('now.trouble.open')} shortcut="D" onPress={open} />
          )}
          <Link className="desk-link" to="/devices">
            {t('now.trouble.all')}
          </Link>
        </>
      }
    >
      <ul>
        {troubles.slice(0, SHOWN).map((trouble) => {
          const { name, what, advice } = words(trouble);
          return (
            <Line
              key={trouble.id}
              name={name}
              what={advice}
              end={<StateMark state={isUnseen(trouble) ? 'unknown' : 'attention'} word={what} />}
            />
          );
        })}
      </ul>
    </Question>
  );
}
