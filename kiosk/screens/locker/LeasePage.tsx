import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LeaseView } from '../../../contract/hall-api.ts';
import type { Refusal } from '../../../contract/refusals.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { BigNumber } from '../../../ui/components/BigNumber.tsx';
import { HoldButton } from '../../../ui/components/HoldButton.tsx';
import type { LockerAct } from '../../journeys/locker.machine.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { RefusalNotice } from '../journey/RefusalNotice.tsx';
import { useScans } from '../journey/use-scans.ts';
import { CabinetOf, usePlaceWords } from './CabinetOf.tsx';
import { useUntil } from './use-until.ts';
import type { LockerFrame } from './locker-frame.ts';

export interface LeasePageProps {
  frame: LockerFrame;
  lease: LeaseView;
  refusal: Refusal | undefined;
  pending: boolean;
  onAct: (act: LockerAct) => void;
}

/** The code is right: what shall happen? Opening and giving back are two separate acts. */
export function LeasePage({ frame, lease, refusal, pending, onAct }: LeasePageProps): ReactNode {
  const { t } = useTranslation('locker');
  const place = usePlaceWords(lease.compartment);
  const until = useUntil(lease.endsAt);
  // A code that has become too old may be shown again here.
  useScans(!pending);
  return (
    <JourneyFrame
      {...frame}
      page="locker/lease"
      pace="form"
      busy={pending}
      read={
        <>
          <div className="locker-door">
            <BigNumber value={String(lease.compartment)} note={t('isYours')} />
            <CabinetOf compartment={lease.compartment} position="closed" />
          </div>
          <p className="journey__lead">
            {place} {t('until', { until })}
          </p>
          <RefusalNotice refusal={refusal} />
        </>
      }
    >
      {lease.acts.includes('open') ? (
        <ActionButton
          kind="primary"
          pictogram="door-open"
          label={t('open')}
          hint={t('openHint')}
          isPending={pending}
          onPress={() => {
            onAct('open');
          }}
        />
      ) : null}
      {lease.acts.includes('finish') ? (
        <HoldButton
          label={t('finish')}
          hint={t('finishHint')}
          isDisabled={pending}
          onHeld={() => {
            onAct('finish');
          }}
        />
      ) : null}
    </JourneyFrame>
  );
}
