import type { ReactNode } from 'react';
import { StateMark } from '../../ui/components/StateMark.tsx';
import type { State } from '../../ui/components/StateMark.tsx';
import { useNow } from '../../ui/clock.ts';
import type { ProgressView } from '../../contract/hall-api.ts';
import { fromInstant } from '../../contract/time.ts';
import { usePhone } from '../data/phone-context.ts';
import { useWords } from '../data/words.ts';
import './cases.css';

const SHAPES = {
  submitted: 'free',
  approved: 'ok',
  refused: 'refused',
  returned: 'attention',
} as const satisfies Record<ProgressView['state'], State>;

/** One application: what, how it stands, by when, and why. */
export function CaseLine({ each }: { each: ProgressView }): ReactNode {
  const { view } = usePhone();
  const { t, say, when } = useWords(view.hall.timeZone);
  const now = useNow(60_000);
  return (
    <div className="case-line">
      <strong>{say(each.service)}</strong>
      <StateMark state={SHAPES[each.state]} word={t(`cases.${each.state}`)} />
      <small>
        {each.decidedAt === null
          ? t('cases.deadline', { handler: say(each.handler), time: when(fromInstant(each.deadline), now) })
          : t('cases.decided', { time: when(fromInstant(each.decidedAt), now) })}
      </small>
      {each.reason === null ? null : <p>{t('cases.reason', { reason: each.reason })}</p>}
      <small>{t('cases.receipt', { number: each.number })}</small>
    </div>
  );
}
