import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Receipt } from '../../../contract/hall-api.ts';
import { fromInstant } from '../../../contract/time.ts';
import { formatDate } from '../../../ui/clock.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { Notice } from '../../../ui/components/Notice.tsx';
import { QrFigure } from '../../../ui/components/QrFigure.tsx';
import { ResultPanel } from '../../../ui/components/ResultPanel.tsx';
import { StepsList } from '../../../ui/components/StepsLine.tsx';
import { receiptText } from '../../journeys/receipt-code.rules.ts';
import { useJourney, useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { PrintButton } from '../journey/PrintButton.tsx';
import type { ServiceFrame } from './ServicesPage.tsx';

/** Handed in: the number to remember, until when one hears, and how to look it up. */
export function ReceiptPage({ frame, receipt }: { frame: ServiceFrame; receipt: Receipt }): ReactNode {
  const { t } = useTranslation('service');
  const { t: shared } = useTranslation('journey');
  const { home } = useJourney();
  const say = useSay();
  const [printing, setPrinting] = useState(false);
  const qr = receiptText(receipt);
  const day = formatDate(fromInstant(receipt.deadline), say.zh ? 'zh-CN' : 'en', home.hall.timeZone);
  return (
    <JourneyFrame
      {...frame}
      title={say.words(receipt.service)}
      page="service/receipt"
      pace="result"
      busy={printing}
      read={
        <>
          <ResultPanel kind="success" sentence={t('receiptTitle')}>
            <p>{t('receiptText', { handler: say.words(receipt.handler), day })}</p>
          </ResultPanel>
          <div className="receipt">
            <div className="receipt__numbers">
              <p className="receipt__label">{t('number')}</p>
              <p className="receipt__number">{receipt.number}</p>
              <p className="receipt__label">{t('queryCode')}</p>
              <p className="receipt__code">{`${receipt.queryCode.slice(0, 3)} ${receipt.queryCode.slice(3)}`}</p>
            </div>
            <figure className="receipt__qr">
              <QrFigure text={qr} label={t('qrLabel')} />
              <figcaption>{t('qrHint')}</figcaption>
            </figure>
          </div>
          <Notice
            kind="ok"
            title={home.network === 'offline' ? shared('offlineKept') : t('kept')}
            detail={t('noteIt')}
          />
          <StepsList
            steps={receipt.steps.map((step, index) => ({ id: String(index), title: say.words(step) }))}
          />
        </>
      }
    >
      <div className="frame__foot journey__even">
        <PrintButton
          label={t('printReceipt')}
          job={{ ...receipt.slip, lines: [...receipt.slip.lines, { kind: 'qr', data: qr }] }}
          onWorking={setPrinting}
        />
        <ActionButton kind="primary" pictogram="check" label={t('done')} onPress={frame.onHome} />
      </div>
    </JourneyFrame>
  );
}
