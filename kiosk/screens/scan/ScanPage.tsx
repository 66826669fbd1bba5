import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { Notice } from '../../../ui/components/Notice.tsx';
import { CameraView } from '../../camera/CameraView.tsx';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import type { JourneyFrameProps } from '../journey/JourneyFrame.tsx';
import { useScans } from '../journey/use-scans.ts';

export interface ScanPageProps {
  frame: Pick<JourneyFrameProps, 'pictogram' | 'title' | 'second' | 'onHome' | 'onBack'>;
  page: string;
  question: string;
  detail: string;
  /** The way without a code. */
  typed: string;
  onTyped: () => void;
}

/** Hold your code up: camera and scanners listen; what the code is for decides where it leads. */
export function ScanPage(props: ScanPageProps): ReactNode {
  const { t } = useTranslation('check-in');
  const read = useScans(true, true);
  return (
    <JourneyFrame
      {...props.frame}
      page={props.page}
      read={
        <>
          <h2 className="journey__question">{props.question}</h2>
          <p className="journey__lead">{props.detail}</p>
          <CameraView onText={read} />
        </>
      }
    >
      <Notice pictogram="scan" title={t('scannerToo')} detail={t('scannerTooDetail')} />
      <ActionButton kind="primary" pictogram="pencil" label={props.typed} onPress={props.onTyped} />
    </JourneyFrame>
  );
}
