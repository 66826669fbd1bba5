import { useState } from 'react';
import type { ReactNode } from 'react';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Field } from '../../ui/components/Field.tsx';
import type { ProgressView } from '../../contract/hall-api.ts';
import type { Refusal } from '../../contract/refusals.ts';
import { usePhone } from '../data/phone-context.ts';
import { useWords } from '../data/words.ts';
import { OutcomeStrip } from '../frame/Outcome.tsx';
import { CaseLine } from './CaseLine.tsx';

/** Receipt number and query code -> how far it is, also for receipts of before the membership. */
export function AskProgress(): ReactNode {
  const { view, api, reachable } = usePhone();
  const { t } = useWords(view.hall.timeZone);
  const [number, setNumber] = useState('');
  const [queryCode, setQueryCode] = useState('');
  const [missing, setMissing] = useState(false);
  const [pending, setPending] = useState(false);
  const [found, setFound] = useState<ProgressView>();
  const [refusal, setRefusal] = useState<Refusal>();
  const ask = async (): Promise<void> => {
    const lacks = number.trim() === '' || queryCode.trim() === '';
    setMissing(lacks);
    if (lacks || pending) return;
    setPending(true);
    setFound(undefined);
    setRefusal(undefined);
    const answer = await api.call('phoneProgress', {
      body: { number: number.trim(), queryCode: queryCode.trim() },
    });
    setPending(false);
    if (answer.ok) setFound(answer.value);
    else setRefusal(answer.refusal);
  };
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <h2 className="section-title">{t('cases.askTitle')}</h2>
      <Field
        id="case-number"
        label={t('cases.number')}
        hint={t('cases.numberHint')}
        value={number}
        onChange={setNumber}
        maxLength={24}
        error={missing && number.trim() === '' ? t('cases.numberMissing') : undefined}
      />
      <Field
        id="case-code"
        label={t('cases.queryCode')}
        hint={t('cases.queryCodeHint')}
        value={queryCode}
        onChange={setQueryCode}
        maxLength={16}
        error={missing && queryCode.trim() === '' ? t('cases.codeMissing') : undefined}
      />
      <ActionButton
        kind="primary"
        type="submit"
        pictogram="search"
        label={t('cases.ask')}
        isDisabled={!reachable}
        isPending={pending}
      />
      {reachable ? null : <p className="quiet">{t('offline.needsNetwork')}</p>}
      <OutcomeStrip outcome={undefined} refusal={refusal} pending={pending} />
      <div role="status">{found === undefined ? null : <CaseLine each={found} />}</div>
    </form>
  );
}
