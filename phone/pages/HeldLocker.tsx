import { useState } from 'react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { BigNumber } from '../../ui/components/BigNumber.tsx';
import { ConfirmDialog } from '../../ui/components/Dialogs.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { StateMark } from '../../ui/components/StateMark.tsx';
import { useNow } from '../../ui/clock.ts';
import { fromInstant } from '../../contract/time.ts';
import { usePhone } from '../data/phone-context.ts';
import { useAct } from '../data/use-act.ts';
import { useWords } from '../data/words.ts';
import type { Outcome } from '../frame/Outcome.tsx';
import { OutcomeStrip } from '../frame/Outcome.tsx';
import type { PhoneLeaseView } from '../rules/agenda.rules.ts';
import { leaseState } from '../rules/state-words.rules.ts';
import { TypedCode } from './TypedCode.tsx';
import './lockers.css';

/** The compartment's number as the biggest thing, its typed code, its QR, and a new code. */
export function HeldLocker({
  lease,
  onDone,
}: {
  lease: PhoneLeaseView;
  onDone: (outcome: Outcome | undefined) => void;
}): ReactNode {
  const { view, reachable } = usePhone();
  const { t, when } = useWords(view.hall.timeZone);
  const now = useNow(1000);
  const navigate = useNavigate();
  const reissue = useAct('reissuePhone');
  const [asking, setAsking] = useState(false);
  const { shape, word } = leaseState(lease, now);
  const grant = view.grants.find((each) => each.grantId === lease.grantId);
  const renew = async (): Promise<void> => {
    setAsking(false);
    onDone(undefined);
    const answer = await reissue.run({ params: { id: lease.id } });
    if (answer?.ok === true) onDone({ kind: 'ok', title: t('lockers.didReissue') });
  };
  return (
    <section className="stack">
      <BigNumber
        label={t('lockers.yours')}
        value={String(lease.compartment)}
        note={`${t(`lockers.${lease.size}`)} · ${t('lockers.until', { time: when(fromInstant(lease.endsAt), now) })}`}
      />
      <StateMark state={shape} word={t(`lease.${word}`)} />
      {word === 'late' ? (
        <Notice kind="attention" title={t('lockers.late')} detail={t('lockers.lateDetail')} />
      ) : null}
      <OutcomeStrip outcome={undefined} refusal={reissue.refusal} pending={reissue.pending} />
      <div>
        <h2 className="section-title">{t('lockers.typed')}</h2>
        <TypedCode digits={lease.digits} />
        <p className="quiet">{t('lockers.typedNote')}</p>
      </div>
      {grant === undefined ? null : (
        <ActionButton
          kind="primary"
          pictogram="scan"
          label={t('lockers.showQr')}
          onPress={() => void navigate(`/code/${grant.grantId}`)}
        />
      )}
      <ActionButton
        label={t('lockers.reissue')}
        hint={t('lockers.reissueNote')}
        pictogram="repeat"
        isDisabled={!reachable}
        isPending={reissue.pending}
        onPress={() => {
          setAsking(true);
        }}
      />
      <p className="quiet">{reachable ? t('lockers.return') : t('offline.needsNetwork')}</p>
      <ConfirmDialog
        isOpen={asking}
        title={t('lockers.askTitle')}
        text={t('lockers.askText')}
        confirm={t('lockers.askConfirm')}
        onConfirm={() => void renew()}
        onCancel={() => {
          setAsking(false);
        }}
      />
    </section>
  );
}
