import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Field } from '../../ui/components/Field.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import type { Refusal } from '../../contract/refusals.ts';
import type { Keeper } from '../data/keeper.ts';
import type { PhoneApi } from '../data/phone-api.ts';
import { useWords } from '../data/words.ts';
import type { Sent } from './MobileForm.tsx';

export interface CodeFormProps {
  api: PhoneApi;
  keeper: Keeper;
  sent: Sent;
  onSent: (sent: Sent) => void;
  onOther: () => void;
  onSignedIn: () => void;
}

/** The one-time code; in demo mode it stands here with a button that fills it in. */
export function CodeForm({ api, keeper, sent, onSent, onOther, onSignedIn }: CodeFormProps): ReactNode {
  const { t } = useTranslation('phone');
  const { sayRefusal } = useWords('UTC');
  const [code, setCode] = useState('');
  const [missing, setMissing] = useState(false);
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const { mobile, demoCode } = sent;
  const enter = async (): Promise<void> => {
    const given = code.trim();
    setMissing(given === '');
    setRefusal(undefined);
    if (given === '' || pending) return;
    setPending(true);
    const answer = await keeper.signIn(mobile, given);
    setPending(false);
    if (answer.ok) onSignedIn();
    else setRefusal(answer.refusal);
  };
  const again = async (): Promise<void> => {
    if (pending) return;
    setPending(true);
    const answer = await api.call('requestCode', { body: { mobile } });
    setPending(false);
    if (answer.ok) onSent({ mobile, demoCode: answer.value.demoCode });
    else setRefusal(answer.refusal);
  };
  const wrong = refusal?.code === 'code-wrong' || refusal?.code === 'bad-request';
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void enter();
      }}
    >
      <p className="lead-sentence">{t('signIn.code')}</p>
      <p>{t('signIn.sent', { mobile })}</p>
      {demoCode === null ? null : (
        <Notice
          title={t('signIn.demoCode', { code: demoCode })}
          detail={t('signIn.demoCodeDetail')}
          action={
            <ActionButton
              kind="quiet"
              label={t('signIn.fill')}
              onPress={() => {
                setCode(demoCode);
              }}
            />
          }
        />
      )}
      {refusal === undefined || wrong ? null : <Notice kind="attention" title={sayRefusal(refusal)} />}
      <Field
        id="one-time-code"
        label={t('signIn.code')}
        hint={t('signIn.codeHint')}
        value={code}
        onChange={setCode}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={8}
        autoFocus
        error={missing ? t('signIn.codeMissing') : wrong ? t('signIn.codeWrong') : undefined}
      />
      <ActionButton kind="primary" type="submit" label={t('signIn.enter')} isPending={pending} />
      <div className="sign-in__ways">
        <ActionButton kind="quiet" label={t('signIn.again')} onPress={() => void again()} />
        <ActionButton kind="quiet" label={t('signIn.other')} onPress={onOther} />
      </div>
    </form>
  );
}
