import { useState } from 'react';
import type { ReactNode } from 'react';
import type { DeskView } from '../../contract/hall-api.ts';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { StateMark } from '../../ui/components/StateMark.tsx';
import { useHallNow } from '../board/desk-context.tsx';
import { useDeskApi } from '../board/desk-api.ts';
import { useAct } from '../board/use-act.ts';
import { useWords } from '../board/words.ts';
import { ReasonDialog } from '../frame/ReasonDialog.tsx';
import { useFoot } from '../frame/undo.tsx';

type Application = DeskView['applications'][number];
type Decision = 'approved' | 'refused' | 'returned';

const VERBS = { approved: 'approve', refused: 'refuse', returned: 'return' } as const;
/** Longest reason the hall takes. */
const REASON_MAX = 500;

/** One application: what was written, until when, and the three decisions [CN7]. */
export function CaseDetail({ application }: { application: Application }): ReactNode {
  const { t, say, ago, when } = useWords();
  const now = useHallNow();
  const [asking, setAsking] = useState<Decision>();
  const decide = useDecision(application, () => {
    setAsking(undefined);
  });
  return (
    <section className="case-detail" aria-labelledby="case-title">
      <div className="page-head">
        <h2 id="case-title">{say(application.service)}</h2>
        <p>{application.number}</p>
      </div>
      <dl className="facts">
        <div>
          <dt>{t('cases.submitted')}</dt>
          <dd>
            {when(application.submittedAt, now)} · {ago(application.submittedAt, now)}
          </dd>
        </div>
        <div>
          <dt>{t('cases.deadline')}</dt>
          <dd>
            {application.overdue ? (
              <StateMark state="attention" word={`${t('cases.late')} ${when(application.deadline, now)}`} />
            ) : (
              when(application.deadline, now)
            )}
          </dd>
        </div>
      </dl>
      <h3>{t('cases.answers')}</h3>
      {application.answers.length === 0 ? (
        <p className="desk-note">{t('cases.noAnswers')}</p>
      ) : (
        <dl className="answers">
          {application.answers.map((each) => (
            <div key={each.label.zh}>
              <dt>{say(each.label)}</dt>
              <dd>{each.value}</dd>
            </div>
          ))}
        </dl>
      )}
      {application.answers.some((each) => isMasked(each.value)) ? (
        <p className="desk-note">{t('cases.masked')}</p>
      ) : null}
      <div className="case-detail__acts">
        <ActionButton
          kind="primary"
          label={t('cases.approve')}
          onPress={() => {
            setAsking('approved');
          }}
        />
        <ActionButton
          label={t('cases.return')}
          onPress={() => {
            setAsking('returned');
          }}
        />
        <ActionButton
          label={t('cases.refuse')}
          onPress={() => {
            setAsking('refused');
          }}
        />
      </div>
      {asking === undefined ? null : (
        <ReasonDialog
          title={t(`cases.${VERBS[asking]}Title`, { number: application.number })}
          text={t('cases.decideText')}
          label={t('cases.reason')}
          confirm={t(`cases.${VERBS[asking]}`)}
          required={asking !== 'approved'}
          maxLength={REASON_MAX}
          refusal={decide.refusal}
          onConfirm={(reason) => {
            decide.run(asking, reason);
          }}
          onCancel={() => {
            decide.forget();
            setAsking(undefined);
          }}
        />
      )}
    </section>
  );
}

/** A sealed answer shows stars or a row of dots; one dot alone belongs to a name. */
function isMasked(value: string): boolean {
  return /\*|[·•]{2}/.test(value);
}

function useDecision(application: Application, onDone: () => void) {
  const { t, sayRefusal } = useWords();
  const api = useDeskApi();
  const foot = useFoot();
  const act = useAct('decide');
  const { applicationId: id, number } = application;
  return {
    refusal: act.refusal,
    forget: act.forget,
    run: (decision: Decision, reason: string): void => {
      void act.run({ params: { id }, body: { decision, reason } }).then((answer) => {
        if (answer?.ok !== true) return;
        onDone();
        foot.offerUndo(t(`cases.${decision}Done`, { number }), async () => {
          const undone = await api.call('undoDecision', { params: { id } });
          return undone.ok ? t('undo.undone', { number }) : sayRefusal(undone.refusal);
        });
      });
    },
  };
}
