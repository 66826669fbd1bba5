import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Refusal } from '../../../contract/refusals.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { Field } from '../../../ui/components/Field.tsx';
import { NumPad } from '../../../ui/components/NumPad.tsx';
import type { LockerHolder } from '../../journeys/locker.machine.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { MemberPage } from '../journey/MemberPage.tsx';
import { RefusalNotice } from '../journey/RefusalNotice.tsx';
import type { LockerFrame } from './locker-frame.ts';

export interface HolderPageProps {
  frame: LockerFrame;
  before: LockerHolder | undefined;
  refusal: Refusal | undefined;
  onHolder: (holder: LockerHolder) => void;
}

/** Whose is it: a member, or a visitor by mobile number. */
export function HolderPage({ frame, before, refusal, onHolder }: HolderPageProps): ReactNode {
  const { t } = useTranslation('locker');
  const [visitor, setVisitor] = useState(before?.kind === 'visitor');
  const [mobile, setMobile] = useState(before?.kind === 'visitor' ? before.mobile : '');
  const [short, setShort] = useState(false);
  const set = (text: string): void => {
    setMobile(text.replace(/\D/g, '').slice(0, 11));
    setShort(false);
  };
  if (!visitor)
    return (
      <MemberPage
        {...frame}
        page="locker/who"
        before={before?.kind === 'member' ? before : undefined}
        refusal={refusal}
        pending={false}
        submit={t('next')}
        other={
          <ActionButton
            kind="plain"
            pictogram="phone"
            label={t('notMember')}
            onPress={() => {
              setVisitor(true);
            }}
          />
        }
        onDone={onHolder}
      />
    );
  return (
    <JourneyFrame {...frame} page="locker/visitor" pace="form" onBack={() => setVisitor(false)}>
      <form
        className="digits"
        onSubmit={(event) => {
          event.preventDefault();
          if (/^1[3-9]\d{9}$/.test(mobile)) onHolder({ kind: 'visitor', mobile });
          else setShort(true);
        }}
      >
        <div className="digits__fields">
          <h2 className="journey__question">{t('visitorQuestion')}</h2>
          <RefusalNotice refusal={refusal} />
          <Field
            id="mobile"
            label={t('mobile')}
            hint={t('mobileHint')}
            value={mobile}
            onChange={set}
            error={short ? t('mobileShort') : undefined}
            inputMode="none"
          />
        </div>
        <div className="digits__keys">
          <NumPad
            onDigit={(digit) => {
              set(mobile + digit);
            }}
            onClear={() => {
              set('');
            }}
            onBackspace={() => {
              set(mobile.slice(0, -1));
            }}
          />
          <ActionButton
            kind="plain"
            label={t('isMember')}
            onPress={() => {
              setVisitor(false);
            }}
          />
          <ActionButton
            kind="primary"
            type="submit"
            pictogram="arrow-right"
            pictogramAfter
            label={t('next')}
          />
        </div>
      </form>
    </JourneyFrame>
  );
}
