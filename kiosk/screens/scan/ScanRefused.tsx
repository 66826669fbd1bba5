import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Refusal } from '../../../contract/refusals.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { ResultPanel } from '../../../ui/components/ResultPanel.tsx';
import { useJourney, useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { playTone } from '../journey/tones.ts';
import { useScans } from '../journey/use-scans.ts';

export interface ScanRefusedProps {
  refusal: Refusal;
  /** It was a card, not a code. */
  card: boolean;
  onExit: () => void;
}

/** A code or card that leads nowhere: why, and what to do. The next one is heard here too. */
export function ScanRefused({ refusal, card, onExit }: ScanRefusedProps): ReactNode {
  const { t } = useTranslation('check-in');
  const { callStaff } = useJourney();
  const say = useSay();
  useScans(true);
  useEffect(() => {
    playTone('attention');
  }, [refusal]);
  return (
    <JourneyFrame
      pictogram="scan"
      title={t(card ? 'cardTitle' : 'scanTitle')}
      page="scan"
      pace="result"
      onHome={onExit}
      read={
        <ResultPanel kind="refused" sentence={say.refusal(refusal)}>
          <p>{t(card ? 'cardAgain' : 'scanAgain')}</p>
        </ResultPanel>
      }
    >
      <ActionButton
        kind="primary"
        pictogram="call-staff"
        label={t('callStaff')}
        onPress={() => {
          callStaff('scan');
        }}
      />
      <ActionButton pictogram="home" label={t('home')} onPress={onExit} />
    </JourneyFrame>
  );
}
