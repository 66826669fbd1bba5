import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DoorCommandView, LeaseView } from '../../../contract/hall-api.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { BigNumber } from '../../../ui/components/BigNumber.tsx';
import { HoldButton } from '../../../ui/components/HoldButton.tsx';
import { QrFigure } from '../../../ui/components/QrFigure.tsx';
import { ResultPanel } from '../../../ui/components/ResultPanel.tsx';
import type { LockerAct, Rented } from '../../journeys/locker.machine.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { PrintButton } from '../journey/PrintButton.tsx';
import { playTone } from '../journey/tones.ts';
import type { LockerFrame } from './locker-frame.ts';
import { useUntil } from './use-until.ts';

export interface ShutPageProps {
  frame: LockerFrame;
  command: DoorCommandView;
  lease: LeaseView | undefined;
  /** Right after renting: the code to come back with. */
  rented: Rented | undefined;
  onAct: (act: LockerAct) => void;
}

/** Locked. After renting: the code, large, as QR and on paper. After giving back: it is over. */
export function ShutPage({ frame, command, lease, rented, onAct }: ShutPageProps): ReactNode {
  const { t } = useTranslation('locker');
  const [printing, setPrinting] = useState(false);
  const until = useUntil(lease?.endsAt ?? '');
  useEffect(() => {
    playTone('success');
  }, []);
  if (command.cause === 'finish')
    return (
      <JourneyFrame
        {...frame}
        page="locker/finished"
        pace="result"
        read={
          <ResultPanel kind="success" sentence={t('finished', { number: command.compartment })}>
            <p>{t('finishedDetail')}</p>
          </ResultPanel>
        }
      >
        <ActionButton kind="primary" pictogram="check" label={t('done')} onPress={frame.onHome} />
      </JourneyFrame>
    );
  const digits = rented?.digits.replace(/(\d{4})(?=\d)/, '$1 ');
  return (
    <JourneyFrame
      {...frame}
      page="locker/shut"
      pace="form"
      busy={printing}
      read={
        <>
          <ResultPanel kind="success" sentence={t('locked', { number: command.compartment })}>
            <p>{t('until', { until })}</p>
          </ResultPanel>
          {rented === undefined || digits === undefined ? null : (
            <div className="locker-code">
              <BigNumber
                size="code"
                label={t('yourCode')}
                value={digits}
                note={t('yourCodeNote', { number: command.compartment })}
              />
              <QrFigure text={rented.qr} label={t('qrLabel')} />
            </div>
          )}
        </>
      }
    >
      {rented === undefined ? null : (
        <PrintButton job={rented.slip} label={t('print')} onWorking={setPrinting} />
      )}
      <ActionButton
        kind="primary"
        pictogram="check"
        label={rented === undefined ? t('done') : t('noted')}
        onPress={frame.onHome}
      />
      {lease?.acts.includes('finish') === true && rented !== undefined ? (
        <HoldButton
          label={t('finish')}
          hint={t('finishHint')}
          onHeld={() => {
            onAct('finish');
          }}
        />
      ) : null}
    </JourneyFrame>
  );
}
