import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { BigNumber } from '../../../ui/components/BigNumber.tsx';
import { ResultPanel } from '../../../ui/components/ResultPanel.tsx';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { PrintButton } from '../journey/PrintButton.tsx';
import type { ServiceFrame } from './ServicesPage.tsx';

export interface KeptPageProps {
  frame: ServiceFrame;
  code: string;
  onGoOn: () => void;
}

/** The form is kept: the code to go on with it here or at another kiosk of this hall. */
export function KeptPage({ frame, code, onGoOn }: KeptPageProps): ReactNode {
  const { t } = useTranslation('service');
  const shown = `${code.slice(0, 4)} ${code.slice(4)}`;
  return (
    <JourneyFrame
      {...frame}
      page="service/kept"
      pace="form"
      read={
        <>
          <ResultPanel kind="success" sentence={t('keptTitle')}>
            <p>{t('keptText')}</p>
          </ResultPanel>
          <div className="kept__code">
            <BigNumber size="code" label={t('resumeCode')} value={shown} note={t('keptNote')} />
          </div>
        </>
      }
    >
      <div className="frame__foot journey__even">
        <PrintButton
          label={t('printCode')}
          job={{
            lines: [
              { kind: 'text', text: t('resumeCode'), size: 'large', align: 'center' },
              { kind: 'text', text: shown, size: 'huge', align: 'center' },
              { kind: 'rule' },
              { kind: 'text', text: t('keptText'), size: 'normal', align: 'left' },
              { kind: 'text', text: t('keptNote'), size: 'normal', align: 'left' },
            ],
          }}
        />
        <ActionButton pictogram="exit" label={t('leave')} onPress={frame.onHome} />
      </div>
      <ActionButton
        kind="primary"
        pictogram="arrow-right"
        pictogramAfter
        label={t('goOn')}
        onPress={onGoOn}
      />
    </JourneyFrame>
  );
}
