import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { StatusItem } from '../../../ui/components/StatusStrip.tsx';
import type { PictogramName } from '../../../ui/pictograms/Pictogram.tsx';
import { IdleGuard } from '../frame/IdleGuard.tsx';
import { KioskFrame } from '../frame/KioskFrame.tsx';
import { useVisitor } from '../frame/visitor-settings.ts';
import { useJourney, useSay } from './journey-context.ts';
import './journey.css';

export interface JourneyFrameProps {
  pictogram: PictogramName;
  title: string;
  second?: string;
  /** Named to staff when they are called from here, e.g. `service/page`. Never anything personal. */
  page: string;
  read?: ReactNode;
  children?: ReactNode;
  dock?: ReactNode;
  onHome: () => void;
  onBack?: () => void;
  /** How long a quiet person is left alone: 60 s browsing, 120 s in forms, 30 s on results. */
  pace?: 'browse' | 'form' | 'result';
  /** A device works: no time-out. */
  busy?: boolean;
  onCall?: () => void;
}

const SECONDS = { browse: 60, form: 120, result: 30 } as const;

/** The kiosk frame filled with what the hall says of itself, and the idle question at the pace of the page. */
export function JourneyFrame(props: JourneyFrameProps): ReactNode {
  const { home, called, callStaff } = useJourney();
  const { settings } = useVisitor();
  const { t } = useTranslation('frame');
  const { words } = useSay();
  const statuses: StatusItem[] = [
    home.network === 'online'
      ? { id: 'network', state: 'ok', word: t('networkOk') }
      : { id: 'network', state: 'attention', word: t('networkOff') },
  ];
  if (home.printer === 'ok') statuses.push({ id: 'printer', state: 'ok', word: t('printerOk') });
  if (home.printer === 'near-end')
    statuses.push({ id: 'printer', state: 'attention', word: t('printerLow') });
  if (home.printer === 'out') statuses.push({ id: 'printer', state: 'attention', word: t('printerOff') });
  return (
    <>
      <KioskFrame
        pictogram={props.pictogram}
        title={props.title}
        {...(props.second === undefined || settings.textSize === 'elderly' ? {} : { second: props.second })}
        place={`${words(home.hall.name)} · ${words(home.kiosk.place)}`}
        statuses={statuses}
        timeZone={home.hall.timeZone}
        demo={home.demo}
        {...(props.read === undefined ? {} : { read: props.read })}
        {...(props.dock === undefined ? {} : { dock: props.dock })}
        onHome={props.onHome}
        onBack={props.onBack ?? props.onHome}
        called={called}
        onCall={() => {
          if (props.onCall === undefined) callStaff(props.page);
          else props.onCall();
        }}
      >
        {props.children}
      </KioskFrame>
      <IdleGuard seconds={SECONDS[props.pace ?? 'browse']} paused={props.busy ?? false} />
    </>
  );
}
