import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { MemberCredential } from '../../../contract/hall-api.ts';
import { DigitsPage } from './DigitsPage.tsx';
import type { DigitsPageProps } from './DigitsPage.tsx';

export interface MemberPageProps extends Omit<DigitsPageProps, 'question' | 'boxes' | 'onDone'> {
  /** What was typed before, so that coming back types nothing twice. */
  before: MemberCredential | undefined;
  onDone: (credential: MemberCredential) => void;
}

/** Who are you: member number and the last four digits of the phone. */
export function MemberPage({ before, onDone, ...page }: MemberPageProps): ReactNode {
  const { t } = useTranslation('journey');
  return (
    <DigitsPage
      {...page}
      question={t('who')}
      boxes={[
        {
          id: 'member-number',
          label: t('memberNumber'),
          hint: t('memberNumberHint'),
          least: 6,
          most: 12,
          short: t('memberShort'),
          before: before?.memberNumber ?? '',
        },
        {
          id: 'member-phone',
          label: t('phoneLast4'),
          least: 4,
          most: 4,
          short: t('phoneShort'),
          before: before?.phoneLast4 ?? '',
        },
      ]}
      onDone={(memberNumber, phoneLast4) => {
        onDone({ kind: 'member', memberNumber, phoneLast4 });
      }}
    />
  );
}
