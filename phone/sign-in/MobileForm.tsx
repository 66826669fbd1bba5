import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Field } from '../../ui/components/Field.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import type { Refusal } from '../../contract/refusals.ts';
import type { PhoneApi } from '../data/phone-api.ts';
import { useWords } from '../data/words.ts';

export interface Sent {
  mobile: string;
  demoCode: string | null;
}

export interface MobileFormProps {
  api: PhoneApi;
  demo: readonly { mobile: string; nameMasked: string }[];
  onSent: (sent: Sent) => void;
}

/** The mobile number, or one of the made-up members. */
export function MobileForm({ api, demo, onSent }: MobileFormProps): ReactNode {
  const { t } = useTranslation('phone');
  const { language, sayRefusal } = useWords('UTC');
  const [mobile, setMobile] = useState('');
  const [missing, setMissing] = useState(false);
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const send = async (to: string): Promise<void> => {
    setMissing(to === '');
    setRefusal(undefined);
    if (to === '' || pending) return;
    setPending(true);
    const answer = await api.call('requestCode', { body: { mobile: to } });
    setPending(false);
    if (answer.ok) onSent({ mobile: to, demoCode: answer.value.demoCode });
    else setRefusal(answer.refusal);
  };
  const wrong = refusal?.fields?.['mobile']?.[language];
  return (
    <>
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send(mobile.trim());
        }}
      >
        <p className="lead-sentence">{t('signIn.question')}</p>
        {refusal === undefined || wrong !== undefined ? null : (
          <Notice kind="attention" title={sayRefusal(refusal)} />
        )}
        <Field
          id="mobile"
          label={t('signIn.mobile')}
          hint={t('signIn.mobileHint')}
          value={mobile}
          onChange={setMobile}
          type="tel"
          inputMode="tel"
          autoComplete="tel-national"
          maxLength={24}
          error={missing ? t('signIn.mobileMissing') : wrong}
        />
        <ActionButton
          kind="primary"
          type="submit"
          label={t('signIn.send')}
          pictogram="phone"
          isPending={pending}
        />
      </form>
      {demo.length === 0 ? null : (
        <section className="stack stack--tight">
          <h2 className="section-title">{t('signIn.demoTitle')}</h2>
          <div className="sign-in__members">
            {demo.map((member) => (
              <ActionButton
                key={member.mobile}
                kind="quiet"
                pictogram="person"
                label={member.nameMasked}
                onPress={() => void send(member.mobile)}
              />
            ))}
          </div>
          <p className="quiet">{t('signIn.demoNote')}</p>
        </section>
      )}
    </>
  );
}
