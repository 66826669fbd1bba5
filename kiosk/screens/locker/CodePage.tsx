import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Refusal } from '../../../contract/refusals.ts';
import { Notice } from '../../../ui/components/Notice.tsx';
import type { LockerCredential } from '../../journeys/locker.machine.ts';
import { DigitsPage } from '../journey/DigitsPage.tsx';
import { useScans } from '../journey/use-scans.ts';
import type { LockerFrame } from './locker-frame.ts';

export interface CodePageProps {
  frame: LockerFrame;
  refusal: Refusal | undefined;
  pending: boolean;
  onCode: (credential: LockerCredential) => void;
}

const fours = (digits: string): string => digits.replace(/(\d{4})(?=\d)/, '$1 ');

/** The number on the door and the eight digits, as they stand on the phone and on the slip. */
export function CodePage({ frame, refusal, pending, onCode }: CodePageProps): ReactNode {
  const { t } = useTranslation('locker');
  useScans(!pending, true);
  return (
    <DigitsPage
      {...frame}
      page="locker/code"
      question={t('codeQuestion')}
      boxes={[
        {
          id: 'compartment',
          label: t('compartment'),
          hint: t('compartmentHint'),
          least: 1,
          most: 3,
          short: t('compartmentShort'),
          before: '',
        },
        {
          id: 'digits',
          label: t('digits'),
          hint: t('digitsHint'),
          least: 8,
          most: 8,
          short: t('digitsShort'),
          before: '',
          show: fours,
          read: (shown) => shown.replaceAll(' ', ''),
        },
      ]}
      refusal={refusal}
      pending={pending}
      submit={t('next')}
      other={<Notice pictogram="scan" title={t('haveCode')} detail={t('haveCodeDetail')} />}
      onDone={(compartment, digits) => {
        onCode({ kind: 'typed', compartment: Number(compartment), digits });
      }}
    />
  );
}
