import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { MemberCredential } from '../../../contract/hall-api.ts';
import type { Refusal } from '../../../contract/refusals.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { Field } from '../../../ui/components/Field.tsx';
import { NumPad } from '../../../ui/components/NumPad.tsx';
import { JourneyFrame } from './JourneyFrame.tsx';
import type { JourneyFrameProps } from './JourneyFrame.tsx';
import { RefusalNotice } from './RefusalNotice.tsx';

export interface MemberPageProps extends Pick<
  JourneyFrameProps,
  'pictogram' | 'title' | 'second' | 'page' | 'onHome' | 'onBack' | 'read'
> {
  /** What was typed before, so that coming back types nothing twice. */
  before: MemberCredential | undefined;
  refusal: Refusal | undefined;
  pending: boolean;
  submit: string;
  /** Another way in, e.g. "hold the code to the scanner". */
  other?: ReactNode;
  onDone: (credential: MemberCredential) => void;
}

type Box = 'number' | 'phone';

/** Who are you: member number and the last four digits of the phone, on one number pad. */
export function MemberPage(props: MemberPageProps): ReactNode {
  const { t } = useTranslation('journey');
  const [number, setNumber] = useState(props.before?.memberNumber ?? '');
  const [phone, setPhone] = useState(props.before?.phoneLast4 ?? '');
  const [active, setActive] = useState<Box>('number');
  const [faults, setFaults] = useState<Partial<Record<Box, string>>>({});

  const set = (box: Box, text: string): void => {
    const digits = text.replace(/\D/g, '').slice(0, box === 'number' ? 12 : 4);
    (box === 'number' ? setNumber : setPhone)(digits);
    setFaults({});
  };
  const value = active === 'number' ? number : phone;
  const done = (): void => {
    const found: Partial<Record<Box, string>> = {
      ...(number.length < 6 ? { number: t('memberShort') } : {}),
      ...(phone.length === 4 ? {} : { phone: t('phoneShort') }),
    };
    setFaults(found);
    if (found.number !== undefined) setActive('number');
    else if (found.phone !== undefined) setActive('phone');
    else props.onDone({ kind: 'member', memberNumber: number, phoneLast4: phone });
  };
  const box = (id: Box, field: ReactNode): ReactNode => (
    <div
      className={`member__box${active === id ? ' member__box--active' : ''}`}
      onFocus={() => {
        setActive(id);
      }}
    >
      {field}
    </div>
  );
  return (
    <JourneyFrame
      pictogram={props.pictogram}
      title={props.title}
      {...(props.second === undefined ? {} : { second: props.second })}
      page={props.page}
      pace="form"
      onHome={props.onHome}
      {...(props.onBack === undefined ? {} : { onBack: props.onBack })}
    >
      <form
        className="member"
        onSubmit={(event) => {
          event.preventDefault();
          done();
        }}
      >
        <div className="member__fields">
          <h2 className="journey__question">{t('who')}</h2>
          <RefusalNotice refusal={props.refusal} />
          {box(
            'number',
            <Field
              id="member-number"
              label={t('memberNumber')}
              hint={t('memberNumberHint')}
              value={number}
              onChange={(text) => {
                set('number', text);
              }}
              error={faults.number}
              inputMode="none"
            />,
          )}
          {box(
            'phone',
            <Field
              id="member-phone"
              label={t('phoneLast4')}
              value={phone}
              onChange={(text) => {
                set('phone', text);
              }}
              error={faults.phone}
              inputMode="none"
            />,
          )}
          {props.other}
        </div>
        <div className="member__keys">
          <NumPad
            onDigit={(digit) => {
              const next = value + digit;
              set(active, next);
              if (active === 'number' && next.length === 12) setActive('phone');
            }}
            onBackspace={() => {
              set(active, value.slice(0, -1));
            }}
            onClear={() => {
              set(active, '');
            }}
          />
          {active === 'number' ? (
            <ActionButton
              label={t('nextBox')}
              pictogram="arrow-down"
              onPress={() => {
                setActive('phone');
              }}
            />
          ) : null}
          <ActionButton kind="primary" type="submit" label={props.submit} isPending={props.pending} />
        </div>
      </form>
    </JourneyFrame>
  );
}
