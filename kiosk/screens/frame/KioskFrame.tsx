import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDate, formatTime, useNow } from '../../../ui/clock.ts';
import { BottomBar } from '../../../ui/components/BottomBar.tsx';
import { DemoBanner } from '../../../ui/components/DemoBanner.tsx';
import { SignBand } from '../../../ui/components/SignBand.tsx';
import { StatusStrip } from '../../../ui/components/StatusStrip.tsx';
import type { StatusItem } from '../../../ui/components/StatusStrip.tsx';
import type { PictogramName } from '../../../ui/pictograms/Pictogram.tsx';
import { nextTextSize, useVisitor } from './visitor-settings.ts';
import { useReadAloud } from './use-read-aloud.ts';
import './frame.css';

export interface KioskFrameProps {
  pictogram: PictogramName;
  title: string;
  second?: string;
  /** Hall and place of this kiosk, e.g. "城北职工服务中心 · 1 楼大厅". */
  place: string;
  statuses: readonly StatusItem[];
  timeZone?: string;
  demo?: boolean;
  /** Ruled things to read. In low reach they stay above; controls never go in here. */
  read?: ReactNode;
  /** What can be touched; in low reach it keeps out of the top third. */
  children?: ReactNode;
  /** Docked above the bar: the on-screen keyboard. */
  dock?: ReactNode;
  onHome?: () => void;
  onBack?: () => void;
  called: boolean;
  onCall: () => void;
}

/** Every kiosk page: status strip, sign band, content, keyboard dock, bottom bar. */
export function KioskFrame(props: KioskFrameProps): ReactNode {
  const { settings, change, wipe } = useVisitor();
  const { t } = useTranslation('frame');
  const now = useNow();
  const content = useRef<HTMLElement>(null);
  const voice = useReadAloud(content, settings.language);
  // A new page starts at its top and with its content in focus, for keys and screen readers.
  useEffect(() => {
    content.current?.scrollTo(0, 0);
    // Not before the first touch or key: an untouched machine shows no focus ring.
    if (navigator.userActivation.hasBeenActive) content.current?.focus({ preventScroll: true });
  }, [props.title]);

  const shape = `${props.read === undefined ? '' : ' frame--read'}${props.dock === undefined ? '' : ' frame--dock'}`;
  return (
    <div className={`frame${settings.lowReach ? ' frame--low' : ''}${shape}`}>
      <header className="frame__top">
        {props.demo === true ? <DemoBanner /> : null}
        <StatusStrip place={props.place} items={props.statuses} />
        <SignBand
          pictogram={props.pictogram}
          title={props.title}
          {...(props.second === undefined ? {} : { second: props.second })}
          time={formatTime(now, props.timeZone)}
          date={formatDate(now, settings.language, props.timeZone)}
        />
      </header>
      <main className="frame__content" ref={content} tabIndex={0} aria-label={t('content')}>
        {props.read === undefined ? null : <div className="frame__read">{props.read}</div>}
        <div className="frame__act">{props.children}</div>
      </main>
      {props.dock === undefined ? null : (
        <section className="frame__dock" aria-label={t('dock')}>
          {props.dock}
        </section>
      )}
      <BottomBar
        onHome={props.onHome}
        onBack={props.onBack}
        onLanguage={() => change({ language: settings.language === 'en' ? 'zh-CN' : 'en' })}
        textSize={settings.textSize}
        onTextSize={() => change({ textSize: nextTextSize(settings.textSize) })}
        reading={voice.reading}
        onRead={voice.toggle}
        lowReach={settings.lowReach}
        onLowReach={(lowReach) => change({ lowReach })}
        called={props.called}
        onCall={props.onCall}
        onWipe={wipe}
      />
    </div>
  );
}
