import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Refusal } from '../../../contract/refusals.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { Field } from '../../../ui/components/Field.tsx';
import { ScreenKeyboard } from '../../../ui/keyboard/ScreenKeyboard.tsx';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { RefusalNotice } from '../journey/RefusalNotice.tsx';
import type { ServiceFrame } from './ServicesPage.tsx';

const LENGTH = 8;

export interface ResumePageProps {
  frame: ServiceFrame;
  refusal: Refusal | undefined;
  pending: boolean;
  onCode: (code: string) => void;
}

/** Type the resume code of a form begun earlier. */
export function ResumePage({ frame, refusal, pending, onCode }: ResumePageProps): ReactNode {
  const { t } = useTranslation('service');
  const [code, setCode] = useState('');
  const [fault, setFault] = useState<string | undefined>(undefined);
  const set = (text: string): void => {
    setCode(
      text
        .toUpperCase()
        .replace(/[^0-9A-Z]/g, '')
        .slice(0, LENGTH),
    );
    setFault(undefined);
  };
  return (
    <JourneyFrame
      {...frame}
      page="service/resume"
      pace="form"
      dock={<ScreenKeyboard mode="english" value={code} onChange={set} maxLength={LENGTH} />}
    >
      <form
        className="question"
        onSubmit={(event) => {
          event.preventDefault();
          if (code.length < LENGTH) setFault(t('codeShort', { count: LENGTH - code.length }));
          else onCode(code);
        }}
      >
        <RefusalNotice refusal={refusal} />
        <Field
          id="resume-code"
          asQuestion
          label={t('codeQuestion')}
          hint={t('codeHint')}
          value={code.length > 4 ? `${code.slice(0, 4)} ${code.slice(4)}` : code}
          onChange={set}
          error={fault}
          inputMode="none"
        />
        <div className="frame__foot service__single">
          <ActionButton kind="primary" type="submit" label={t('goOn')} isPending={pending} />
        </div>
      </form>
    </JourneyFrame>
  );
}
